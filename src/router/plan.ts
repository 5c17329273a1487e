import type { SortPreference } from '../call/call.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { RouterId } from '../catalog/routers.ts';
import type { Candidate, Plan, Rejection } from '../facts/plan.ts';
import type { Policy } from '../facts/policy.ts';
import type { Question } from '../facts/question.ts';
import type { Routed } from '../facts/routing.ts';
import { choose } from './choice/choose.ts';
import type { Serving } from './choice/pool.ts';
import { explain } from './explain.ts';
import type { HardFilter, NamedModel, SoftFilter } from './filter.ts';
import { FILTERS, type FilterStep, SOFT_FILTERS } from './filters.ts';
import { formFor, servingFor } from './form.ts';
import { DECIDED_BY, isMissingPreferred, type OrderedEndpoint, orderEndpoints, RECENT_OUTAGE } from './order.ts';
import { type Paid, withPayers } from './payers.ts';
import { generator } from './random.ts';
import { bareReason, byReason, keyReason } from './reason-code.ts';
import { type Eligible, remembered } from './remembered.ts';
import { type ResolvedModel, resolveModel } from './resolve.ts';

type FoundModel = ResolvedModel & { readonly endpoints: readonly Endpoint[] };

/** Question → Plan: a pure function; the same question gives the same plan, bit for bit. */
export function plan(question: Question): Plan {
  const rejected: Rejection[] = [];
  const found: FoundModel[] = [];
  const unknown: string[] = [];
  const routed: Routed[] = [];
  const add = (resolved: ResolvedModel): void => {
    if (!found.some((entry) => entry.model === resolved.model))
      found.push({ ...resolved, endpoints: eligibleIn(resolved, question, rejected) });
  };
  for (const name of question.models) {
    const resolved = resolveModel(question.catalog, name);
    if (!resolved) {
      unknown.push(name);
      rejected.push({ model: name, endpoint: '', provider: '', step: 'model', reason: 'not a valid model ID' });
    } else if (resolved.model.router === undefined) add(resolved);
    else {
      const { models, choice } = routedModels(resolved, resolved.model.router, question);
      routed.push(choice);
      for (const model of models) add(model);
    }
  }
  const strict = question.preferences.require_parameters === true;
  const candidates = orderAll(found, question, rejected);
  const planned = routed.length > 0 ? { candidates, rejected, strict, routed } : { candidates, rejected, strict };
  if (candidates.length > 0) return planned;
  const models = found.map(({ model }) => model);
  return { ...planned, fault: explain({ question, models, unknown, rejected, routed }) };
}

/** The models that stand for a router model here: chosen now, or as they were chosen when the question was first asked. */
function routedModels(
  named: ResolvedModel,
  router: RouterId,
  question: Question,
): { readonly choice: Routed; readonly models: readonly ResolvedModel[] } {
  const { catalog, routed } = question;
  const kept = routed?.find(({ router: id }) => id === named.model.id);
  const asked: ResolvedModel = router === 'free' ? { ...named, free: true } : named;
  const choice = kept ?? choose(asked, router, question, servingIn(asked, question));
  const models = choice.chosen.flatMap(({ model: id }) => {
    const model = catalog.models.get(id);
    return model ? [{ ...asked, model }] : [];
  });
  return { choice, models };
}

/** What gives the endpoints of a model that no hard filter removes; why the others are removed nobody asks. */
function servingIn(named: ResolvedModel, question: Question): Serving {
  const tests = testsFor(question, named);
  return (model, endpoints) => {
    const served: Endpoint[] = [];
    const meant = { ...named, model };
    for (const listed of endpoints) {
      const endpoint = formFor(servingFor(listed, question), question);
      if (firstObstacle(endpoint, tests, question, meant) === undefined) served.push(endpoint);
    }
    return served;
  };
}

function eligibleIn(named: ResolvedModel, question: Question, rejected: Rejection[]): readonly Endpoint[] {
  const found = remembered(named, question, () => eligible(named, question));
  for (const rejection of found.rejected) rejected.push(rejection);
  return found.left;
}

function eligible(named: ResolvedModel, question: Question): Eligible {
  const rejected: Rejection[] = [];
  let left: Endpoint[] = [];
  const refused: Refused[] = [];
  const tests = testsFor(question, named);
  for (const listed of named.model.endpoints) {
    const endpoint = formFor(servingFor(listed, question), question);
    const obstacle = firstObstacle(endpoint, tests, question, named);
    if (obstacle) refused.push({ endpoint, obstacle });
    else left.push(endpoint);
  }
  if (left.length === 0) left = roomiest(refused, question);
  for (const { endpoint, obstacle } of refused) if (!left.includes(endpoint)) rejected.push(obstacle);
  if (left.length < 2) return { left, rejected };
  for (const { step, read, test } of SOFT_FILTERS as readonly SoftFilter[]) {
    const wanted = read(question, named);
    if (wanted === undefined) continue;
    const unfit = left.flatMap((endpoint) => {
      const reason = test(endpoint, wanted, question, named);
      return reason === undefined ? [] : [{ endpoint, reason }];
    });
    if (unfit.length === 0 || unfit.length === left.length) continue;
    for (const { endpoint, reason } of unfit) rejected.push(rejection(endpoint, step, reason));
    left = left.filter((endpoint) => !unfit.some((entry) => entry.endpoint === endpoint));
  }
  return { left, rejected };
}

type Refused = { readonly endpoint: Endpoint; readonly obstacle: Rejection };

const TOO_LONG: FilterStep = 'max_output';

/**
 * Programs of Anthropic's format must name a limit for the output and do not know the model's. Where nothing else stands
 * against any endpoint, those that write most are asked for as much as they write (told as a loss, see `suit`).
 */
function roomiest(refused: readonly Refused[], { preferences }: Question): Endpoint[] {
  if (preferences.require_parameters === true) return [];
  const short = refused.filter(({ obstacle }) => obstacle.step === TOO_LONG).map(({ endpoint }) => endpoint);
  const most = Math.max(...short.map(({ maxOutput }) => maxOutput ?? 0));
  return short.filter(({ maxOutput }) => maxOutput === most);
}

/** A filter with what it has to see to, read out of the question once for all endpoints of a model. */
type Reading = { readonly filter: HardFilter; readonly wanted: unknown };

/** What this question asks of a model's endpoints. */
function testsFor(question: Question, named: Omit<NamedModel, 'model'>): readonly Reading[] {
  const tests: Reading[] = [];
  for (const filter of FILTERS as readonly HardFilter[]) {
    const wanted = filter.read(question, named);
    if (wanted !== undefined) tests.push({ filter, wanted });
  }
  return tests;
}

function firstObstacle(
  endpoint: Endpoint,
  tests: readonly Reading[],
  question: Question,
  named: NamedModel,
): Rejection | undefined {
  for (const { filter, wanted } of tests) {
    const reason = filter.test(endpoint, wanted, question, named);
    if (reason !== undefined) return rejection(endpoint, filter.step, said(reason, filter, question));
  }
  return undefined;
}

/** With whose word it was, where that was not the caller's. */
function said(reason: string, { preferences }: Pick<HardFilter, 'preferences'>, { policy }: Question): string {
  const source = policy && preferences?.map((name) => policy.given[name]).find((name) => name !== undefined);
  return source === undefined ? reason : byReason(reason, source);
}

const rejection = (endpoint: Endpoint, step: string, reason: string): Rejection => ({
  model: endpoint.modelId,
  endpoint: endpoint.id,
  provider: endpoint.provider.slug,
  step,
  reason,
});

function orderAll(found: readonly FoundModel[], question: Question, rejected: Rejection[]): Candidate[] {
  const draw = generator(question.seed);
  const { sort, allow_fallbacks } = question.preferences;
  const asked = typeof sort === 'object' ? (sort.by ?? null) : (sort ?? null);
  const together = typeof sort === 'object' && sort.partition === 'none';
  const groups = together ? [{ sort: asked, endpoints: found.flatMap((entry) => entry.endpoints) }] : found;
  const candidates: Candidate[] = [];
  for (const group of groups) {
    const sorting = sortOf(asked, group.sort, question);
    const ordered = homeFirst(orderEndpoints(group.endpoints, sorting, question, draw), question);
    const paid = withPayers(question.policy ? attributed(ordered, question.policy, found) : ordered, question);
    const isCut = allow_fallbacks === false && !question.preferences.order?.length;
    const kept = isCut ? firstOf(paid) : paid;
    if (isCut)
      for (const { endpoint } of ordered)
        if (endpoint !== kept[0]?.endpoint)
          rejected.push(rejection(endpoint, NO_FALLBACKS, said(CUT, CUTTING, question)));
    for (const { endpoint, reason, payer } of kept) {
      const model = found.find((entry) => entry.model.id === endpoint.modelId)?.model;
      if (model) candidates.push(payer ? { model, endpoint, reason, payer } : { model, endpoint, reason });
    }
  }
  return healthyFirst(preferredFirst(candidates, question), question);
}

/** A variant of the name is the caller's word, which goes before a sort that somebody else filled in. */
const sortOf = (
  asked: SortPreference | null,
  named: SortPreference | null,
  { policy }: Question,
): SortPreference | null => (policy?.given.sort === undefined ? (asked ?? named) : (named ?? asked));

/** With whose word decided where an endpoint stands, or that its model is asked at all. */
function attributed(
  ordered: readonly OrderedEndpoint[],
  { given }: Policy,
  [first]: readonly FoundModel[],
): readonly OrderedEndpoint[] {
  return ordered.map(({ endpoint, reason }) => {
    const field = DECIDED_BY.find(([beginning]) => reason.startsWith(beginning))?.[1];
    const isOthers = given.models !== undefined && endpoint.modelId !== first?.model.id;
    const source = (field && given[field]) ?? (isOthers ? given.models : undefined);
    return source === undefined ? { endpoint, reason } : { endpoint, reason: byReason(reason, source) };
  });
}

/** Without fallbacks: the first endpoint, with all keys of one payer. */
const firstOf = (paid: readonly Paid[]): readonly Paid[] => {
  const [first] = paid;
  return paid.filter(({ endpoint, payer }) => endpoint === first?.endpoint && !payer === !first.payer);
};

/** Why the endpoint that has a conversation's prompt cached stands first. */
const KEPT = 'kept: the prompt of this conversation is cached there';
export const isKept = (reason: string): boolean => bareReason(reason) === KEPT;

/** Where a conversation has its prompt cached it stays, unless its caller says where to go (spec §3.5), or it is down. */
function homeFirst(
  ordered: readonly OrderedEndpoint[],
  { home, health, preferences }: Question,
): readonly OrderedEndpoint[] {
  if (ordered.length < 2 || !home || preferences.order?.length) return ordered;
  const id = home();
  const found = ordered.find(({ endpoint }) => endpoint.id === id);
  if (!found || health.of(found.endpoint.id)?.stable === false) return ordered;
  return [{ endpoint: found.endpoint, reason: KEPT }, ...ordered.filter((entry) => entry !== found)];
}

/** The step of those that stood behind the first where nothing may. */
export const NO_FALLBACKS = 'allow_fallbacks';
const CUT = 'not the first, and fallbacks are off';
const CUTTING = { preferences: ['allow_fallbacks'] } as const;

/** What misses a preferred speed goes behind other models' endpoints that have it (spec §3.2), and stays before what is down. */
function preferredFirst(candidates: Candidate[], { preferences }: Question): Candidate[] {
  const { preferred_min_throughput: throughput, preferred_max_latency: latency } = preferences;
  if (throughput === undefined && latency === undefined) return candidates;
  const isMissing = ({ reason }: Candidate): boolean => isMissingPreferred(reason);
  return [...candidates.filter((one) => !isMissing(one)), ...candidates.filter(isMissing)];
}

/** What is down goes behind everything that is up: behind other models' endpoints too, and whoever named it first. */
function healthyFirst(candidates: Candidate[], { health }: Question): Candidate[] {
  const isDown = ({ endpoint }: Candidate): boolean => health.of(endpoint.id)?.stable === false;
  const down = candidates.filter(isDown);
  if (down.length === 0 || down.length === candidates.length) return candidates;
  return [
    ...candidates.filter((candidate) => !isDown(candidate)),
    ...down.map((candidate) => ({
      ...candidate,
      reason: candidate.payer ? keyReason(RECENT_OUTAGE, candidate.payer.id) : RECENT_OUTAGE,
    })),
  ];
}
