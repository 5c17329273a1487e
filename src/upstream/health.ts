import { countsAgainst } from '../base/fault.ts';
import type { EndpointHealth, HealthView, HealthWindow, HealthWindows, Percentiles } from '../facts/health.ts';
import { type Breaker, breakerAfter, CLOSED, type Gate, gateOf, isStable } from './breaker.ts';
import { createFigures, type Figures, type Window } from './figures.ts';
import type { HealthReport } from './health-report.ts';
import { createRateCap, type RateCap } from './rate-cap.ts';
import { createSuccesses, type Successes, type Sums } from './successes.ts';

export type Health = {
  /** What the router sees; fixed at the moment of asking. */
  readonly view: () => HealthView;
  /** All figures of an endpoint; null = it has seen no traffic. */
  readonly windows: (endpointId: string) => HealthWindows | null;
  /** How the endpoint stands at this moment, which may not be that of the plan, and in how many milliseconds it is due to be asked again. */
  readonly gate: (endpointId: string) => { readonly gate: Gate; readonly againInMs: number };
  /** An attempt begins; to a doubtful endpoint it is the probe. */
  readonly started: (endpointId: string) => void;
  readonly ended: (endpointId: string, report: HealthReport) => void;
  /** Nobody waited for its answer any longer than this. */
  readonly waited: (endpointId: string, ms: number) => void;
  /** Another process met the same failure so often. */
  readonly failedElsewhere: (endpointId: string, failure: Failure, times: number) => void;
  /** Another process was answered so often meanwhile; some of the figures. It closes nothing that is open. */
  readonly answeredElsewhere: (endpointId: string, answers: Answers) => void;
  /** Its host says that it grants nothing more for so many milliseconds: it goes behind its peers until then. */
  readonly spent: (endpointId: string, ms: number) => void;
  /** So many tool calls, or answers in JSON, of one answer could be read, and so many not. */
  readonly formed: (endpointId: string, counts: Formed) => void;
  /** It took more than it was permitted, which no limit can hold against: it goes behind its peers for an hour. */
  readonly distrust: (endpointId: string) => void;
};

export type Formed = { readonly well: number; readonly badly: number };
type Failure = Extract<HealthReport, { readonly kind: 'failure' }>;
export type Answers = {
  readonly times: number;
  readonly latenciesMs: readonly number[];
  /** Output tokens per second. */
  readonly throughputs: readonly number[];
};

const DISTRUST_MS = 3_600_000;

const WINDOW_MINUTES = 30;
const DAY_HOURS = 24;
const MINUTE_MS = 60_000;
const ENDPOINTS_MAX = 20_000;
const FIGURES_KEPT_MS = 1_000;

/**
 * Of a host that is down and fails quickly, so many callers who have nowhere else to go find out in a second, in each
 * process; the others are told at once.
 */
const TRIES_A_SECOND = 4;

const isRateLimit = ({ fault }: Failure): boolean => fault.code === 'upstream_rate_limit';

const OPEN = { gate: 'open', againInMs: 0 } as const;
/** When a probe that is under way will have ended is not known: soon. */
const MOMENT_MS = 1_000;

type Told = Omit<EndpointHealth, 'stable' | 'overruns' | 'spent'>;
type State = {
  breaker: Breaker;
  distrustedUntil: number;
  /** Its host grants nothing more until then. */
  spentUntil: number;
  readonly rate: RateCap;
  /** Who was let through to it though it is down, in this second. */
  tries: { second: number; count: number };
  readonly minutes: Successes;
  readonly hours: Successes;
  readonly latency: Figures;
  readonly throughput: Figures;
  /** Of tool calls and answers in JSON: what could be read counts as a success. */
  readonly formed: { readonly minutes: Successes; readonly hours: Successes };
  /** Of the tokens of prompts: what was read from a cache counts as a success. */
  readonly cached: Successes;
  figures: { readonly at: number; readonly health: Told } | null;
  /** The same with whether it is up, as it was told last. */
  whole: { readonly told: Told; readonly health: EndpointHealth } | null;
};

/** Rolling figures of every endpoint, in fixed memory per endpoint, from this process's traffic and what its peers tell. */
export function createHealth(now: () => number): Health {
  const states = new Map<string, State>();
  const stateOf = (id: string): State => {
    let state = states.get(id);
    if (!state) {
      if (states.size >= ENDPOINTS_MAX) states.delete(states.keys().next().value ?? '');
      state = newState();
      states.set(id, state);
    }
    return state;
  };
  return {
    view: () => {
      const at = now();
      const seen = new Map<string, EndpointHealth | undefined>();
      return {
        of: (id) => {
          if (seen.has(id)) return seen.get(id);
          const state = states.get(id);
          const health = state && healthOf(state, at);
          seen.set(id, health);
          return health;
        },
      };
    },
    windows: (id) => {
      const state = states.get(id);
      return state ? windowsOf(state, now()) : null;
    },
    gate: (id) => {
      const state = states.get(id);
      return state ? gateAt(state, now()) : OPEN;
    },
    started: (id) => begin(stateOf(id), now()),
    ended: (id, report) => {
      const state = stateOf(id);
      const at = now();
      state.breaker = breakerAfter(state.breaker, report, at);
      if (report.kind === 'success') {
        state.latency.add(report.latencyMs, at);
        if (report.throughput !== null) state.throughput.add(report.throughput, at);
        if (report.prompt) countPrompt(state, report.prompt, at);
        countIn(state, 'success', at);
      } else if (report.kind === 'failure' && countsAgainst(report.fault)) countIn(state, 'failure', at);
      if (report.kind === 'failure' && isRateLimit(report)) limit(state, at);
    },
    waited: (id, ms) => stateOf(id).latency.add(ms, now()),
    failedElsewhere: (id, failure, times) => {
      const state = stateOf(id);
      const at = now();
      // Two in a row are an outage; more of the same open nothing any wider.
      for (let count = 0; count < Math.min(times, 2); count++) state.breaker = breakerAfter(state.breaker, failure, at);
      if (countsAgainst(failure.fault)) countIn(state, 'failure', at, times);
      if (isRateLimit(failure)) limit(state, at, times);
    },
    answeredElsewhere: (id, answers) => answerElsewhere(stateOf(id), answers, now()),
    spent: (id, ms) => {
      stateOf(id).spentUntil = now() + ms;
    },
    formed: (id, counts) => countFormed(stateOf(id), counts, now()),
    distrust: (id) => {
      stateOf(id).distrustedUntil = now() + DISTRUST_MS;
    },
  };
}

function answerElsewhere(state: State, { times, latenciesMs, throughputs }: Answers, at: number): void {
  if (state.breaker.openUntil === null) state.breaker = CLOSED;
  // What is told of many are the figures of a few: each stands for its share of them.
  const forEach = (some: readonly number[]): number => Math.max(1, Math.round(times / some.length));
  for (const ms of latenciesMs) state.latency.add(ms, at, forEach(latenciesMs));
  for (const tokens of throughputs) state.throughput.add(tokens, at, forEach(throughputs));
  countIn(state, 'success', at, times);
}

function countFormed({ formed }: State, { well, badly }: Formed, at: number): void {
  for (const counts of [formed.minutes, formed.hours]) {
    counts.count('success', at, well);
    counts.count('failure', at, badly);
  }
}

function gateAt({ breaker, tries }: State, at: number): ReturnType<Health['gate']> {
  const { openUntil } = breaker;
  if (openUntil === null) return OPEN;
  const gate = gateOf(breaker, at);
  if (gate === 'doubtful' && tries.second === Math.floor(at / 1_000) && tries.count >= TRIES_A_SECOND)
    return { gate: 'shut', againInMs: MOMENT_MS };
  return { gate, againInMs: Math.max(MOMENT_MS, openUntil - at) };
}

function begin(state: State, at: number): void {
  state.rate.sent(at);
  const { openUntil } = state.breaker;
  if (openUntil === null) return;
  if (openUntil <= at) state.breaker = { ...state.breaker, probing: true };
  const second = Math.floor(at / 1_000);
  state.tries = { second, count: state.tries.second === second ? state.tries.count + 1 : 1 };
}

function healthOf(state: State, at: number): EndpointHealth {
  const health = wholeOf(state, isStable(state.breaker, at), figuresOf(state, at));
  const overruns = state.distrustedUntil > at;
  const spent = state.spentUntil > at || state.rate.isReached(at);
  return overruns || spent ? { ...health, ...(overruns && { overruns }), ...(spent && { spent }) } : health;
}

/** Made once for as long as nothing in it changes. */
function wholeOf(state: State, stable: boolean, told: Told): EndpointHealth {
  if (state.whole?.told !== told || state.whole.health.stable !== stable)
    state.whole = { told, health: { stable, ...told } };
  return state.whole.health;
}

const newState = (): State => ({
  breaker: CLOSED,
  distrustedUntil: 0,
  spentUntil: 0,
  rate: createRateCap(),
  tries: { second: 0, count: 0 },
  minutes: createSuccesses(WINDOW_MINUTES, MINUTE_MS),
  hours: createSuccesses(DAY_HOURS, 60 * MINUTE_MS),
  latency: createFigures('most'),
  throughput: createFigures('least'),
  formed: { minutes: createSuccesses(WINDOW_MINUTES, MINUTE_MS), hours: createSuccesses(DAY_HOURS, 60 * MINUTE_MS) },
  cached: createSuccesses(WINDOW_MINUTES, MINUTE_MS),
  figures: null,
  whole: null,
});

function countIn({ minutes, hours }: State, kind: keyof Sums, now: number, times = 1): void {
  minutes.count(kind, now, times);
  hours.count(kind, now, times);
}

function limit(state: State, now: number, times = 1): void {
  state.rate.refused(now);
  countIn(state, 'limited', now, times);
}

function countPrompt(
  { cached: counts }: State,
  { tokens, cached }: { readonly tokens: number; readonly cached: number },
  now: number,
): void {
  counts.count('success', now, cached);
  counts.count('failure', now, Math.max(0, tokens - cached));
}

function figuresOf(state: State, now: number): Told {
  if (state.figures && now - state.figures.at < FIGURES_KEPT_MS) return state.figures.health;
  const { minutes, hours, latency, throughput, cached } = state;
  const figures = {
    success: rounded(minutes.share(WINDOW_MINUTES, now), 1e4),
    successLast5m: rounded(minutes.share(5, now), 1e4),
    successLast1d: rounded(hours.share(DAY_HOURS, now), 1e4),
    latencyMs: inSteps(latency.within('last30m', now), LATENCY_STEPS),
    throughput: inSteps(throughput.within('last30m', now), THROUGHPUT_STEPS),
    latencyMsLast5m: inSteps(latency.within('last5m', now), LATENCY_STEPS),
    throughputLast5m: inSteps(throughput.within('last5m', now), THROUGHPUT_STEPS),
  };
  const cacheShare = rounded(cached.share(WINDOW_MINUTES, now), 1e2) ?? 0;
  const wellFormed = wellFormedOf(state, now);
  const health = {
    ...figures,
    ...(cacheShare > 0 && { cacheShare }),
    ...(wellFormed !== null && { wellFormed }),
  };
  state.figures = { at: now, health };
  return health;
}

/** As much as a judgement of an endpoint's tool calls takes (spec §3.5). */
const ENOUGH = { calls: 100, formed: 200, hours: 3 } as const;

function wellFormedOf({ minutes, formed }: State, now: number): number | null {
  const { success, failure } = formed.hours.sums(ENOUGH.hours, now);
  if (success + failure < ENOUGH.formed) return null;
  const calls = minutes.sums(WINDOW_MINUTES, now);
  if (calls.success + calls.failure < ENOUGH.calls) return null;
  return rounded(success / (success + failure), 1e4);
}

function windowsOf({ minutes, hours, formed, latency, throughput }: State, now: number): HealthWindows {
  const told = (window: Window, [slots, calls, shapes]: readonly [number, Successes, Successes]): HealthWindow => {
    const { success, failure, limited } = calls.sums(slots, now);
    const requests = success + failure + limited;
    return {
      requests,
      success: rounded(calls.share(slots, now), 1e4),
      rateLimited: requests === 0 ? null : toStep(limited / requests, 1e4),
      wellFormed: rounded(shapes.share(slots, now), 1e4),
      latencyMs: inSteps(latency.within(window, now), LATENCY_STEPS),
      throughput: inSteps(throughput.within(window, now), THROUGHPUT_STEPS),
    };
  };
  return {
    last5m: told('last5m', [5, minutes, formed.minutes]),
    last30m: told('last30m', [WINDOW_MINUTES, minutes, formed.minutes]),
    last1d: told('last1d', [DAY_HOURS, hours, formed.hours]),
  };
}

/** Steps to a millisecond, and to a token in a second. */
const LATENCY_STEPS = 1;
const THROUGHPUT_STEPS = 10;

function inSteps(found: Percentiles | null, steps: number): Percentiles | null {
  if (!found) return null;
  const { p50, p75, p90, p99 } = found;
  return { p50: toStep(p50, steps), p75: toStep(p75, steps), p90: toStep(p90, steps), p99: toStep(p99, steps) };
}

/** Figures are no finer than a receipt keeps them: what a plan rested on is then known exactly. */
const toStep = (value: number, steps: number): number => Math.round(value * steps) / steps;
const rounded = (value: number | null, steps: number): number | null => (value === null ? null : toStep(value, steps));
