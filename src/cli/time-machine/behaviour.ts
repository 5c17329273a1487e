import { type Fault, fault } from '../../base/fault.ts';
import { completionTokens } from '../../call/usage.ts';
import type { PastCall } from './past-call.ts';

/** How an endpoint deals with one request. */
export type Answer =
  | { readonly kind: 'answered'; readonly firstContentMs: number; readonly tokensPerSecond: number }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly ms: number };

/** Hosts, as a history knows them or somebody makes them up. `draw`: from [0, 1). */
export type Behaviour = {
  readonly answer: (endpoint: string, at: number, draw: () => number) => Answer;
  /** Endpoints that were asked and of which nothing was known: they are taken to be like the others. */
  readonly unknown: ReadonlySet<string>;
};

type Sample = { readonly at: number; readonly answer: Answer };

/** An attempt tells of others so long before and after it; where there is none so near, any of the endpoint's is taken. */
const NEAR_MS = 15 * 60_000;
const SPEED_MIN = 1;

/** Each request is answered as the endpoint's own that was nearest in time: what is routed as it was then fares as it did. */
export function behaviourOf(calls: readonly PastCall[]): Behaviour {
  const samples = new Map<string, Sample[]>();
  for (const call of calls)
    for (const { endpoint, fault: value, firstContentMs, totalMs, startedAt, outcome } of call.attempts) {
      if (outcome === 'cancelled') continue;
      const kept = samples.get(endpoint) ?? [];
      samples.set(endpoint, kept);
      if (value) kept.push({ at: startedAt, answer: { kind: 'failed', fault: value, ms: totalMs } });
      else kept.push({ at: startedAt, answer: answeredIn(call, firstContentMs ?? totalMs, totalMs) });
    }
  for (const kept of samples.values()) kept.sort((a, b) => a.at - b.at);
  const everybody = [...samples.values()].flat().filter(({ answer }) => answer.kind === 'answered');
  const unknown = new Set<string>();
  return {
    unknown,
    answer: (endpoint, at, draw) => {
      const kept = samples.get(endpoint);
      if (kept) return pickNear(kept, at, draw()).answer;
      unknown.add(endpoint);
      const [first] = everybody;
      return first
        ? (everybody[Math.floor(draw() * everybody.length)] ?? first).answer
        : { kind: 'answered', firstContentMs: 500, tokensPerSecond: 50 };
    },
  };
}

function answeredIn({ usage, streamed }: PastCall, firstContentMs: number, totalMs: number): Answer {
  const tokens = completionTokens(usage);
  // A whole answer comes at its end: how fast it was written is told by the whole time alone.
  const writing = streamed ? totalMs - firstContentMs : totalMs;
  const tokensPerSecond = writing > 0 && tokens > 0 ? Math.max(SPEED_MIN, (1_000 * tokens) / writing) : 50;
  return { kind: 'answered', firstContentMs: streamed ? firstContentMs : 0, tokensPerSecond };
}

function pickNear(kept: readonly Sample[], at: number, draw: number): Sample {
  const place = firstFrom(kept, at);
  const [before, after] = [kept[place - 1], kept[place]];
  const nearest = before && (!after || at - before.at < after.at - at) ? before : after;
  if (nearest && Math.abs(nearest.at - at) <= NEAR_MS) return nearest;
  return kept[Math.floor(draw * kept.length)] ?? (kept[0] as Sample);
}

/** The place of the first that is not before a moment. */
function firstFrom(kept: readonly Sample[], at: number): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((kept[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Made up from a seed: each endpoint has its pace, and some are down now and then. */
export function inventedBehaviour(
  seed: number,
  { from, to }: { readonly from: number; readonly to: number },
  place: (text: string) => number,
): Behaviour {
  const DOWN = fault('upstream_server_error', 'made up: this host is down');
  const isDown = (endpoint: string, at: number): boolean => {
    const frailty = place(`${seed} frail ${endpoint}`);
    if (frailty < 0.6) return false;
    const middle = from + place(`${seed} when ${endpoint}`) * (to - from);
    return Math.abs(at - middle) < frailty * 3 * 3_600_000;
  };
  return {
    unknown: new Set(),
    answer: (endpoint, at, draw) => {
      const pace = place(`${seed} pace ${endpoint}`);
      if (isDown(endpoint, at) ? draw() < 0.95 : draw() < 0.005)
        return { kind: 'failed', fault: DOWN, ms: 50 + 2_000 * draw() };
      const spread = Math.exp(draw() + draw() - 1);
      return {
        kind: 'answered',
        firstContentMs: (150 + 900 * pace) * spread,
        tokensPerSecond: (160 - 130 * pace) / spread,
      };
    },
  };
}
