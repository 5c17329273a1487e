import { type Fault, fault } from '../base/fault.ts';
import type { SortPreference } from '../call/call.ts';
import type { Endpoint, Model } from '../catalog/model.ts';
import type { Candidate, Plan, Rejection } from '../facts/plan.ts';
import type { Question } from '../facts/question.ts';
import { FILTERS, missingCredentials, SOFT_FILTERS } from './filters.ts';
import { orderEndpoints } from './order.ts';
import { resolveModel, similarModels } from './resolve.ts';

type Found = { readonly model: Model; readonly sort: SortPreference | null; readonly endpoints: readonly Endpoint[] };

/** Question → Plan: a pure function; the same question gives the same plan, bit for bit. */
export function plan(question: Question): Plan {
  const rejected: Rejection[] = [];
  const found: Found[] = [];
  const unknown: string[] = [];
  for (const name of question.models) {
    const resolved = resolveModel(question.catalog, name);
    if (!resolved) unknown.push(name);
    else if (!found.some((entry) => entry.model === resolved.model))
      found.push({ ...resolved, endpoints: eligible(resolved.model, question, rejected) });
  }
  const strict = question.preferences.require_parameters === true;
  const candidates = orderAll(found, question);
  if (candidates.length > 0) return { candidates, rejected, strict };
  return { candidates, rejected, strict, fault: explain(question, found, unknown, rejected) };
}

function eligible(model: Model, question: Question, rejected: Rejection[]): Endpoint[] {
  let left: Endpoint[] = [];
  for (const endpoint of model.endpoints) {
    const obstacle = firstObstacle(endpoint, question);
    if (obstacle) rejected.push(obstacle);
    else left.push(endpoint);
  }
  if (left.length < 2) return left;
  for (const [step, filter] of SOFT_FILTERS) {
    const unfit = left.flatMap((endpoint) => {
      const reason = filter(endpoint, question);
      return reason === undefined ? [] : [{ endpoint, reason }];
    });
    if (unfit.length === 0 || unfit.length === left.length) continue;
    for (const { endpoint, reason } of unfit) rejected.push(rejection(endpoint, step, reason));
    left = left.filter((endpoint) => !unfit.some((entry) => entry.endpoint === endpoint));
  }
  return left;
}

function firstObstacle(endpoint: Endpoint, question: Question): Rejection | undefined {
  for (const [step, filter] of FILTERS) {
    const reason = filter(endpoint, question);
    if (reason !== undefined) return rejection(endpoint, step, reason);
  }
  return undefined;
}

const rejection = (endpoint: Endpoint, step: string, reason: string): Rejection => ({
  model: endpoint.modelId,
  endpoint: endpoint.id,
  provider: endpoint.provider.slug,
  step,
  reason,
});

function orderAll(found: readonly Found[], question: Question): Candidate[] {
  const draw = generator(question.seed);
  const { sort, allow_fallbacks } = question.preferences;
  const asked = typeof sort === 'object' ? (sort.by ?? null) : (sort ?? null);
  const together = typeof sort === 'object' && sort.partition === 'none';
  const groups = together ? [{ sort: asked, endpoints: found.flatMap((entry) => entry.endpoints) }] : found;
  const models = new Map(found.map(({ model }) => [model.id, model]));
  const candidates: Candidate[] = [];
  for (const group of groups) {
    let ordered = orderEndpoints(group.endpoints, asked ?? group.sort, question, draw);
    if (allow_fallbacks === false && !question.preferences.order?.length) ordered = ordered.slice(0, 1);
    for (const { endpoint, reason } of ordered) {
      const model = models.get(endpoint.modelId);
      if (model) candidates.push({ model, endpoint, reason });
    }
  }
  return candidates;
}

/** Why nothing is left, in the words of the spec where clients parse them (§6.1). */
function explain(
  question: Question,
  found: readonly Found[],
  unknown: readonly string[],
  rejected: readonly Rejection[],
): Fault {
  const name = question.models[0];
  if (name === undefined)
    return fault('invalid_request', 'No model was given: set `model` or `models`.', { param: 'model' });
  if (found.length === 0) return unknownModel(question, unknown[0] ?? name);
  const steps = [...new Set(rejected.map((entry) => entry.step))];
  const last =
    FILTERS.map(([step]) => step)
      .filter((step) => steps.includes(step))
      .at(-1) ?? 'endpoints';
  const model = found[0]?.model;
  const metadata = {
    routing_funnel: funnel(found, rejected),
    failed_routing_step: last,
    rejected: rejected.slice(0, 20).map(({ provider, step, reason }) => ({ provider, step, reason })),
  };
  if (last === 'context_length' && model)
    return fault(
      'context_length_exceeded',
      `This request has about ${question.promptTokens} prompt tokens; the maximum context length of ${model.id} is ${model.context} tokens. Shorten the prompt or use the context-compression plugin.`,
      { metadata },
    );
  return fault('no_endpoints', reasonText(last, model?.id ?? name, question, rejected, found), { metadata });
}

function unknownModel(question: Question, name: string): Fault {
  const near = similarModels(question.catalog, name, 3);
  const hint = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : '';
  return fault('unknown_model', `${name} is not a valid model ID.${hint}`, { param: 'model' });
}

function reasonText(
  step: string,
  model: string,
  question: Question,
  rejected: readonly Rejection[],
  found: readonly Found[],
): string {
  switch (step) {
    case 'credentials':
      return noCredentials(model, rejected, found);
    case 'tools':
      return `No endpoints found for ${model} that support tool use.`;
    case 'data_policy':
      return `No endpoints found for ${model} matching your data policy.`;
    case 'require_parameters':
      return `No endpoints found for ${model} that can handle the requested parameters: ${question.parameters.join(', ')}.`;
    case 'input_modalities':
      return `No endpoints found for ${model} that support ${question.inputModalities.filter((word) => word !== 'text').join(', ')} input.`;
    case 'output_modalities':
      return `No endpoints found for ${model} that support the requested output modalities: ${question.outputModalities.join(', ')}.`;
    case 'max_price':
      return `No endpoints found for ${model} within max_price.`;
    case 'only':
    case 'ignore':
    case 'order':
      return `No allowed providers are available for the selected model ${model}.`;
    default:
      return `No endpoints found for ${model}.`;
  }
}

function noCredentials(model: string, rejected: readonly Rejection[], found: readonly Found[]): string {
  const without = new Set(rejected.filter(({ step }) => step === 'credentials').map(({ endpoint }) => endpoint));
  const ways = found
    .flatMap((entry) => entry.model.endpoints)
    .filter((endpoint) => without.has(endpoint.id))
    .sort((a, b) => Number(a.provider.reseller) - Number(b.provider.reseller))
    .map(missingCredentials)
    .filter((way) => way.startsWith('set '))
    .map((way) => way.slice(4));
  // The direct host first, then the one key that opens most models.
  const [direct = '', ...rest] = new Set(ways);
  const one = rest.filter((way) => way === 'OPENROUTER_API_KEY');
  const others = rest.filter((way) => way !== 'OPENROUTER_API_KEY').slice(0, 3);
  const shown = [direct, ...one].join(' or ') + (others.length > 0 ? ` (or ${others.join(', ')})` : '');
  return `No provider of ${model} is set up here: set ${shown} in the gateway's environment and restart it. Without any key, the model sandbox/echo works now.`;
}

/** How many endpoints were left after each step that removed some. */
function funnel(found: readonly Found[], rejected: readonly Rejection[]): { step: string; endpoint_count: number }[] {
  let left = found.reduce((sum, { model }) => sum + model.endpoints.length, 0);
  const steps = [{ step: 'endpoints', endpoint_count: left }];
  for (const [step] of [...FILTERS, ...SOFT_FILTERS]) {
    const removed = rejected.filter((entry) => entry.step === step).length;
    if (removed === 0) continue;
    left -= removed;
    steps.push({ step, endpoint_count: left });
  }
  return steps;
}

/** mulberry32 (public domain): small, seeded, good enough to share load. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
