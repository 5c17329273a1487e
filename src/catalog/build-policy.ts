import type { JsonObject } from '../base/json.ts';
import { type NanoUsd, NO_MONEY, usdToNano } from '../base/money.ts';
import type { ProviderPreferences } from '../call/call.ts';
import { newComplaints } from '../call/read.ts';
import { readPreferences } from '../call/read-gateway.ts';
import type { Refuse } from './build-model.ts';
import { merge } from './merge.ts';
import type { NamedPolicy, PolicyHours, PolicyRules, PolicySplit, PolicyWhen } from './policy.ts';
import type { PolicyFile } from './policy-file.ts';
import { WEEKDAYS } from './price-file.ts';
import type { CatalogFile } from './read.ts';

/** What a policy may name. */
export type PolicyKnows = {
  readonly isProvider: (slug: string) => boolean;
  readonly isModel: (name: string) => boolean;
};

/** As it stands in paths, reasons and receipts. */
const NAME = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;
const NAME_MAX = 100;

/** One policy from its files, the later ones over the earlier. Problems are told to `refuse`. Null = it is switched off. */
export function buildPolicy(
  name: string,
  sources: readonly CatalogFile<PolicyFile>[],
  knows: PolicyKnows,
  refuse: Refuse,
): NamedPolicy | null {
  const file = sources.map((source) => source.table).reduce(merge);
  if (!NAME.test(name) || name.length > NAME_MAX)
    refuse([], `a policy's file is called by lower-case letters, digits, dots and dashes, ${NAME_MAX} at most`);
  if (file.enabled === false) return null;
  const preferencesAt = (at: readonly string[], table: { readonly [name: string]: unknown } | undefined) =>
    readTable(at, table, knows, refuse);
  const modelAt = (at: readonly string[], model: string | undefined): string | null => {
    if (model !== undefined && !knows.isModel(model)) refuse(at, `there is no model ${model}`);
    return model ?? null;
  };
  const { defaults, rules, split, shadow } = file;
  if (!(defaults || rules || split || shadow))
    refuse([], 'says nothing: it has none of defaults, rules, split, shadow');
  defaults?.models?.forEach((model) => void modelAt(['defaults', 'models'], model));
  return {
    name,
    priority: file.priority ?? 0,
    when: whenOf(file.when ?? {}, refuse),
    defaults: defaults
      ? { preferences: preferencesAt(['defaults', 'provider'], defaults.provider), models: defaults.models ?? [] }
      : null,
    rules: rules ? rulesOf(rules, knows, refuse) : null,
    split: split ? splitOf(split, { preferencesAt, modelAt, refuse }) : null,
    shadow: shadow
      ? {
          model: modelAt(['shadow', 'model'], shadow.model),
          preferences: preferencesAt(['shadow', 'provider'], shadow.provider),
          share: shadow.share,
          dailyMax: amountOf(shadow.max_usd_per_day),
        }
      : null,
  };
}

function whenOf(when: NonNullable<PolicyFile['when']>, refuse: Refuse): PolicyWhen {
  const { workspaces, keys, models, operations, hours, days, timezone = 'UTC' } = when;
  const { budget_left_below_usd: usd, budget_left_below_percent: percent } = when;
  if (usd !== undefined && percent !== undefined)
    refuse(['when', 'budget_left_below_percent'], 'stands beside budget_left_below_usd: one of them is enough');
  return {
    timezone,
    ...(workspaces && { workspaces }),
    ...(keys && { keys }),
    ...(models && { models }),
    ...(operations && { operations }),
    ...(hours && { hours: hours.map(hoursOf) }),
    ...(days && { days: days.map((day) => WEEKDAYS.indexOf(day)) }),
    ...(usd !== undefined && { budgetLeftBelow: { amount: amountOf(usd) } }),
    ...(usd === undefined && percent !== undefined && { budgetLeftBelow: { percent } }),
  };
}

/** The schema has let nothing else through. */
const amountOf = (text: string): NanoUsd => usdToNano(text) ?? NO_MONEY;

function hoursOf(text: string): PolicyHours {
  const [from = 0, to = 0] = text.split('-').map((clock) => {
    const [hour = 0, minute = 0] = clock.split(':').map(Number);
    return 60 * hour + minute;
  });
  return { from, to };
}

function rulesOf(file: NonNullable<PolicyFile['rules']>, knows: PolicyKnows, refuse: Refuse): PolicyRules {
  const { max_price, only, ignore, quantizations, ...others } = file;
  const named = { ...(only && { only }), ...(ignore && { ignore }), ...(max_price && { max_price }) };
  const read = readTable(['rules'], { ...named, ...(quantizations && { quantizations }) }, knows, refuse);
  return {
    ...(others.only_models && { only_models: others.only_models }),
    ...(others.ignore_models && { ignore_models: others.ignore_models }),
    ...(read.only && { only: read.only }),
    ...(read.ignore && { ignore: read.ignore }),
    ...(read.quantizations && { quantizations: read.quantizations }),
    ...(read.max_price && { max_price: read.max_price }),
    ...(others.zdr && { zdr: others.zdr }),
    ...(others.data_collection && { data_collection: others.data_collection }),
  };
}

type SplitParts = {
  readonly preferencesAt: (
    at: readonly string[],
    table: { readonly [name: string]: unknown } | undefined,
  ) => ProviderPreferences;
  readonly modelAt: (at: readonly string[], model: string | undefined) => string | null;
  readonly refuse: Refuse;
};

function splitOf(
  { by = 'key', arms }: NonNullable<PolicyFile['split']>,
  { preferencesAt, modelAt, refuse }: SplitParts,
): PolicySplit {
  const at = ['split', 'arms'];
  if (new Set(arms.map(({ name }) => name)).size < arms.length) refuse(at, 'two arms have the same name');
  if (arms.every(({ weight }) => weight === 0)) refuse(at, 'no arm has a weight');
  return {
    by,
    arms: arms.map(({ name, weight, model, provider }) => ({
      name,
      weight,
      model: modelAt(at, model),
      preferences: preferencesAt(at, provider),
    })),
  };
}

/** A table as a request's `provider` would be read, with the providers that it names looked up. */
function readTable(
  at: readonly string[],
  table: { readonly [name: string]: unknown } | undefined,
  { isProvider }: PolicyKnows,
  refuse: Refuse,
): ProviderPreferences {
  if (!table) return {};
  const complaints = newComplaints();
  const read = readPreferences(complaints, { provider: table as JsonObject }) ?? {};
  const { first } = complaints;
  if (first) {
    const field = String(first.param ?? '')
      .split('.')
      .slice(1);
    refuse([...at, ...field], first.message.replaceAll('provider.', ''));
  }
  for (const field of ['order', 'only', 'ignore'] as const)
    for (const name of read[field] ?? [])
      if (!isProvider(name.toLowerCase().split('/', 1)[0] ?? ''))
        refuse([...at, field], `there is no provider ${name}`);
  return read;
}
