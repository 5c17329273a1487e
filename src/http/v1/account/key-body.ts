import { z } from 'zod';
import { KEY_LENGTH_MAX } from '../../../access/credential.ts';
import { isGuessable } from '../../../access/guessable.ts';
import type { NewKey } from '../../../access/keys.ts';
import type { CountLimits, KeyChange } from '../../../access/store.ts';
import type { Fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { RESETS } from '../../../base/period.ts';
import { ok, type Result } from '../../../base/result.ts';
import { instant, nanoOf, readBody, timeOf, usd } from './body.ts';

/** A partner's own key (spec §1.10). */
const EXTERNAL_KEY_LENGTH_MIN = 32;
const COUNT_MAX = 1_000_000_000;
const count = z.number().int().positive().max(COUNT_MAX).nullable().optional();

/** The names are LiteLLM's, which programs that make keys know (mintlify.com/BerriAI/litellm, proxy/keys, read 2026-11-29). */
const COUNTED = { rpm_limit: count, tpm_limit: count, max_parallel_requests: count };

const CHANGEABLE = {
  limit: usd.nullable().optional(),
  limit_reset: z.enum(RESETS).nullable().optional(),
  include_byok_in_limit: z.boolean().optional(),
  expires_at: instant.optional(),
  ...COUNTED,
};

export const NEW_KEY = z.object({
  name: z.string().min(1).max(200),
  ...CHANGEABLE,
  creator_user_id: z.string().min(1).max(200).nullable().optional(),
  workspace_id: z.string().min(1).max(100).optional(),
  external: z
    .object({
      user: z.string().min(1).max(200),
      api_key: z
        .string()
        .min(EXTERNAL_KEY_LENGTH_MIN)
        .max(KEY_LENGTH_MAX)
        .regex(/^\S+$/)
        .refine((key) => !isGuessable(key), 'can be guessed: take one from a generator')
        .optional(),
    })
    .optional(),
});

export const KEY_CHANGE = z.object({
  name: z.string().min(1).max(200).optional(),
  disabled: z.boolean().optional(),
  ...CHANGEABLE,
});

type Counted = { readonly [name in keyof typeof COUNTED]?: number | null | undefined };

const countsOf = ({ rpm_limit, tpm_limit, max_parallel_requests }: Counted): CountLimits => ({
  ...(rpm_limit !== undefined && { requests: rpm_limit }),
  ...(tpm_limit !== undefined && { tokens: tpm_limit }),
  ...(max_parallel_requests !== undefined && { calls: max_parallel_requests }),
});

export function readNewKey(body: JsonObject, accountId: string): Result<NewKey, Fault> {
  const read = readBody(NEW_KEY, body);
  if (!read.ok) return read;
  const wish = read.value;
  return ok({
    name: wish.name,
    accountId,
    limit: nanoOf(wish.limit ?? null),
    limitReset: wish.limit_reset ?? null,
    includeByokInLimit: wish.include_byok_in_limit ?? false,
    expiresAt: timeOf(wish.expires_at ?? null),
    creatorUserId: wish.creator_user_id ?? null,
    externalUser: wish.external?.user ?? null,
    counts: countsOf(wish),
    ...(wish.external?.api_key !== undefined && { secret: wish.external.api_key }),
    ...(wish.workspace_id !== undefined && { workspaceId: wish.workspace_id }),
  });
}

export function readKeyChange(body: JsonObject): Result<KeyChange, Fault> {
  const read = readBody(KEY_CHANGE, body);
  if (!read.ok) return read;
  const wish = read.value;
  return ok({
    counts: countsOf(wish),
    ...(wish.name !== undefined && { name: wish.name }),
    ...(wish.disabled !== undefined && { disabled: wish.disabled }),
    ...(wish.limit !== undefined && { limit: nanoOf(wish.limit) }),
    ...(wish.limit_reset !== undefined && { limitReset: wish.limit_reset }),
    ...(wish.include_byok_in_limit !== undefined && { includeByokInLimit: wish.include_byok_in_limit }),
    ...(wish.expires_at !== undefined && { expiresAt: timeOf(wish.expires_at) }),
  });
}
