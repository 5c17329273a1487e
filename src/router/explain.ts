import { type Availability, type Fault, fault } from '../base/fault.ts';
import type { Endpoint, Model } from '../catalog/model.ts';
import type { Rejection } from '../facts/plan.ts';
import type { Question } from '../facts/question.ts';
import { FILTERS, missingCredentials } from './filters.ts';
import { similarModels } from './resolve.ts';

type Unserved = {
  readonly question: Question;
  readonly models: readonly Model[];
  /** Names that mean no model. */
  readonly unknown: readonly string[];
  readonly rejected: readonly Rejection[];
};

/** Why nothing is left: in the words that clients know where the spec has them (§6.1), and for programs (§6.3). */
export function explain(unserved: Unserved): Fault {
  const { question, models, unknown, rejected } = unserved;
  const name = question.models[0];
  if (name === undefined || name.trim() === '')
    return fault('invalid_request', 'No model was given: set `model` or `models`.', { param: 'model' });
  const model = models[0];
  if (!model) return unknownModel(question, unknown[0] ?? name);
  const step = FILTERS.map(([word]) => word).findLast((word) => rejected.some((entry) => entry.step === word));
  const more = {
    metadata: {
      routing_funnel: funnel(models, rejected),
      failed_routing_step: step ?? 'endpoints',
      rejected: rejected.slice(0, 20).map(({ provider, step, reason }) => ({ provider, step, reason })),
    },
    availability: { ...availabilityOf(step, unserved), requested_models: question.models },
  };
  switch (step) {
    case 'operation':
      return fault('invalid_request', `${model.id} answers elsewhere: it ${otherOperation(rejected)}.`, more);
    case 'context_length':
      return fault(
        'context_length_exceeded',
        `This request has about ${question.promptTokens} prompt tokens; the maximum context length of ${model.id} is ${model.context} tokens. Shorten the prompt or use the context-compression plugin.`,
        more,
      );
    case 'text_completion':
      return fault('invalid_request', textCompletion(model.id, question), { ...more, param: 'prompt' });
    case 'max_output':
      return fault(
        'max_tokens_exceeded',
        `No endpoints found for ${model.id} that can write ${question.maxOutputTokens} tokens. Lower max_tokens.`,
        { ...more, param: 'max_tokens' },
      );
    default:
      return fault('no_endpoints', reasonText(step, model.id, unserved), more);
  }
}

const textCompletion = (model: string, { completes }: Question): string =>
  completes === 'text'
    ? `No endpoint of ${model} completes texts: suffix, echo, best_of, token ids and streams of several prompts need one.`
    : `${model} completes texts and knows no conversations: ask it at /completions.`;

function unknownModel(question: Question, name: string): Fault {
  const near = similarModels(question.catalog, name, 3);
  const hint = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : '';
  return fault('unknown_model', `${name} is not a valid model ID.${hint}`, {
    param: 'model',
    availability: {
      ...PERMANENT,
      code: 'model_not_found',
      requested_models: question.models,
      ...(near.length > 0 && { fallback_models: near }),
    },
  });
}

const otherOperation = (rejected: readonly Rejection[]): string =>
  rejected.find(({ step }) => step === 'operation')?.reason ?? 'has another operation';

function reasonText(step: string | undefined, model: string, { question, rejected, models }: Unserved): string {
  const reasons = rejected.filter((entry) => entry.step === step).map(({ reason }) => reason);
  const why = [...new Set(reasons)].join(', ');
  switch (step) {
    case 'credentials':
      return noCredentials(model, rejected, models);
    case 'tools':
      return `No endpoints found that support tool use for ${model}.`;
    case 'data_policy':
      return `No endpoints found matching your data policy (${why}) for ${model}. Change provider.data_collection or provider.zdr.`;
    case 'require_parameters':
      return `No endpoints found that can handle the requested parameters for ${model}: ${question.parameters.join(', ')}.`;
    case 'input_modalities':
      return `No endpoints found that support ${question.inputModalities.filter((word) => word !== 'text').join(', ')} input for ${model}.`;
    case 'output_modalities':
      return `No endpoints found that support the requested output modalities for ${model}: ${question.outputModalities.join(', ')}.`;
    case 'max_price':
      return `No endpoints found for ${model} within max_price: ${why}.`;
    case 'quantization':
      return `No endpoints found for ${model} in the requested quantizations: ${why}.`;
    case 'distillable':
      return `No endpoints found for ${model}: its author does not let others learn from its output.`;
    case 'tier':
      if (question.tier !== null) return `No endpoints found for ${model} in the service tier ${question.tier}.`;
      return `No allowed providers are available for the selected model ${model}.`;
    case 'only':
    case 'ignore':
    case 'order':
      return `No allowed providers are available for the selected model ${model}.`;
    default:
      return `No endpoints found for ${model}.`;
  }
}

function noCredentials(model: string, rejected: readonly Rejection[], models: readonly Model[]): string {
  const without = new Set(rejected.filter(({ step }) => step === 'credentials').map(({ endpoint }) => endpoint));
  const ways = waysToSwitchOn(models.flatMap(({ endpoints }) => endpoints).filter(({ id }) => without.has(id)));
  const best = ways.slice(0, ways[1] === KEY_TO_MOST ? 2 : 1);
  const others = ways.slice(best.length, best.length + 3);
  const shown = best.join(' or ') + (others.length > 0 ? ` (or ${others.join(', ')})` : '');
  return `No provider of ${model} is set up here: set ${shown} in the gateway's environment and restart it. Without any key, the model sandbox/echo works now.`;
}

/** The one key that opens most models. */
const KEY_TO_MOST = 'OPENROUTER_API_KEY';

/** What to set so that one of these endpoints can be called: the direct host's key, the one that opens most, the others. */
export function waysToSwitchOn(endpoints: readonly Endpoint[]): readonly string[] {
  const ways = endpoints
    .toSorted((a, b) => Number(a.provider.reseller) - Number(b.provider.reseller))
    .map(missingCredentials)
    .filter((way) => way.startsWith('set '))
    .map((way) => way.slice(4));
  const [direct, ...rest] = new Set(ways);
  if (direct === undefined) return [];
  return [direct, ...rest.filter((way) => way === KEY_TO_MOST), ...rest.filter((way) => way !== KEY_TO_MOST)];
}

/** How many endpoints were left after each step that removed some. */
function funnel(
  models: readonly Model[],
  rejected: readonly Rejection[],
): { readonly step: string; readonly endpoint_count: number }[] {
  let left = models.reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  const steps = [{ step: 'endpoints', endpoint_count: left }];
  for (const [step] of FILTERS) {
    const removed = rejected.filter((entry) => entry.step === step).length;
    if (removed === 0) continue;
    left -= removed;
    steps.push({ step, endpoint_count: left });
  }
  return steps;
}

const PERMANENT = { retryable: false, docs_url: '/docs/errors' } as const;
const CONSTRAINT = { ...PERMANENT, code: 'constraint_filtered' } as const;

type Unnamed = Omit<Availability, 'requested_models'>;

/** The same for programs; `constraint` names the field of the request to change. */
function availabilityOf(step: string | undefined, { question, rejected }: Unserved): Unnamed {
  const reasons = rejected.filter((entry) => entry.step === step);
  const detail = [...new Set(reasons.map(({ reason }) => reason))].join(', ');
  const affected = { affected_providers: [...new Set(reasons.map(({ provider }) => provider))] };
  const filtered = (excludedBy: string, field: string): Unnamed => ({
    ...CONSTRAINT,
    ...affected,
    excluded_by: excludedBy,
    constraint: { field, detail },
  });
  switch (step) {
    case 'operation':
      return { ...PERMANENT, code: 'wrong_endpoint' };
    case 'only':
    case 'ignore':
    case 'order':
      return filtered('allowed_providers', `provider.${step}`);
    case 'tier':
      return filtered('allowed_providers', question.tier === null ? 'provider.only' : 'service_tier');
    case 'data_policy': {
      const isZdr = question.preferences.zdr === true;
      const field = isZdr ? 'provider.zdr' : 'provider.data_collection';
      const excludedBy = isZdr ? 'data_policy:zdr' : 'data_policy:training';
      return { ...filtered(excludedBy, field), code: 'privacy_restricted' };
    }
    case 'quantization':
      return filtered('quantization', 'provider.quantizations');
    case 'max_price':
      return filtered('max_price', 'provider.max_price');
    case 'require_parameters':
      return filtered('require_parameters', 'provider.require_parameters');
    case 'context_length':
      return filtered('context_length', 'messages');
    case 'max_output':
      return filtered('context_length', 'max_tokens');
    case 'tools':
      return { ...CONSTRAINT, ...affected, constraint: { field: 'tools', detail } };
    case 'input_modalities':
      return { ...CONSTRAINT, ...affected, constraint: { field: 'messages', detail } };
    case 'output_modalities':
      return { ...CONSTRAINT, ...affected, constraint: { field: 'modalities', detail } };
    case 'text_completion':
      return { ...CONSTRAINT, ...affected, constraint: { field: 'prompt', detail } };
    case 'distillable':
      return { ...CONSTRAINT, constraint: { field: 'provider.enforce_distillable_text', detail } };
    default:
      return { ...PERMANENT, ...affected, code: 'no_endpoints' };
  }
}
