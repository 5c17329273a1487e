import { fault } from '../../base/fault.ts';
import type { Route, RouteAnswer } from '../route.ts';
import { refusal } from './account/refusal.ts';

/** Its clients for interns demand both. */
const NOT_FOUND = { reason: 'not_found', retryable: false };
const notEnrolled = (what: string): RouteAnswer =>
  refusal(
    fault('not_found', `${what} are a programme of OpenRouter's own, and this gateway is not enrolled in it.`, {
      metadata: NOT_FOUND,
    }),
  );
const INTERNS = notEnrolled('Interns and their vault');
const UNENTITLED = refusal(fault('permission_denied', 'Private endpoints take an entitlement of OpenRouter’s'));
const PRIVATE = notEnrolled('Private endpoints');

type Asked = readonly [method: Route['method'], path: string];

const routes = (answer: RouteAnswer, auth: Route['auth'], asked: readonly Asked[]): readonly Route[] =>
  asked.map(([method, path]) => ({ method, path, auth, handle: () => answer }));

/**
 * What OpenRouter itself serves to accounts alone that it has let into a programme (`@openrouter/sdk` 1.3.19 and
 * `openrouter` 1.3.84, read 2026-11-29): answered as to one that is not, so that a program which looks whether it
 * has them goes on without.
 */
export const GATED_ROUTES: readonly Route[] = [
  ...routes(INTERNS, 'call', [
    ['GET', '/interns'],
    ['POST', '/interns'],
    ['GET', '/interns/:id'],
    ['PATCH', '/interns/:id'],
    ['DELETE', '/interns/:id'],
    ['POST', '/interns/:id/chat/completions'],
    ['POST', '/interns/:id/provision'],
    ['POST', '/interns/:id/suspend'],
    ['GET', '/vault/interns/:id/connections'],
    ['GET', '/vault/interns/:id/effective-secrets'],
    ['GET', '/vault/interns/:id/secrets'],
    ['POST', '/vault/interns/:id/secrets/copy'],
    ['PUT', '/vault/interns/:id/secrets/:name'],
    ['DELETE', '/vault/interns/:id/secrets/:name'],
    ['GET', '/vault/secrets'],
    ['PUT', '/vault/secrets/:name'],
    ['DELETE', '/vault/secrets/:name'],
  ]),
  // Their list has no 404 in the contract: what is missing there is the entitlement.
  ...routes(UNENTITLED, 'manage-provider-keys', [
    ['GET', '/private-endpoints'],
    ['POST', '/private-endpoints'],
  ]),
  ...routes(PRIVATE, 'manage-provider-keys', [
    ['GET', '/private-endpoints/:id'],
    ['PATCH', '/private-endpoints/:id'],
    ['DELETE', '/private-endpoints/:id'],
    ['POST', '/private-endpoints/:id/activate'],
    ['POST', '/private-endpoints/:id/disable'],
    ['POST', '/private-endpoints/:id/enable'],
    ['POST', '/private-endpoints/:id/validate'],
    ['PUT', '/private-endpoints/:id/pricing'],
  ]),
];
