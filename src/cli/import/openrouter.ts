import { arrayOf, isObject, objectOf, optionalNumber, optionalString, parseJson, stringOf } from '../../base/json.ts';
import { RESETS } from '../../base/period.ts';
import { nanoOf } from '../../http/v1/account/body.ts';
import type { History } from '../../storage/history.ts';
import type { UsageRow } from '../exports/usage.ts';
import type { Wanted, WantedKey } from '../organization/wanted.ts';
import { slugify } from './litellm-models.ts';
import type { Losses } from './losses.ts';

/**
 * What `GET /keys` and `GET /workspaces` of OpenRouter answer (spec §1.10, §1.11): names, limits and workspaces. The keys
 * themselves nobody can read there, so new ones are made. What is left of a limit for life is the limit.
 */
export function wantedOfOpenRouter(keys: string, workspaces: string | null, losses: Losses): Wanted {
  const found = workspaces === null ? [] : listOf(workspaces, 'workspaces');
  const slugs = new Map(
    found.map((one) => [stringOf(one.id), slugify(optionalString(one.slug) ?? stringOf(one.name))]),
  );
  const names = new Map<string, number>();
  const made = listOf(keys, 'keys').map((one): WantedKey => {
    const called = (optionalString(one.name) || stringOf(one.label) || 'key').slice(0, 190);
    const workspace = slugs.get(stringOf(one.workspace_id)) ?? 'default';
    const place = `${workspace}/${called}`;
    const times = (names.get(place) ?? 0) + 1;
    names.set(place, times);
    const name = times === 1 ? called : `${called} (${times})`;
    if (times > 1) losses.tell('keys', called, 'several are called so: all but the first have a number behind');
    if (slugs.size > 0 && !slugs.has(stringOf(one.workspace_id)))
      losses.tell('keys', called, 'its workspace is not in the list: it goes to the default one');
    const reset = RESETS.find((each) => each === one.limit_reset) ?? null;
    const limit = optionalNumber(one.limit);
    const left = reset === null ? (optionalNumber(one.limit_remaining) ?? limit) : limit;
    const expires = Date.parse(stringOf(one.expires_at));
    return {
      name,
      workspace,
      limit: left === undefined ? null : nanoOf(Math.max(0, left)),
      limitReset: limit === undefined ? null : reset,
      includeByokInLimit: one.include_byok_in_limit === true,
      disabled: one.disabled === true,
      expiresAt: Number.isNaN(expires) ? null : expires,
    };
  });
  const wanted = found.map((one) => ({
    slug: slugs.get(stringOf(one.id)) ?? 'default',
    name: (optionalString(one.name) ?? stringOf(one.slug)).slice(0, 100),
  }));
  return { keys: made, ...(wanted.length > 0 && { workspaces: wanted }) };
}

function listOf(text: string, what: string): readonly { readonly [field: string]: unknown }[] {
  const parsed = parseJson(text);
  const list = Array.isArray(parsed) ? parsed : objectOf(parsed).data;
  if (!Array.isArray(list)) throw new Error(`This is no answer of OpenRouter's /${what}: there is no list in it.`);
  return arrayOf(list)
    .filter(isObject)
    .map((one) => objectOf(one));
}

/** Whose calls of before these were, in analytics: they are told apart from those that went through here by this app. */
export const IMPORTED = { id: 'import:openrouter', title: 'Imported from OpenRouter' };

/** By day, model and provider. */
export function historyOf(rows: readonly UsageRow[], providerOf: (name: string) => string): readonly History[] {
  const days = new Map<string, History>();
  for (const row of rows) {
    const provider = providerOf(row.provider);
    const name = `${row.day}\n${row.model}\n${provider}`;
    const before = days.get(name);
    const sum = (figure: Figure): bigint => (before?.[figure] ?? 0n) + BigInt(Math.round(Number(row[figure])));
    days.set(name, {
      day: row.day,
      model: row.model,
      provider,
      requests: sum('requests'),
      promptTokens: sum('promptTokens'),
      completionTokens: sum('completionTokens'),
      reasoningTokens: sum('reasoningTokens'),
      cachedTokens: sum('cachedTokens'),
      cost: (before?.cost ?? 0n) + row.cost,
      byokCost: (before?.byokCost ?? 0n) + row.byokCost,
    });
  }
  return [...days.values()];
}
type Figure = 'requests' | 'promptTokens' | 'completionTokens' | 'reasoningTokens' | 'cachedTokens';
