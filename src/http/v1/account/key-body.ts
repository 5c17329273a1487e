import { z } from 'zod';
import type { NewKey } from '../../../access/keys.ts';
import type { KeyChange } from '../../../access/store.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { type NanoUsd, usdToNano } from '../../../base/money.ts';
import { RESETS } from '../../../base/period.ts';
import { failed, ok, type Result } from '../../../base/result.ts';

const LIMIT_USD_MAX = 1_000_000_000;
const usd = z.number().nonnegative().max(LIMIT_USD_MAX).nullable();
/** Times carry seconds and end in `Z` (spec §1.0). */
const instant = z.iso.datetime().nullable();

const NEW_KEY = z.object({
  name: z.string().min(1).max(200),
  limit: usd.optional(),
  limit_reset: z.enum(RESETS).nullable().optional(),
  include_byok_in_limit: z.boolean().optional(),
  expires_at: instant.optional(),
  creator_user_id: z.string().max(200).nullable().optional(),
  workspace_id: z.string().min(1).max(100).optional(),
});

const KEY_CHANGE = z.object({
  name: z.string().min(1).max(200).optional(),
  disabled: z.boolean().optional(),
  limit: usd.optional(),
  limit_reset: z.enum(RESETS).nullable().optional(),
  include_byok_in_limit: z.boolean().optional(),
  expires_at: instant.optional(),
});

/** A JSON number of dollars → nano-dollars, by way of its decimal digits; finer than a nano-dollar rounds up. */
function nanoOf(value: number | null): NanoUsd | null {
  return value === null ? null : (usdToNano(value.toFixed(12)) ?? null);
}
const timeOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));

export function readNewKey(body: JsonObject, accountId: string): Result<NewKey, Fault> {
  const read = NEW_KEY.safeParse(body);
  if (!read.success) return failed(complaint(read.error));
  const wish = read.data;
  return ok({
    name: wish.name,
    accountId,
    limit: nanoOf(wish.limit ?? null),
    limitReset: wish.limit_reset ?? null,
    includeByokInLimit: wish.include_byok_in_limit ?? false,
    expiresAt: timeOf(wish.expires_at ?? null),
    creatorUserId: wish.creator_user_id ?? null,
    ...(wish.workspace_id !== undefined && { workspaceId: wish.workspace_id }),
  });
}

export function readKeyChange(body: JsonObject): Result<KeyChange, Fault> {
  const read = KEY_CHANGE.safeParse(body);
  if (!read.success) return failed(complaint(read.error));
  const wish = read.data;
  return ok({
    ...(wish.name !== undefined && { name: wish.name }),
    ...(wish.disabled !== undefined && { disabled: wish.disabled }),
    ...(wish.limit !== undefined && { limit: nanoOf(wish.limit) }),
    ...(wish.limit_reset !== undefined && { limitReset: wish.limit_reset }),
    ...(wish.include_byok_in_limit !== undefined && { includeByokInLimit: wish.include_byok_in_limit }),
    ...(wish.expires_at !== undefined && { expiresAt: timeOf(wish.expires_at) }),
  });
}

function complaint(error: z.ZodError): Fault {
  const issue = error.issues[0];
  const param = issue?.path.join('.') ?? '';
  return fault('invalid_request', `${param || 'body'}: ${issue?.message ?? 'not valid'}`, param ? { param } : {});
}
