import { type Fault, waitSecondsOf } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import type { EncodedFault, FaultContext } from './dialect.ts';
import { faultBody } from './openai-client-fault.ts';

/** `{"error": "…"}`, with what other dialects say of an error beside it. */
export function faultLine(value: Fault, extra: JsonObject | undefined): JsonObject {
  const { message, ...beside } = faultBody(value);
  return { error: value.message, ...beside, ...extra };
}

/** A fault with its status. Programs pull a model that is not found by its 404, and tell it so. */
export function encodeFault(value: Fault, answer: Pick<FaultContext, 'extra'>): EncodedFault {
  const wait = waitSecondsOf(value);
  const body = faultLine(value, answer.extra);
  const status = value.code === 'unknown_model' ? 404 : Number(body.code);
  return {
    status,
    body: { ...body, code: status },
    headers: wait === undefined ? {} : { 'retry-after': String(wait) },
  };
}
