import { assert } from '../../base/assert.ts';
import { EFFORTS } from '../../call/call.ts';
import { decimalPrice } from './decimal.ts';
import { describe } from './describe.ts';
import type { ListedCost, ListedModel, ListedTier, Listing } from './models-dev.ts';
import { keysOfSlug } from './names.ts';
import type { SyncSettings } from './settings.ts';
import { isEmbedding, type Listed, type Unified } from './unify.ts';
import type { Day, Toml } from './write.ts';

/** Our names and theirs: hosts' files there do not agree on one name for what a cache costs. */
const PRICES: readonly (readonly [key: string, ...listed: string[]])[] = [
  ['input', 'input'],
  ['output', 'output'],
  ['input_cache_read', 'cache_read', 'cached_input', 'cache_input'],
  ['input_cache_write', 'cache_write', 'cached_write'],
  ['input_audio', 'input_audio'],
  ['output_audio', 'output_audio'],
  ['output_reasoning', 'reasoning'],
];

/** The TOML table of one model; undefined if no host of it has a price. */
export function modelTable(
  unified: Unified,
  listing: Listing,
  settings: SyncSettings,
  authorName: string,
): Toml | undefined {
  const [author = ''] = unified.id.split('/');
  const free = unified.id.endsWith(':free');
  const facts = bestFacts(unified, listing, settings, author);
  const embeds = isEmbedding(facts);
  const endpoints: { [tag: string]: Toml } = {};
  for (const listed of unified.listed) {
    const price = priceTable(listed, listing, settings, author, embeds);
    if (price && free === isFree(price)) endpoints[listed.tag] = endpointTable(listed, facts, settings, embeds, price);
  }
  if (Object.keys(endpoints).length === 0) return undefined;
  const model: Toml = {
    name: displayed(facts.name) + (free ? ' (free)' : ''),
    created: dayOf(facts.released),
    knowledge: facts.knowledge,
    context: facts.context,
    max_output: embeds || facts.maxOutput === 0 ? undefined : facts.maxOutput,
    input: modalities(facts.input),
    output: embeds ? ['embeddings'] : modalities(facts.output),
    tokenizer: settings.tokenizers.find(({ match }) => new RegExp(match).test(unified.id))?.name,
    family: facts.family,
    categories: categoriesOf(unified.id, settings),
    open_weights: facts.openWeights ? true : undefined,
    hugging_face_id: facts.huggingFaceId,
    aliases: aliasesOf(unified, settings, endpoints),
    reasoning: facts.reasoning ? reasoningTable(facts, settings, author) : undefined,
    benchmarks:
      facts.benchmarks.length > 0
        ? facts.benchmarks.map((benchmark) => benchmarkTable(benchmark, settings))
        : undefined,
    endpoints,
  };
  return { name: model.name, created: model.created, description: describe(facts, authorName, embeds), ...model };
}

/**
 * The lab's own listing first, then what models.dev says of the model itself, then whoever lists it; gaps are filled.
 * A base model by another name is another model: hosts link distillations and fast variants to their origin.
 */
function bestFacts(unified: Unified, listing: Listing, settings: SyncSettings, author: string): ListedModel {
  const own = unified.listed.find(({ host }) => settings.hosts[host]?.author === author)?.model;
  const keys = keysOfSlug(slugPart(unified.id));
  const base = unified.listed
    .map(({ model }) => listing.models.get(model.baseModel ?? ''))
    .find((model) => model && keysOfSlug(slugPart(model.id)).some((key) => keys.includes(key)));
  const candidates = [own, base, ...unified.listed.map(({ model }) => model)].filter((model) => model !== undefined);
  const best = candidates[0];
  assert(best, 'a unified model is listed by someone');
  return {
    ...Object.assign({}, ...candidates.toReversed(), best),
    name: best.name,
    context: best.context,
    maxOutput: candidates.find((model) => model.maxOutput > 0)?.maxOutput ?? 0,
    benchmarks: candidates.find((model) => model.benchmarks.length > 0)?.benchmarks ?? [],
    reasoning: (own ?? base)?.reasoning ?? isMost(unified.listed.map(({ model }) => model.reasoning)),
  };
}

/** Single hosts mark models as reasoning that are not, and the other way round. */
const isMost = (votes: readonly boolean[]): boolean => votes.filter(Boolean).length * 2 > votes.length;

const slugPart = (id: string): string => (id.split('/')[1] ?? '').replace(/:.*$/, '');

function endpointTable(listed: Listed, facts: ListedModel, settings: SyncSettings, embeds: boolean, price: Toml): Toml {
  const { model, host } = listed;
  const dialect = Object.entries(settings.hosts[host]?.dialects ?? {}).find(([match]) =>
    new RegExp(match).test(model.id),
  );
  return {
    upstream_id: model.id,
    dialect: dialect?.[1],
    features: embeds ? undefined : featuresOf(listed, facts, settings),
    context: model.context === facts.context ? undefined : model.context,
    max_output: embeds || model.maxOutput === facts.maxOutput || model.maxOutput === 0 ? undefined : model.maxOutput,
    input: sameList(modalities(model.input), modalities(facts.input)) ? undefined : modalities(model.input),
    price,
  };
}

function featuresOf({ model, host }: Listed, facts: ListedModel, settings: SyncSettings): string[] {
  const extra = settings.hosts[host];
  const structured = model.structured ?? facts.structured;
  const features = [
    ...(model.tools ? ['tools'] : []),
    ...(structured === true ? ['json-schema'] : structured === undefined ? ['json'] : []),
    ...(model.reasoning && facts.reasoning ? ['reasoning'] : (extra?.plain_features ?? [])),
    ...(model.temperature ? [] : ['fixed-sampling']),
    ...(extra?.features ?? []),
  ];
  return [...new Set(features)];
}

function priceTable(
  { model }: Listed,
  listing: Listing,
  settings: SyncSettings,
  author: string,
  embeds: boolean,
): Toml | undefined {
  const table = prices(model.cost ?? {}, settings, author);
  if (table.input === undefined || (table.output === undefined && !embeds)) return undefined;
  const overrides = (listing.tiers.get(model) ?? []).map((tier: ListedTier) => ({
    min_prompt_tokens: tier.above,
    ...prices(tier.cost, settings, author),
  }));
  return { ...table, overrides: overrides.length > 0 ? overrides : undefined };
}

function prices(cost: ListedCost, settings: SyncSettings, author: string): Toml {
  const table: { [key: string]: string | undefined } = {};
  for (const [key, ...listed] of PRICES) table[key] = decimalPrice(costOf(cost, listed));
  // A cache price of 0 beside a priced input means that the host gave none, not that reading is free.
  if (isZero(table.input_cache_read) && (cost.input ?? 0) > 0) delete table.input_cache_read;
  if (isZero(table.input_cache_write)) delete table.input_cache_write;
  const times = settings.cache_write_1h[author];
  if (times !== undefined && table.input_cache_write !== undefined && cost.input !== undefined)
    table.input_cache_write_1h = decimalPrice(cost.input * times);
  return table;
}

const costOf = (cost: ListedCost, names: readonly string[]): number | undefined =>
  names.map((name) => cost[name]).find((value) => value !== undefined);

const isZero = (price: string | undefined): boolean => price !== undefined && /^[0.]+$/.test(price);

const isFree = (price: Toml): boolean =>
  /^[0.]+$/.test(String(price.input)) && /^[0.]*$/.test(String(price.output ?? ''));

function reasoningTable(facts: ListedModel, settings: SyncSettings, author: string): Toml {
  const options = facts.reasoningOptions;
  const named = new Set(options?.flatMap((option) => option.values) ?? []);
  const efforts = EFFORTS.filter((effort) => named.has(effort));
  const onRequest = settings.reasoning_on_request.includes(author);
  const switchable = options === undefined || options.some(({ type }) => type !== 'effort') || named.has('none');
  return {
    efforts: efforts.length > 0 ? efforts : options === undefined ? undefined : [],
    budget: options?.some(({ type }) => type === 'budget_tokens') ? true : undefined,
    mandatory: switchable || onRequest ? undefined : true,
    default_enabled: !onRequest,
  };
}

/** `Terminal-Bench 2.1 (Codex, medium)`: which one, and how it was run. */
function benchmarkTable(benchmark: ListedModel['benchmarks'][number], { benchmarks }: SyncSettings): Toml {
  const { version, how, score, metric, source } = benchmark;
  const name = [benchmarks[benchmark.name] ?? benchmark.name, version].filter(Boolean).join(' ');
  const unit = /percent|accuracy|%|pass|resolve|rate|^$/i.test(metric) ? '%' : metric;
  return { name: how.length > 0 ? `${name} (${how.join(', ')})` : name, score, unit, source };
}

function categoriesOf(id: string, { categories }: SyncSettings): string[] | undefined {
  const names = categories.filter(({ match }) => new RegExp(match).test(id)).map(({ name }) => name);
  return names.length > 0 ? [...new Set(names)] : undefined;
}

function aliasesOf(unified: Unified, settings: SyncSettings, endpoints: Toml): string[] | undefined {
  const [author = '', slug = ''] = unified.id.split('/');
  const own = unified.listed
    .filter(({ host, tag }) => settings.hosts[host]?.author === author && endpoints[tag] !== undefined)
    .flatMap(({ aliases }) => aliases);
  const latest = Object.entries(settings.latest).flatMap(([alias, id]) => (id === unified.id ? [alias] : []));
  const names = [...new Set([...own, ...latest])].filter((name) => name !== slug).sort();
  return names.length > 0 ? names : undefined;
}

const modalities = (listed: readonly string[]): string[] => [
  ...new Set(listed.map((modality) => (modality === 'pdf' ? 'file' : modality))),
];
const sameList = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();
const displayed = (name: string): string => name.replace(/ \((latest|free)\)$/i, '').replace(/:free$/, '');

/** `2024`, `2024-07` and `2024-07-18` are all met; what is missing is the first. */
const dayOf = (date: string | undefined): Day | undefined => (date ? { day: `${date}-01-01`.slice(0, 10) } : undefined);
