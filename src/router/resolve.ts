import type { SortPreference } from '../call/call.ts';
import { type Catalog, findModel } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import { NAME_MAX, otherSpellings } from './spelling.ts';

/** Routing variants work on any model and are never listed (spec §3.3). `:online` asked for a plugin and is only removed. */
const ROUTING_VARIANTS: { readonly [suffix: string]: Variant } = {
  nitro: { sort: 'throughput', tier: 'priority' },
  floor: { sort: 'price', tier: 'flex' },
  exacto: { sort: 'exacto', tier: null },
  online: { sort: null, tier: null },
};

type Variant = {
  readonly sort: SortPreference | null;
  /** The service tier whose endpoints are admitted beside the ordinary ones. */
  readonly tier: 'priority' | 'flex' | null;
};

/** The model that a caller's name means, and what the name said beside it. */
export type ResolvedModel = Variant & {
  readonly model: Model;
  /** It stands for the router of free models: hosts that ask anything are left out. */
  readonly free?: true;
};

const PLAIN: Variant = { sort: null, tier: null };

/**
 * What a caller's model name means. An exact id beats a variant (`ollama/llama3.2:3b`); several sorts: the last wins.
 * A catalogue variant (`:free`) that does not exist never falls back to its base.
 */
export function resolveModel(catalog: Catalog, name: string): ResolvedModel | undefined {
  const exact = resolveExactly(catalog, name.trim());
  if (exact) return exact;
  const spellings = otherSpellings(name.trim());
  for (const spelling of spellings) {
    const other = resolveExactly(catalog, spelling);
    if (other) return other;
  }
  return resolveHosted(catalog, spellings.at(-1) ?? name.trim().slice(0, NAME_MAX));
}

/**
 * LiteLLM, the AI SDK's registry and others put the vendor in front of its own name, and spell it their way:
 * `groq/openai/gpt-oss-120b`, `xai/grok-4.3`, `together_ai/…` (docs.litellm.ai/docs/providers, read 2026-11-29). What
 * stands behind must be a model of that author, or one that this host serves.
 */
function resolveHosted(catalog: Catalog, name: string): ResolvedModel | undefined {
  const [prefix = '', ...rest] = name.split('/');
  const hosted = rest.length > 0 ? resolveExactly(catalog, rest.join('/')) : undefined;
  if (!hosted) return undefined;
  const { author, endpoints } = hosted.model;
  const isKnown = [author, ...endpoints.map(({ provider }) => provider.slug)].some(
    (known) => plain(known) === plain(prefix),
  );
  return isKnown ? hosted : undefined;
}

/** `moonshot` is `moonshotai`, `zai` is `z-ai`, `together_ai` is `together`. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[-_.]/g, '')
    .replace(/(?<=.{4})ai$/, '');

function resolveExactly(catalog: Catalog, name: string): ResolvedModel | undefined {
  let rest = name;
  let last: Variant = PLAIN;
  for (;;) {
    const model = findModel(catalog, rest);
    if (model) return { model, ...last };
    const colon = rest.lastIndexOf(':');
    const suffix = colon > 0 ? rest.slice(colon + 1) : '';
    const variant = Object.hasOwn(ROUTING_VARIANTS, suffix) ? ROUTING_VARIANTS[suffix] : undefined;
    if (!variant) return undefined;
    if (last.sort === null) last = variant;
    rest = rest.slice(0, colon);
  }
}

/** The listed ids nearest to a name nobody knows, for the error message. */
export function similarModels(catalog: Catalog, name: string, count: number): string[] {
  const namePairs = pairs(name.toLowerCase());
  return [...catalog.models.values()]
    .filter((model) => !model.sandbox)
    .map((model) => ({ id: model.id, score: overlap(namePairs, pairs(model.id.toLowerCase())) }))
    .filter((entry) => entry.score > 0.45)
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .map((entry) => entry.id);
}

function pairs(text: string): Set<string> {
  const letterPairs = new Set<string>();
  for (let at = 0; at < Math.min(text.length, 200) - 1; at++) letterPairs.add(text.slice(at, at + 2));
  return letterPairs;
}

function overlap(a: Set<string>, b: Set<string>): number {
  let shared = 0;
  for (const pair of a) if (b.has(pair)) shared++;
  return (2 * shared) / (a.size + b.size || 1);
}
