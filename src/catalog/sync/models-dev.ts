import { arrayOf, isObject, type Json, objectOf, optionalNumber, optionalString, stringOf } from '../../base/json.ts';

/** What models.dev says about one model at one host. Prices in dollars per million tokens. */
export type ListedModel = {
  readonly id: string;
  readonly name: string;
  readonly family?: string;
  readonly released?: string;
  readonly knowledge?: string;
  readonly baseModel?: string;
  readonly huggingFaceId?: string;
  readonly deprecated: boolean;
  readonly tools: boolean;
  readonly reasoning: boolean;
  readonly temperature: boolean;
  readonly structured?: boolean;
  readonly openWeights: boolean;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly context: number;
  readonly maxOutput: number;
  readonly cost?: ListedCost;
  /** Absent = not told; empty = reasons and cannot be steered. */
  readonly reasoningOptions?: readonly ReasoningOption[];
  readonly benchmarks: readonly ListedBenchmark[];
};
/** Prices in US dollars for a million tokens, by kind, as models.dev lists them. */
export type ListedCost = { readonly [name: string]: number } & { readonly tiers?: never };
/** A way in which a listed model's reasoning is steered. */
export type ReasoningOption = { readonly type: string; readonly values: readonly string[] };
/** A published score as models.dev lists it. */
export type ListedBenchmark = {
  readonly name: string;
  readonly version: string;
  /** The subset, the program around the model, its effort: scores that differ in these cannot be compared. */
  readonly how: readonly string[];
  readonly score: number;
  readonly metric: string;
  readonly source: string;
};
/** Prices that hold above so many tokens of prompt. */
export type ListedTier = { readonly above: number; readonly cost: ListedCost };

/** All that models.dev lists. */
export type Listing = {
  readonly hosts: ReadonlyMap<string, ReadonlyMap<string, ListedModel>>;
  /** Facts that belong to a model whoever serves it, by `lab/model`. */
  readonly models: ReadonlyMap<string, ListedModel>;
  readonly tiers: ReadonlyMap<ListedModel, readonly ListedTier[]>;
};

/** Reads `https://models.dev/api.json` (a map of hosts), or a snapshot `{models, providers}`. */
export function readListing(json: Json): Listing {
  const root = objectOf(json);
  const snapshot = isObject(root.providers) && isObject(root.models);
  const tiers = new Map<ListedModel, readonly ListedTier[]>();
  const modelsOf = (value: unknown): Map<string, ListedModel> => {
    const models = new Map<string, ListedModel>();
    for (const [id, entry] of Object.entries(objectOf(value))) {
      const model = readModel(id, entry);
      models.set(id, model);
      const found = readTiers(objectOf(objectOf(entry).cost).tiers);
      if (found.length > 0) tiers.set(model, found);
    }
    return models;
  };
  const hosts = new Map<string, ReadonlyMap<string, ListedModel>>();
  for (const [id, host] of Object.entries(snapshot ? objectOf(root.providers) : root))
    if (isObject(host) && isObject(host.models)) hosts.set(id, modelsOf(host.models));
  return { hosts, models: snapshot ? modelsOf(root.models) : new Map(), tiers };
}

function readModel(id: string, json: unknown): ListedModel {
  const entry = objectOf(json);
  const limit = objectOf(entry.limit);
  const modalities = objectOf(entry.modalities);
  const optional = {
    family: optionalString(entry.family),
    released: dateOf(entry.release_date),
    knowledge: optionalString(entry.knowledge),
    baseModel: optionalString(entry.base_model),
    huggingFaceId: huggingFaceId(entry.weights),
    structured: typeof entry.structured_output === 'boolean' ? entry.structured_output : undefined,
    cost: isObject(entry.cost) ? numbersOf(entry.cost) : undefined,
    reasoningOptions: Array.isArray(entry.reasoning_options) ? entry.reasoning_options.map(readOption) : undefined,
  };
  return {
    id,
    name: stringOf(entry.name).replace(/\s+/g, ' ').trim().slice(0, NAME_MAX) || id,
    deprecated: entry.status === 'deprecated',
    tools: entry.tool_call === true,
    reasoning: entry.reasoning === true,
    temperature: entry.temperature !== false,
    openWeights: entry.open_weights === true,
    input: arrayOf(modalities.input).map(stringOf).filter(isModality),
    output: arrayOf(modalities.output).map(stringOf).filter(isModality),
    context: tokensOf(limit.context),
    maxOutput: tokensOf(limit.output),
    benchmarks: arrayOf(entry.benchmarks).map(readBenchmark).filter(isBenchmark),
    ...present(optional),
  };
}

/** The members that have a value. */
function present<T extends object>(value: T): { [name in keyof T]?: Exclude<T[name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [name in keyof T]?: Exclude<T[name], undefined>;
  };
}

const NAME_MAX = 200;
const isModality = (name: string): boolean => ['text', 'image', 'pdf', 'audio', 'video'].includes(name);
const isBenchmark = ({ name, source }: ListedBenchmark): boolean => name !== '' && source !== '';

/** `2024`, `2024-07` and `2024-07-18` are all met, if there is such a day. */
function dateOf(value: unknown): string | undefined {
  const text = stringOf(value);
  if (!/^\d{4}(-\d\d){0,2}$/.test(text)) return undefined;
  const day = `${text}-01-01`.slice(0, 10);
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? undefined : text;
}

/** A whole number of tokens; 0 for whatever is none. */
const tokensOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 1_000_000_000 ? value : 0;

const numbersOf = (value: object): ListedCost =>
  Object.fromEntries(Object.entries(value).filter(([, price]) => typeof price === 'number')) as ListedCost;

const readOption = (value: unknown): ReasoningOption => ({
  type: stringOf(objectOf(value).type),
  values: arrayOf(objectOf(value).values).map(stringOf),
});

function readBenchmark(value: unknown): ListedBenchmark {
  const entry = objectOf(value);
  const [name, version, dataset, harness, variant, metric, source] = [
    ...['name', 'version', 'dataset', 'harness', 'variant', 'metric', 'source'],
  ].map((member) => stringOf(entry[member])) as [string, string, string, string, string, string, string];
  // `public` is how a benchmark is usually run.
  const how = [dataset === 'public' ? '' : dataset, harness, variant].filter((word) => word !== '');
  return { name, version, how, score: optionalNumber(entry.score) ?? 0, metric, source };
}

const readTiers = (value: unknown): ListedTier[] =>
  arrayOf(value).flatMap((entry) => {
    const above = tokensOf(objectOf(objectOf(entry).tier).size);
    return above === 0 ? [] : [{ above, cost: numbersOf(objectOf(entry)) }];
  });

/** `weights` names a place on Hugging Face in one of several shapes. */
function huggingFaceId(value: unknown): string | undefined {
  return /huggingface\.co\/([\w.-]+\/[\w.-]+)/.exec(JSON.stringify(value ?? ''))?.[1];
}
