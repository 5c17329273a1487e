import { z } from 'zod';
import { isAddressBlock } from '../../../access/address-rule.ts';
import {
  DATA_REGIONS,
  type Guardrail,
  type GuardrailSettings,
  type GuardrailWish,
} from '../../../access/guardrails.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import { resolveModel } from '../../../router/resolve.ts';
import { nanoOf, readBody, usd } from './body.ts';
import { CONTENT_FILTER_BUILTINS, CONTENT_FILTERS, readBuiltins, readFilters } from './guardrail-filters.ts';

const LISTED_MAX = 1_000;
const listed = z.array(z.string().trim().min(1).max(200)).max(LISTED_MAX).nullable().optional();
const said = z.boolean().nullable().optional();
const SETTINGS = {
  description: z.string().max(1_000).nullable().optional(),
  limit_usd: usd.positive().nullable().optional(),
  reset_interval: z.enum(['daily', 'weekly', 'monthly']).nullable().optional(),
  include_byok_in_budgets: z.boolean().optional(),
  allowed_models: listed,
  ignored_models: listed,
  allowed_providers: listed,
  ignored_providers: listed,
  allowed_data_regions: z.array(z.enum(DATA_REGIONS)).min(1).max(DATA_REGIONS.length).nullable().optional(),
  allowed_ips: z
    .array(z.string().trim().refine(isAddressBlock, 'must be an IP address or a block such as 10.0.0.0/8'))
    .max(LISTED_MAX)
    .nullable()
    .optional(),
  enforce_zdr: said,
  enforce_zdr_anthropic: said,
  enforce_zdr_openai: said,
  enforce_zdr_google: said,
  enforce_zdr_xai: said,
  enforce_zdr_other: said,
  allow_safety_retention_google: said,
  allow_safety_retention_other: said,
  enable_paid_model_training: said,
  enable_free_model_training: said,
  enable_free_model_publication: said,
  content_filters: CONTENT_FILTERS,
  content_filter_builtins: CONTENT_FILTER_BUILTINS,
};
const ZDR_GROUPS = ['anthropic', 'openai', 'google', 'xai', 'other'] as const;
const name = z.string().trim().min(1).max(200);
/** A rule that is misspelt would protect nobody: what is not known here is refused. */
export const NEW_GUARDRAIL = z.strictObject({
  ...SETTINGS,
  name,
  workspace_id: z.string().min(1).max(100).nullable().optional(),
});
export const GUARDRAIL_CHANGE = z.strictObject({ ...SETTINGS, name: name.optional() });
type Said = z.infer<typeof GUARDRAIL_CHANGE>;

const NOTHING: GuardrailSettings = {
  allowed_models: null,
  ignored_models: null,
  allowed_providers: null,
  ignored_providers: null,
  allowed_data_regions: null,
  allowed_ips: null,
  enforce_zdr: null,
  enforce_zdr_anthropic: null,
  enforce_zdr_openai: null,
  enforce_zdr_google: null,
  enforce_zdr_xai: null,
  enforce_zdr_other: null,
  allow_safety_retention_google: null,
  allow_safety_retention_other: null,
  enable_paid_model_training: null,
  enable_free_model_training: null,
  enable_free_model_publication: null,
  content_filters: null,
  content_filter_builtins: null,
};

/** A guardrail that demands nothing. */
export const NO_WISH: GuardrailWish = {
  name: 'Default guardrail',
  description: null,
  settings: NOTHING,
  budget: null,
  byokInBudget: false,
};

export type NewGuardrail = { readonly wish: GuardrailWish; readonly workspaceId: string | null };

export function readNewGuardrail(body: JsonObject, catalog: Catalog): Result<NewGuardrail, Fault> {
  const read = readBody(NEW_GUARDRAIL, body);
  if (!read.ok) return read;
  const wish = wishOf(NO_WISH, read.value, catalog);
  return wish.ok ? ok({ wish: wish.value, workspaceId: read.value.workspace_id ?? null }) : wish;
}

/** What a body makes of a guardrail: a field that it names is replaced, whole lists too. */
export function readGuardrailChange(
  before: Guardrail | GuardrailWish,
  body: JsonObject,
  catalog: Catalog,
): Result<GuardrailWish, Fault> {
  const read = readBody(GUARDRAIL_CHANGE, body);
  return read.ok ? wishOf(before, read.value, catalog) : read;
}

function wishOf(before: GuardrailWish, said: Said, catalog: Catalog): Result<GuardrailWish, Fault> {
  const settings = settingsOf(before.settings, said, catalog);
  if (!settings.ok) return settings;
  const { limit_usd: limit, reset_interval: interval } = said;
  if ((limit === undefined) !== (interval === undefined) || (limit === null) !== (interval === null))
    return wrong(
      limit === undefined || limit === null ? 'limit_usd' : 'reset_interval',
      'limit_usd and reset_interval are given together',
    );
  const budget =
    limit === undefined || interval === undefined
      ? before.budget
      : limit === null || interval === null
        ? null
        : { amount: nanoOf(limit) ?? 0n, interval };
  return ok({
    name: said.name ?? before.name,
    description: said.description === undefined ? before.description : said.description,
    byokInBudget: said.include_byok_in_budgets ?? before.byokInBudget,
    budget,
    settings: settings.value,
  });
}

const wrong = (param: string, words: string): Result<never, Fault> =>
  failed(fault('invalid_request', `${param}: ${words}`, { param }));

function settingsOf(before: GuardrailSettings, said: Said, catalog: Catalog): Result<GuardrailSettings, Fault> {
  const now: { -readonly [field in keyof GuardrailSettings]: unknown } = { ...before };
  for (const field of Object.keys(NOTHING) as (keyof GuardrailSettings)[])
    if (said[field] !== undefined) now[field] = said[field];
  // The earlier word for all groups at once says what each is where it says nothing itself (openrouter.ai, read 2026-11-29).
  for (const group of ZDR_GROUPS)
    if (said.enforce_zdr !== undefined && said[`enforce_zdr_${group}`] === undefined)
      now[`enforce_zdr_${group}`] = said.enforce_zdr;
  for (const field of ['allowed_models', 'ignored_models'] as const) {
    const ids = namedIn(said[field], (name) => resolveModel(catalog, name)?.model.id);
    if (!ids.ok) return wrong(field, `${ids.error} is no model of this gateway`);
    if (ids.value !== undefined) now[field] = ids.value;
  }
  for (const field of ['allowed_providers', 'ignored_providers'] as const) {
    const slugs = namedIn(said[field], (name) => catalog.providers.get(name.toLowerCase())?.slug);
    if (!slugs.ok) return wrong(field, `${slugs.error} is no provider of this gateway`);
    if (slugs.value !== undefined) now[field] = slugs.value;
  }
  if (said.allowed_ips?.length === 0) now.allowed_ips = null;
  const filters = readFilters(said.content_filters);
  if (!filters.ok) return filters;
  if (filters.value !== undefined) now.content_filters = filters.value;
  const builtins = readBuiltins(said.content_filter_builtins);
  if (!builtins.ok) return builtins;
  if (builtins.value !== undefined) now.content_filter_builtins = builtins.value;
  return ok(now as GuardrailSettings);
}

/** Each once, by what it is called here; an empty list is none. */
function namedIn(
  names: readonly string[] | null | undefined,
  idOf: (name: string) => string | undefined,
): Result<readonly string[] | null | undefined, string> {
  if (!names || names.length === 0) return ok(names && null);
  const ids = new Set<string>();
  for (const name of names) {
    const id = idOf(name);
    if (id === undefined) return failed(name);
    ids.add(id);
  }
  return ok([...ids]);
}
