import { type Fault, faultRow } from '../../../base/fault.ts';
import { envelope } from '../../faults.ts';
import type { RouteAnswer } from '../../route.ts';

export const refusal = (value: Fault): RouteAnswer => ({ status: faultRow(value).status, json: envelope(value) });
