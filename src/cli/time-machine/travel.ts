import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import { placeOf } from '../../base/place.ts';
import { cachedTokens, completionTokens, promptTokens, type Usage } from '../../call/usage.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Endpoint } from '../../catalog/model.ts';
import type { Candidate } from '../../facts/plan.ts';
import type { Question } from '../../facts/question.ts';
import type { Receipt } from '../../facts/receipt.ts';
import { namesIn } from '../../gateway/govern.ts';
import { createStickiness } from '../../gateway/stickiness.ts';
import { billFor, priceServed } from '../../metering/cost.ts';
import { layDown } from '../../policies/lay-down.ts';
import { indexPolicies, type PolicyIndex } from '../../policies/policy-index.ts';
import { plan } from '../../router/plan.ts';
import { resolveModel } from '../../router/resolve.ts';
import { createHealth, type Health } from '../../upstream/health.ts';
import { stepAfter } from '../../upstream/retry.ts';
import { type Draws, drawsOf } from '../simulation/draws.ts';
import type { Behaviour } from './behaviour.ts';
import type { PastCall } from './past-call.ts';

/** How a call fared. */
export type Fared = {
  readonly at: number;
  readonly endpoint: Endpoint | null;
  /** Nano-dollars. */
  readonly cost: bigint;
  readonly firstContentMs: number;
  readonly totalMs: number;
  readonly attempts: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** Of an experiment: `policy: arm`. */
  readonly arm: string | null;
};

export type Journey = {
  readonly catalog: Catalog;
  readonly enabled: ReadonlySet<string>;
  readonly behaviour: Behaviour;
};

type Due = { readonly at: number; readonly task: () => void };

/**
 * Sends calls of the past, in their order, through the router and the breakers of today, in virtual time: what hosts do
 * is drawn from how they behaved then, everything else is the real thing.
 */
export function travel(calls: readonly PastCall[], { catalog, enabled, behaviour }: Journey): readonly Fared[] {
  let now = calls[0]?.at ?? 0;
  const due: Due[] = [];
  const health = createHealth(() => now);
  const homes = createStickiness({ elapsed: () => now, after: () => () => {} }, null);
  const index = indexPolicies(catalog.policies);
  const later = (at: number, task: () => void): void => {
    let place = due.length;
    while (place > 0 && (due[place - 1]?.at ?? 0) > at) place--;
    due.splice(place, 0, { at, task });
  };
  const passTo = (at: number): void => {
    while (due[0] && due[0].at <= at) {
      const next = due.shift() as Due;
      now = Math.max(now, next.at);
      next.task();
    }
    now = Math.max(now, at);
  };
  return calls.map((call) => {
    passTo(call.at);
    const draws = drawsOf(call.seed);
    const { question, arm } = questionOf(call, { catalog, enabled, index, draws });
    const conversation = conversationOf(call);
    const home = conversation && (() => homes.home(conversation));
    const decided = plan({ ...question, health: health.view(), ...(home && { home }) });
    const fared = fare(call, decided.candidates, { health, behaviour, draws, later });
    const { endpoint } = fared;
    const usage = endpoint ? usageAt(call, endpoint.id, home?.() ?? null) : call.usage;
    if (conversation && endpoint)
      later(call.at + fared.totalMs, () =>
        homes.ended(conversation, { receipt: { state: 'completed', usage } as Receipt, endpoint, isRouted: false }),
      );
    return {
      ...fared,
      at: call.at,
      arm,
      cost: endpoint ? billFor(usage, priceServed(endpoint, null, call.at)).cost : NO_MONEY,
      promptTokens: endpoint ? promptTokens(usage) : 0,
      cachedTokens: endpoint ? cachedTokens(usage) : 0,
    };
  });
}

type Asking = Pick<Journey, 'catalog' | 'enabled'> & { readonly index: PolicyIndex; readonly draws: Draws };

/** What the router is asked, with the policies of this journey laid over what the request said itself. */
function questionOf(
  call: PastCall,
  { catalog, enabled, index, draws }: Asking,
): { readonly question: Omit<Question, 'health'>; readonly arm: string | null } {
  const { question, keyId, workspaceId, user, sessionId, seed, at } = call;
  const base = { ...question, catalog, enabled, seed };
  const matched = index.matching({
    keyId,
    workspaceId,
    operation: question.operation,
    ...namesIn(catalog, question.models),
    now: at,
    isLeftBelow: () => false,
  });
  if (matched.length === 0) return { question: base, arm: null };
  const [model = null, ...models] = question.models;
  const isSorted = model !== null && (resolveModel(catalog, model)?.sort ?? null) !== null;
  const { preferences } = question;
  const laid = layDown(matched, { model, models, preferences, isSorted, keyId, user, sessionId, draw: draws.unit });
  const rules = [...(question.policy?.rules ?? []), ...laid.rules];
  return {
    question: {
      ...base,
      models: laid.model === null ? laid.models : [laid.model, ...laid.models],
      preferences: laid.preferences,
      policy: { rules, given: laid.given },
    },
    arm: laid.arm ? `${laid.arm.policy}: ${laid.arm.name}` : null,
  };
}

/** Only conversations that their callers named are known by their receipts. */
const conversationOf = ({ keyId, sessionId, question }: PastCall) =>
  sessionId === null
    ? null
    : { key: Math.floor(placeOf(`${keyId}\n${question.models[0]}\n${sessionId}`) * 2 ** 32), isExplicit: true };

type Means = {
  readonly health: Health;
  readonly behaviour: Behaviour;
  readonly draws: Draws;
  readonly later: (at: number, task: () => void) => void;
};

/** Attempt by attempt, as a run goes through a plan (`upstream/run.ts`). */
function fare(
  call: PastCall,
  candidates: readonly Candidate[],
  { health, behaviour, draws, later }: Means,
): Pick<Fared, 'endpoint' | 'firstContentMs' | 'totalMs' | 'attempts'> {
  const isUp = ({ endpoint }: Candidate): boolean => ['open', 'probe'].includes(health.gate(endpoint.id).gate);
  const given = new Set<string>();
  let waited = 0;
  let attempts = 0;
  let retried = -1;
  for (let place = 0; place < candidates.length && attempts < LIMITS.attempts_max; ) {
    const { endpoint, model } = candidates[place] as Candidate;
    const others = candidates.slice(place + 1);
    const { gate } = health.gate(endpoint.id);
    const isLeft = gate === 'shut' || (gate === 'doubtful' && others.some(isUp));
    if (given.has(model.id) || (isLeft && retried !== place)) {
      place++;
      continue;
    }
    attempts++;
    const began = call.at + waited;
    const answer = behaviour.answer(endpoint.id, began, draws.unit);
    later(began, () => health.started(endpoint.id));
    if (answer.kind === 'answered') {
      const totalMs = answer.firstContentMs + (1_000 * completionTokens(call.usage)) / answer.tokensPerSecond;
      const latencyMs = call.streamed ? answer.firstContentMs : totalMs;
      const throughput = answer.tokensPerSecond;
      later(began + totalMs, () => health.ended(endpoint.id, { kind: 'success', latencyMs, throughput }));
      return { endpoint, attempts, firstContentMs: waited + latencyMs, totalMs: waited + totalMs };
    }
    const { fault, ms } = answer;
    later(began + ms, () => health.ended(endpoint.id, { kind: 'failure', fault, ms }));
    waited += ms;
    const step = stepAfter(fault, {
      hasRetried: retried === place,
      othersLeft: others.length > 0 && attempts < LIMITS.attempts_max,
      isStable: health.view().of(endpoint.id)?.stable !== false,
      draw: draws.unit(),
    });
    if (step.kind === 'stop') break;
    if (step.kind === 'next-model') given.add(model.id);
    if (step.kind === 'again') {
      retried = place;
      waited += step.afterMs;
    } else place++;
  }
  return { endpoint: null, attempts, firstContentMs: waited, totalMs: waited };
}

/** What was read from a cache is read from one only where the conversation stayed, or the call goes where it went. */
function usageAt({ usage, endpoint: recorded }: PastCall, endpoint: string, home: string | null): Usage {
  const isCached = home === null ? endpoint === recorded : endpoint === home;
  if (isCached || cachedTokens(usage) === 0) return usage;
  return {
    ...usage,
    input: usage.input + usage.inputCacheRead,
    inputCacheRead: 0,
    inputAudio: usage.inputAudio + usage.inputAudioCacheRead,
    inputAudioCacheRead: 0,
  };
}
