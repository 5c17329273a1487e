import { type Availability, type Fault, fault } from '../base/fault.ts';
import type { Model } from '../catalog/model.ts';
import type { Rejection } from '../facts/plan.ts';
import type { Question } from '../facts/question.ts';
import type { Routed } from '../facts/routing.ts';
import type { HardFilter, Unserved } from './filter.ts';
import { FILTERS } from './filters.ts';
import { similarModels } from './resolve.ts';

/** Why nothing is left: in the words that clients know where the spec has them (§6.1), and for programs (§6.3). */
export function explain(unserved: Unserved): Fault {
  const { question, models, unknown, rejected, routed = [] } = unserved;
  const name = question.models[0];
  if (name === undefined || name.trim() === '')
    return fault('invalid_request', 'No model was given: set `model` or `models`.', { param: 'model' });
  const model = models[0];
  const idle = model ? undefined : routed.find(({ chosen }) => chosen.length === 0);
  if (idle) return nothingChosen(question, idle);
  if (!model) return unknownModel(question, unknown[0] ?? name);
  const last = FILTERS.findLast(({ step }) => rejected.some((entry) => entry.step === step));
  const more = {
    metadata: {
      routing_funnel: funnel(models, rejected),
      failed_routing_step: last?.step ?? 'endpoints',
      rejected: rejected.slice(0, 20).map(({ provider, step, reason }) => ({ provider, step, reason })),
    },
    availability: { ...availabilityOf(last, unserved), requested_models: question.models },
  };
  if (!last) return fault('no_endpoints', `No endpoints found for ${model.id}.`, more);
  const { code, ...param } = last.fault ?? { code: 'no_endpoints' };
  const refusal = { ...unserved, model, reasons: reasonsOf(last, rejected) };
  return fault(code, last.words(refusal), { ...more, ...param });
}

/** The contract's words (spec §3.4), and what would help. */
function nothingChosen({ operation, models }: Question, { router }: Routed): Fault {
  const why =
    operation === 'chat'
      ? 'No model that answers here can take this request within what its plugins, its provider preferences and its key allow.'
      : `${router} chooses among models of conversations.`;
  return fault('no_endpoints', `No models match your request and model restrictions. ${why}`, {
    param: 'model',
    availability: { ...PERMANENT, code: 'no_endpoints', requested_models: models },
  });
}

const reasonsOf = ({ step }: HardFilter, rejected: readonly Rejection[]): string =>
  [...new Set(rejected.filter((entry) => entry.step === step).map(({ reason }) => reason))].join(', ');

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

/** How many endpoints were left after each step that removed some. */
function funnel(
  models: readonly Model[],
  rejected: readonly Rejection[],
): { readonly step: string; readonly endpoint_count: number }[] {
  let left = models.reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  const steps = [{ step: 'endpoints', endpoint_count: left }];
  for (const { step } of FILTERS) {
    const removed = rejected.filter((entry) => entry.step === step).length;
    if (removed === 0) continue;
    left -= removed;
    steps.push({ step, endpoint_count: left });
  }
  return steps;
}

const PERMANENT = { retryable: false, docs_url: '/docs/errors' } as const;

/** What programs are told of a refusal; `constraint` names the field of the request to change. */
function availabilityOf(
  filter: HardFilter | undefined,
  { question, rejected }: Unserved,
): Omit<Availability, 'requested_models'> {
  const affected = new Set(rejected.filter(({ step }) => step === filter?.step).map(({ provider }) => provider));
  if (!filter) return { ...PERMANENT, affected_providers: [...affected], code: 'no_endpoints' };
  const { code, field, excludedBy } = filter.availability;
  if (code === 'wrong_endpoint') return { ...PERMANENT, code };
  const textFor = (of: string | ((question: Question) => string)): string =>
    typeof of === 'string' ? of : of(question);
  return {
    ...PERMANENT,
    code,
    affected_providers: [...affected],
    ...(excludedBy !== undefined && { excluded_by: textFor(excludedBy) }),
    ...(field !== undefined && { constraint: { field: textFor(field), detail: reasonsOf(filter, rejected) } }),
  };
}
