import { z } from 'zod';
import { fault } from '../../../base/fault.ts';
import { RESETS } from '../../../base/period.ts';
import { appIdOf, callbackIn } from '../../callback.ts';
import type { Route } from '../../route.ts';
import { instant, nanoOf, readBody, timeOf, usd } from './body.ts';
import { refusal } from './refusal.ts';

/** Where a challenge comes without a method it is taken for S256, though RFC 7636 (4.3) means plain: it fails rather than is weak. */
const METHODS = ['S256', 'plain'] as const;
/** RFC 7636, 4.1 and 4.2: 43 to 128 of these. Shorter plain ones are in use, and harm only who made them. */
export const CHALLENGE = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9._~+/=-]+$/);

const REDEEM = z.object({
  code: z.string().min(1).max(200),
  code_verifier: z.string().min(1).max(128).optional(),
  code_challenge_method: z.enum(METHODS).nullable().optional(),
});

const AUTHORISE = z.object({
  callback_url: z.string().max(2_000),
  code_challenge: CHALLENGE.optional(),
  code_challenge_method: z.enum(METHODS).optional(),
  limit: usd.optional(),
  usage_limit_type: z.enum(RESETS).optional(),
  key_label: z.string().min(1).max(100).optional(),
  expires_at: instant.optional(),
  workspace_id: z.string().min(1).max(100).optional(),
});

const WRONG = refusal(fault('permission_denied', 'Invalid code or code_verifier'));

const REDEMPTION: Route = {
  method: 'POST',
  path: '/auth/keys',
  auth: 'none',
  body: REDEEM,
  handle: async ({ body, address }, { access }) => {
    const wish = readBody(REDEEM, body);
    if (!wish.ok) return refusal(wish.error);
    const { code, code_verifier: verifier, code_challenge_method: method } = wish.value;
    const redeemed = await access.codes.redeem(code, { verifier, method });
    if (redeemed) return { status: 200, json: { key: redeemed.secret, user_id: redeemed.key.creatorUserId } };
    const wait = access.guesses.wrong(address);
    return wait === null
      ? WRONG
      : refusal(fault('rate_limit_exceeded', 'Too many wrong codes came from this address.', { retryAfterMs: wait }));
  },
};

const AUTHORISATION: Route = {
  method: 'POST',
  path: '/auth/keys/code',
  auth: 'manage-keys',
  body: AUTHORISE,
  handle: async ({ body, caller }, { access }) => {
    const wish = readBody(AUTHORISE, body);
    if (!wish.ok || caller === null) return refusal(wish.ok ? fault('authentication', '') : wish.error);
    const asked = wish.value;
    const callback = callbackIn(asked.callback_url);
    if (callback === null)
      return refusal(
        fault('invalid_request', 'callback_url: must be https, or http on this machine', { param: 'callback_url' }),
      );
    const workspace = await access.workspaces.find(caller.accountId, asked.workspace_id ?? caller.workspaceId);
    if (!workspace)
      return refusal(fault('invalid_request', 'workspace_id: there is no such workspace', { param: 'workspace_id' }));
    const { code_challenge: challenge, code_challenge_method: method = 'S256' } = asked;
    const { code, createdAt } = await access.codes.issue({
      accountId: caller.accountId,
      workspaceId: workspace.id,
      keyName: asked.key_label ?? callback.host,
      limit: nanoOf(asked.limit ?? null),
      limitReset: asked.usage_limit_type ?? null,
      keyExpiresAt: timeOf(asked.expires_at ?? null),
      creatorUserId: caller.memberId,
      challenge: challenge === undefined ? null : { challenge, method },
    });
    const data = { id: code, app_id: appIdOf(callback), created_at: new Date(createdAt).toISOString() };
    return { status: 200, json: { data } };
  },
};

/**
 * Keys by consent (spec §1.10). A program redeems its code without any other right; codes without a page are issued to
 * managers alone, for a key with a limit of its own could else make itself one without.
 */
export const AUTH_KEY_ROUTES: readonly Route[] = [REDEMPTION, AUTHORISATION];
