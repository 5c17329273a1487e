import type { JsonObject } from '../base/json.ts';
import { type Complaints, complain, newComplaints, readBoolean, readNumber, readOneOf, readStrings } from './read.ts';

/** Bands of what a call costs at the models that can take it: the cheapest fifth, the next one, … */
export const COST_TIERS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type CostTier = (typeof COST_TIERS)[number];

/** What a call says to a router model in `plugins` (spec §3.4; @openrouter/sdk 1.3.19). */
export type RouterOptions = {
  /** Names of models, in which `*` stands for any text. Absent = all. */
  readonly allowedModels?: readonly string[];
  readonly excludedModels?: readonly string[];
  readonly costTier?: CostTier;
  /** From 0, which leaves out the dearest tenth, to 10, which leaves the cheapest tenth. */
  readonly costQualityTradeoff?: number;
  /** The model that gave the conversation's last answer gives the next one. */
  readonly pinModel?: boolean;
  /** From 0 to 1. */
  readonly minCodingScore?: number;
  /** US dollars per million prompt tokens. */
  readonly maxPrice?: number;
};

/** The ids of plugins that set router models. */
export const ROUTER_PLUGINS = ['auto-router', 'auto-beta-router', 'pareto-router'] as const;
export const isRouterPlugin = ({ id }: JsonObject): boolean => ROUTER_PLUGINS.some((known) => known === id);

const PATTERNS_MAX = 1_024;
const PATTERN_LENGTH_MAX = 1_024;
const PATTERNS_LENGTH_MAX = 65_536;

/** What is said under this id, checked before; nothing where it is turned off. */
export function routerOptionsIn(plugins: readonly JsonObject[], id: string): RouterOptions {
  const plugin = plugins.findLast((one) => one.id === id);
  return plugin && plugin.enabled !== false ? readRouterOptions(newComplaints(), plugin, 'plugins') : {};
}

/** Reads an entry of `plugins`, and complains of what is wrong. */
export function readRouterOptions(to: Complaints, plugin: JsonObject, path: string): RouterOptions {
  readOneOf(to, plugin, 'price_source', ['prompt', 'weighted_avg'], `${path}.price_source`);
  const number = (field: string, max?: number): number | undefined =>
    readNumber(to, plugin, field, { min: 0, ...(max !== undefined && { max }) }, `${path}.${field}`);
  const options: { -readonly [name in keyof RouterOptions]: RouterOptions[name] | undefined } = {
    allowedModels: readPatterns(to, plugin, 'allowed_models', path),
    excludedModels: readPatterns(to, plugin, 'excluded_models', path),
    costTier: readOneOf(to, plugin, 'cost_tier', COST_TIERS, `${path}.cost_tier`),
    costQualityTradeoff: number('cost_quality_tradeoff', 10),
    pinModel: readBoolean(to, plugin, 'pin_model', `${path}.pin_model`),
    minCodingScore: number('min_coding_score', 1),
    maxPrice: number('max_price'),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function readPatterns(
  to: Complaints,
  plugin: JsonObject,
  field: string,
  plugins: string,
): readonly string[] | undefined {
  const path = `${plugins}.${field}`;
  const patterns = readStrings(to, plugin, field, path);
  if (!patterns) return undefined;
  const total = patterns.reduce((sum, { length }) => sum + length, 0);
  if (patterns.length > PATTERNS_MAX) return refuse(to, path, `at most ${PATTERNS_MAX} patterns`);
  if (patterns.some(({ length }) => length > PATTERN_LENGTH_MAX))
    return refuse(to, path, `patterns of at most ${PATTERN_LENGTH_MAX} characters`);
  if (total > PATTERNS_LENGTH_MAX) return refuse(to, path, `at most ${PATTERNS_LENGTH_MAX} characters in all`);
  return patterns;
}

function refuse(to: Complaints, path: string, expected: string): undefined {
  complain(to, path, `Invalid '${path}': expected ${expected}.`);
  return undefined;
}
