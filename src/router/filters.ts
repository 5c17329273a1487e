import type { Parameter } from '../call/parameters.ts';
import { completesTexts } from '../catalog/dialect-table.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Question } from '../facts/question.ts';
import { isFree } from './choice/free.ts';
import { dataPolicy } from './data-policy.ts';
import { hard, type NamedModel, type StepRefusal, soft } from './filter.ts';
import { aboveMaxPrice } from './max-price.ts';
import { missingCredentials, noCredentials } from './missing-key.ts';
import { hasOwnKey, unpaid } from './payers.ts';
import { namesEndpoint } from './preferences.ts';
import { forbidden, forbiddenForData, wantsZdr } from './rules.ts';

const noneAllowed = ({ model }: StepRefusal): string =>
  `No allowed providers are available for the selected model ${model.id}.`;

/** In the order in which the routing funnel is told. A filter is a row of this table and nothing else. */
export const FILTERS = [
  hard({
    step: 'operation',
    read: ({ operation }) => operation,
    test: (endpoint, operation) => (endpoint.operation === operation ? undefined : `serves ${endpoint.operation}`),
    words: ({ model, rejected }) => `${model.id} answers elsewhere: it ${firstReason(rejected, 'operation')}.`,
    fault: { code: 'invalid_request' },
    availability: { code: 'wrong_endpoint' },
  }),
  hard({
    step: 'only',
    read: ({ preferences }) => preferences.only,
    test: (endpoint, only, { tier }) =>
      only.some((name) => namesEndpoint(name, endpoint, tier)) ? undefined : 'not in provider.only',
    preferences: ['only'],
    words: noneAllowed,
    availability: { code: 'constraint_filtered', field: 'provider.only', excludedBy: 'allowed_providers' },
  }),
  hard({
    step: 'ignore',
    read: ({ preferences }) => preferences.ignore,
    test: (endpoint, ignore) =>
      ignore.some((name) => namesEndpoint(name, endpoint, endpoint.tier)) ? 'in provider.ignore' : undefined,
    preferences: ['ignore'],
    words: noneAllowed,
    availability: { code: 'constraint_filtered', field: 'provider.ignore', excludedBy: 'allowed_providers' },
  }),
  hard({
    step: 'order',
    read: ({ preferences: { order, allow_fallbacks } }) =>
      allow_fallbacks === false && order?.length ? order : undefined,
    test: (endpoint, order, { tier }) =>
      order.some((name) => namesEndpoint(name, endpoint, tier))
        ? undefined
        : 'not in provider.order, and fallbacks are off',
    preferences: ['order'],
    words: noneAllowed,
    availability: { code: 'constraint_filtered', field: 'provider.order', excludedBy: 'allowed_providers' },
  }),
  hard({
    step: 'policy',
    read: ({ policy }) => (policy?.rules.length ? policy.rules : undefined),
    test: forbidden,
    words: ({ model, reasons }) => `No endpoints found for ${model.id} that the rules for this call allow: ${reasons}.`,
    availability: { code: 'constraint_filtered', excludedBy: 'allowed_providers' },
  }),
  hard({
    step: 'policy_data',
    read: ({ policy }) => (policy?.rules.length ? policy.rules : undefined),
    test: forbiddenForData,
    words: ({ model, reasons }) =>
      `No endpoints found matching the data policy of this call (${reasons}) for ${model.id}.`,
    availability: {
      code: 'privacy_restricted',
      excludedBy: ({ policy }) => (wantsZdr(policy) ? 'data_policy:zdr' : 'data_policy:training'),
    },
  }),
  hard({
    step: 'tier',
    read: (question) => question,
    test: tierAskedFor,
    words: (refusal) =>
      refusal.question.tier === null
        ? noneAllowed(refusal)
        : `No endpoints found for ${refusal.model.id} in the service tier ${refusal.question.tier}.`,
    availability: {
      code: 'constraint_filtered',
      field: ({ tier }) => (tier === null ? 'provider.only' : 'service_tier'),
      excludedBy: 'allowed_providers',
    },
  }),
  hard({
    step: 'credentials',
    read: ({ enabled }) => enabled,
    test: (endpoint, enabled, question) =>
      enabled.has(endpoint.provider.slug) || hasOwnKey(endpoint, question) ? undefined : missingCredentials(endpoint),
    words: noCredentials,
    availability: { code: 'no_endpoints' },
  }),
  hard({
    step: 'own_keys',
    read: ({ ownKeys }) => (ownKeys?.length ? ownKeys : undefined),
    test: (endpoint, _, question) => unpaid(endpoint, question),
    words: ({ model, reasons }) => `No endpoints found for ${model.id}: ${reasons}.`,
    availability: { code: 'no_endpoints' },
  }),
  hard({
    step: 'data_policy',
    read: ({ preferences }) => (preferences.data_collection === 'deny' || preferences.zdr ? preferences : undefined),
    test: dataPolicy,
    preferences: ['data_collection', 'zdr'],
    words: ({ model, reasons }) =>
      `No endpoints found matching your data policy (${reasons}) for ${model.id}. Change provider.data_collection or provider.zdr.`,
    availability: {
      code: 'privacy_restricted',
      field: ({ preferences }) => (preferences.zdr ? 'provider.zdr' : 'provider.data_collection'),
      excludedBy: ({ preferences }) => (preferences.zdr ? 'data_policy:zdr' : 'data_policy:training'),
    },
  }),
  hard({
    step: 'quantization',
    read: ({ preferences }) => preferences.quantizations,
    test: ({ quantization }, quantizations) =>
      quantizations.includes(quantization) ? undefined : `quantization is ${quantization}`,
    preferences: ['quantizations'],
    words: ({ model, reasons }) => `No endpoints found for ${model.id} in the requested quantizations: ${reasons}.`,
    availability: { code: 'constraint_filtered', field: 'provider.quantizations', excludedBy: 'quantization' },
  }),
  hard({
    step: 'max_price',
    read: ({ preferences }) => preferences.max_price,
    test: aboveMaxPrice,
    preferences: ['max_price'],
    words: ({ model, reasons }) => `No endpoints found for ${model.id} within max_price: ${reasons}.`,
    availability: { code: 'constraint_filtered', field: 'provider.max_price', excludedBy: 'max_price' },
  }),
  hard({
    step: 'free',
    read: (_, { free }) => free,
    test: (endpoint) => (isFree(endpoint) ? undefined : 'costs something'),
    words: ({ model }) => `No endpoint of ${model.id} costs nothing.`,
    availability: { code: 'constraint_filtered', field: 'model' },
  }),
  hard({
    step: 'input_modalities',
    read: ({ inputModalities }) => inputModalities,
    test: ({ input }, modalities) => missing(modalities, input, 'does not take'),
    words: ({ model, question }) =>
      `No endpoints found that support ${question.inputModalities.filter((word) => word !== 'text').join(', ')} input for ${model.id}.`,
    availability: { code: 'constraint_filtered', field: 'messages' },
  }),
  hard({
    step: 'output_modalities',
    read: ({ outputModalities }) => outputModalities,
    test: ({ output }, modalities) => missing(modalities, output, 'cannot produce'),
    words: ({ model, question }) =>
      `No endpoints found that support the requested output modalities for ${model.id}: ${question.outputModalities.join(', ')}.`,
    availability: { code: 'constraint_filtered', field: 'modalities' },
  }),
  hard({
    step: 'tools',
    read: ({ usesTools }) => usesTools || undefined,
    test: ({ parameters }) => (parameters.has('tools') ? undefined : 'does not support tool use'),
    words: ({ model }) => `No endpoints found that support tool use for ${model.id}.`,
    availability: { code: 'constraint_filtered', field: 'tools' },
  }),
  hard({
    step: 'text_completion',
    read: ({ operation, completes }) => (operation === 'chat' ? completes : undefined),
    test: textCompletion,
    words: ({ model, question }) =>
      question.completes === 'text'
        ? `No endpoint of ${model.id} completes texts: suffix, echo, best_of, token ids and streams of several prompts need one.`
        : `${model.id} completes texts and knows no conversations: ask it at /completions.`,
    fault: { code: 'invalid_request', param: 'prompt' },
    availability: { code: 'constraint_filtered', field: 'prompt' },
  }),
  hard({
    step: 'require_parameters',
    read: ({ preferences, parameters }) => (preferences.require_parameters ? parameters : undefined),
    test: (endpoint, parameters) => {
      const lacking = parameters.filter((name) => !endpoint.parameters.has(name));
      return lacking.length > 0 ? `does not support ${lacking.join(', ')}` : undefined;
    },
    preferences: ['require_parameters'],
    words: ({ model, question }) =>
      `No endpoints found that can handle the requested parameters for ${model.id}: ${question.parameters.join(', ')}.`,
    availability: {
      code: 'constraint_filtered',
      field: 'provider.require_parameters',
      excludedBy: 'require_parameters',
    },
  }),
  hard({
    step: 'distillable',
    read: ({ preferences }) => preferences.enforce_distillable_text || undefined,
    test: (_, __, ___, { model }) => (model.distillable ? undefined : 'others may not learn from its output'),
    preferences: ['enforce_distillable_text'],
    words: ({ model }) => `No endpoints found for ${model.id}: its author does not let others learn from its output.`,
    availability: { code: 'constraint_filtered', field: 'provider.enforce_distillable_text' },
  }),
  hard({
    step: 'context_length',
    read: ({ promptTokens }) => promptTokens,
    test: ({ context }, tokens) => (tokens <= context ? undefined : `context of ${context} tokens is too short`),
    words: ({ model, question }) =>
      `This request has about ${question.promptTokens} prompt tokens; the maximum context length of ${model.id} is ${model.context} tokens. Shorten the prompt or use the context-compression plugin.`,
    fault: { code: 'context_length_exceeded' },
    availability: { code: 'constraint_filtered', field: 'messages', excludedBy: 'context_length' },
  }),
  hard({
    step: 'max_output',
    read: ({ maxOutputTokens }) => maxOutputTokens ?? undefined,
    test: ({ maxOutput }, tokens) =>
      maxOutput === null || tokens <= maxOutput ? undefined : `output is limited to ${maxOutput} tokens`,
    words: ({ model, question }) =>
      `No endpoints found for ${model.id} that can write ${question.maxOutputTokens} tokens. Lower max_tokens.`,
    fault: { code: 'max_tokens_exceeded', param: 'max_tokens' },
    availability: { code: 'constraint_filtered', field: 'max_tokens', excludedBy: 'context_length' },
  }),
] as const;

const softParameter = <const Name extends Parameter>(name: Name) =>
  soft({
    step: name,
    read: ({ parameters }) => parameters.includes(name) || undefined,
    test: ({ parameters }) => (parameters.has(name) ? undefined : `does not support ${name}`),
  });

/** Preferences that remove an endpoint only while another is left. */
export const SOFT_FILTERS = [
  softParameter('response_format'),
  softParameter('structured_outputs'),
  softParameter('verbosity'),
] as const;

/** The steps that may have removed an endpoint, by their names in receipts. */
export type FilterStep = (typeof FILTERS)[number]['step'] | (typeof SOFT_FILTERS)[number]['step'];

const firstReason = (rejected: StepRefusal['rejected'], of: string): string =>
  rejected.find(({ step }) => step === of)?.reason ?? '';

/**
 * A tier is used when it was asked for: by parameter, by a routing variant, by its full tag. Who asks for `flex` wants
 * its price and gets nothing dearer (spec §3.5), where the catalogue knows any such endpoint of the model.
 */
function tierAskedFor(
  endpoint: Endpoint,
  { preferences, tier }: Question,
  _: Question,
  named: NamedModel,
): string | undefined {
  const isCheap = tier === 'flex' && named.model.endpoints.some((other) => other.tier === tier);
  if (endpoint.tier === null) return isCheap ? 'not of the flex tier' : undefined;
  if (endpoint.tier === tier || (endpoint.tier === named.tier && !isCheap)) return undefined;
  const tags = [...(preferences.order ?? []), ...(preferences.only ?? [])];
  return tags.some((name) => name.toLowerCase() === endpoint.tag.toLowerCase())
    ? undefined
    : 'a service tier nobody asked for';
}

/** A base model knows no turns, and what stands around a gap cannot be said in any. */
function textCompletion(endpoint: Endpoint, completes: Question['completes']): string | undefined {
  if (completesTexts(endpoint.dialect.id))
    return completes === 'conversation' ? 'completes texts only: ask it at /completions' : undefined;
  return completes === 'text' ? 'only answers conversations' : undefined;
}

function missing(wanted: readonly string[], offered: readonly string[], verb: string): string | undefined {
  const lacking = wanted.filter((modality) => !offered.includes(modality));
  return lacking.length > 0 ? `${verb} ${lacking.join(', ')}` : undefined;
}
