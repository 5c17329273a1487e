import { z } from 'zod';
import type { ProviderKey } from '../../../access/provider-keys.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import { GIVEN_LENGTH_MAX } from '../../../upstream/given-credentials.ts';
import { readBody } from './body.ts';

const ALLOWED_MAX = 100;
const SORT_ORDER_MAX = 10_000;
const allowed = z.array(z.string().min(1).max(200)).min(1).max(ALLOWED_MAX).nullable().optional();
/** What both bodies have. `sort_order` and `test` are beyond the contract's. */
const SETTINGS = {
  name: z.string().max(100).nullable().optional(),
  disabled: z.boolean().optional(),
  is_fallback: z.boolean().optional(),
  is_required: z.boolean().optional(),
  is_byok_only: z.boolean().optional(),
  declared_zdr: z.boolean().nullable().optional(),
  allowed_models: allowed,
  allowed_api_key_hashes: allowed,
  allowed_user_ids: allowed,
  sort_order: z.int().min(0).max(SORT_ORDER_MAX).optional(),
  test: z.boolean().optional(),
};
const secret = z.string().min(1).max(GIVEN_LENGTH_MAX);
export const NEW_BYOK = z.object({
  ...SETTINGS,
  provider: z.string().min(1).max(100),
  key: secret,
  workspace_id: z.string().min(1).max(100).nullable().optional(),
});
export const BYOK_CHANGE = z.object({ ...SETTINGS, key: secret.optional() });

/** What is said of a key, by our own names; what is not said is absent. */
export type KeySettings = {
  -readonly [member in
    | 'name'
    | 'disabled'
    | 'isFallback'
    | 'isRequired'
    | 'isByokOnly'
    | 'declaredZdr'
    | 'allowedModels'
    | 'allowedKeys'
    | 'allowedMembers'
    | 'sortOrder']?: ProviderKey[member];
};

export type NewByok = z.infer<typeof NEW_BYOK> & { readonly settings: KeySettings };
export type ByokChange = z.infer<typeof BYOK_CHANGE> & { readonly settings: KeySettings };

export function readNewByok(body: JsonObject): Result<NewByok, Fault> {
  const read = readBody(NEW_BYOK, body);
  return read.ok ? ok({ ...read.value, settings: settingsIn(read.value) }) : read;
}

export function readByokChange(body: JsonObject): Result<ByokChange, Fault> {
  const read = readBody(BYOK_CHANGE, body);
  return read.ok ? ok({ ...read.value, settings: settingsIn(read.value) }) : read;
}

const NAMES = {
  name: 'name',
  disabled: 'disabled',
  is_fallback: 'isFallback',
  is_required: 'isRequired',
  is_byok_only: 'isByokOnly',
  declared_zdr: 'declaredZdr',
  allowed_models: 'allowedModels',
  allowed_api_key_hashes: 'allowedKeys',
  allowed_user_ids: 'allowedMembers',
  sort_order: 'sortOrder',
} as const satisfies { readonly [field: string]: keyof KeySettings };

function settingsIn(read: { readonly [field: string]: unknown }): KeySettings {
  const said = Object.entries(NAMES).filter(([field]) => read[field] !== undefined);
  return Object.fromEntries(said.map(([field, name]) => [name, read[field]])) as KeySettings;
}

/** Whoever is tried last cannot be the only one. */
export const contradiction = ({ isFallback, isByokOnly }: KeySettings): Result<null, Fault> =>
  isFallback && isByokOnly
    ? failed(fault('invalid_request', 'is_byok_only: cannot be combined with is_fallback', { param: 'is_byok_only' }))
    : ok(null);
