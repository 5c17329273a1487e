import { fault } from '../../base/fault.ts';
import type { Route } from '../route.ts';
import { refusal } from './account/refusal.ts';

const NONE = refusal(
  fault('not_found', 'There is no such container: the shells that make them run at OpenRouter, and none here.'),
);

const route = (method: Route['method'], path: string): Route => ({ method, path, auth: 'call', handle: () => NONE });

/** The contract's containers (spec §1.7). They come from tools that are not offered here, so that every id is nobody's. */
export const CONTAINER_ROUTES: readonly Route[] = [
  route('GET', '/containers/:id/files'),
  route('GET', '/containers/:id/files/:file'),
  route('GET', '/containers/:id/files/:file/content'),
  route('POST', '/containers/:id/files/:file/promote'),
];
