import { PARAMETERS, type Parameter } from '../call/parameters.ts';
import { DIALECT_TABLE, type DialectId } from './dialect-table.ts';

/**
 * What an endpoint can do beyond its dialect's base set, in short words; any of OpenRouter's parameter names is a
 * feature too. `fixed-sampling` takes away: the vendor refuses temperature and the like (most reasoning models).
 */
const GROUPS = {
  tools: ['tools', 'tool_choice', 'parallel_tool_calls'],
  json: ['response_format'],
  'json-schema': ['response_format', 'structured_outputs'],
  logprobs: ['logprobs', 'top_logprobs'],
  reasoning: ['reasoning', 'include_reasoning', 'reasoning_effort'],
  'web-search': ['web_search_options'],
  'fixed-sampling': [],
} as const satisfies { readonly [feature: string]: readonly Parameter[] };

const GROUP_NAMES = Object.keys(GROUPS) as (keyof typeof GROUPS)[];
export const FEATURES = [...GROUP_NAMES, ...PARAMETERS.filter((name) => !Object.hasOwn(GROUPS, name))] as const;
/** A word of an endpoint's `features` in its file. */
export type Feature = (typeof FEATURES)[number];

/** What an endpoint is taken to know when its file names no features: what nearly every server of today does. */
export const DEFAULT_FEATURES: readonly Feature[] = ['tools', 'json-schema'];

const SAMPLING: readonly Parameter[] = ['temperature', 'top_p', 'top_k', 'frequency_penalty', 'presence_penalty'];

/**
 * The parameters an endpoint takes: its dialect's base set and its features, without what the provider refuses (`drop`,
 * in the dialect's own words, which are OpenRouter's for the fields that matter here).
 */
export function parametersFor(
  dialect: DialectId,
  features: readonly Feature[],
  drop: readonly string[],
): ReadonlySet<Parameter> {
  const named = features.flatMap((feature) => GROUPS[feature as keyof typeof GROUPS] ?? [feature as Parameter]);
  const fixed = features.includes('fixed-sampling');
  const base = DIALECT_TABLE[dialect].parameters.filter((name) => !(fixed && SAMPLING.includes(name)));
  return new Set([...base, ...named].filter((name) => !drop.includes(name)));
}
