import { matchesAny } from '../base/pattern.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Policy, Rule } from '../facts/policy.ts';
import { isAbout } from '../facts/rule-reach.ts';
import { type DataQuestion, dataPolicy } from './data-policy.ts';
import { aboveMaxPrice } from './max-price.ts';
import { namesEndpoint } from './preferences.ts';

/** Which rule keeps a call from this endpoint, and why; undefined = none does. */
export function forbidden(endpoint: Endpoint, rules: readonly Rule[]): string | undefined {
  for (const rule of rules) {
    const reason = isAbout(rule, endpoint) ? obstacleIn(rule, endpoint) : undefined;
    if (reason !== undefined) return `${rule.source}: ${reason}`;
  }
  return undefined;
}

/** The same of how its host deals with prompts. */
export function forbiddenForData(
  endpoint: Endpoint,
  rules: readonly Rule[],
  question: DataQuestion,
): string | undefined {
  for (const rule of rules) {
    if (!(rule.zdr || rule.data_collection) || !isAbout(rule, endpoint)) continue;
    const reason = dataPolicy(endpoint, rule, question);
    if (reason !== undefined) return `${rule.source}: ${reason}`;
  }
  return undefined;
}

export const wantsZdr = (policy: Policy | undefined): boolean => policy?.rules.some(({ zdr }) => zdr) ?? false;

function obstacleIn(rule: Rule, endpoint: Endpoint): string | undefined {
  const { modelId, tier, quantization } = endpoint;
  const { only_models, ignore_models, only, ignore, quantizations, max_price } = rule;
  const isNamed = (name: string): boolean => namesEndpoint(name, endpoint, tier);
  if (only_models && !matchesAny(only_models, modelId)) return 'the model is not allowed';
  if (ignore_models && matchesAny(ignore_models, modelId)) return 'the model is forbidden';
  if (only && !only.some(isNamed)) return 'the provider is not allowed';
  if (ignore?.some(isNamed)) return 'the provider is forbidden';
  if (quantizations && !quantizations.includes(quantization)) return `quantization is ${quantization}`;
  return max_price && aboveMaxPrice(endpoint, max_price);
}

/** May a call under these rules go there at all, whatever it asks for? */
export const isPermitted = (endpoint: Endpoint, rules: readonly Rule[], question: DataQuestion): boolean =>
  forbidden(endpoint, rules) === undefined && forbiddenForData(endpoint, rules, question) === undefined;
