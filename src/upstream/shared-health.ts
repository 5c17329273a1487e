import { FAULTS, type FaultCode, fault } from '../base/fault.ts';
import { parseJson } from '../base/json.ts';
import type { World } from '../base/world.ts';
import type { Peers } from '../facts/peers.ts';
import type { Formed, Health } from './health.ts';
import type { HealthReport } from './health-report.ts';

/**
 * So that an outage is met once, and not by every process once: what fails, what comes back and who asks again is told
 * at once, in batches of a few milliseconds; what goes well is summed up.
 */
const NEWS_MS = 3;
const SUM_MS = 2_000;
/** Of each endpoint and sum, the latest figures. */
const FIGURES_MAX = 8;
/** A message is one notice of the store: PostgreSQL's take 8,000 bytes. */
const MESSAGE_LENGTH_MAX = 5_000;
/** What nobody sums up any further is dropped: figures, not outages. */
const ENDPOINTS_MAX = 1_000;
/** Whatever a peer says. */
const SPENT_MS_MAX = 60_000;

/** `f` failed so often, `s` came back, `p` is being asked again, `c` that was given up, `d` took too much, `x` grants nothing more for a while, `a` answered so often, `t` wrote so many tool calls that could be read and so many that could not. */
type Failed = ['f', id: string, times: number, code: FaultCode, status: number, ms: number, retryAfterMs: number];
type News =
  | Failed
  | readonly ['s', id: string, latencyMs: number, throughput: number | null]
  | readonly ['p' | 'c' | 'd', id: string]
  | readonly ['x', id: string, ms: number]
  | readonly ['t', id: string, well: number, badly: number]
  | readonly ['a', id: string, times: number, latenciesMs: readonly number[], throughputs: readonly number[]];

type Sum = { times: number; well: number; badly: number; readonly latencies: number[]; readonly throughputs: number[] };

/** Health of this process that its peers share. */
export function shareHealth(own: Health, peers: Peers, after: World['after']): Health {
  let news: News[] = [];
  /** Of the news that wait: the same again is only counted. */
  const failures = new Map<string, Failed>();
  const sums = createSums(peers, after);

  const sendNews = (): void => {
    const sent = news;
    news = [];
    failures.clear();
    send(peers, sent);
  };
  const tell = (one: News): void => {
    if (news.push(one) === 1) after(NEWS_MS, sendNews);
  };
  const fail = (one: Failed): void => {
    const key = `${one[1]} ${one[3]} ${one[4]}`;
    const known = failures.get(key);
    if (known) known[2]++;
    else {
      failures.set(key, one);
      tell(one);
    }
  };
  peers.onTold((text) => newsFrom(text).forEach((one) => void hear(own, one)));
  return {
    ...own,
    started: (id) => {
      if (own.gate(id).gate === 'probe') tell(['p', id]);
      own.started(id);
    },
    ended: (id, report) => {
      const isClosed = own.gate(id).gate === 'open';
      own.ended(id, report);
      if (report.kind === 'failure') fail(failedOf(id, report));
      else if (report.kind === 'success' && isClosed) sums.answered(id, report);
      else if (report.kind === 'success') tell(['s', id, report.latencyMs, report.throughput]);
      else if (!isClosed) tell(['c', id]);
    },
    formed: (id, counts) => {
      own.formed(id, counts);
      sums.formed(id, counts);
    },
    spent: (id, ms) => {
      own.spent(id, ms);
      tell(['x', id, Math.round(ms)]);
    },
    distrust: (id) => {
      own.distrust(id);
      tell(['d', id]);
    },
  };
}

/** What went well, summed up and told once in a while. */
function createSums(peers: Peers, after: World['after']) {
  const sums = new Map<string, Sum>();
  let isDue = false;
  const sendAll = (): void => {
    isDue = false;
    const sent: News[] = [];
    for (const [id, { times, well, badly, latencies, throughputs }] of sums) {
      if (times > 0) sent.push(['a', id, times, latencies.map(Math.round), throughputs.map(Math.round)]);
      if (well + badly > 0) sent.push(['t', id, well, badly]);
    }
    sums.clear();
    send(peers, sent);
  };
  const sumOf = (id: string): Sum | null => {
    let found = sums.get(id);
    if (!found) {
      if (sums.size >= ENDPOINTS_MAX) return null;
      found = { times: 0, well: 0, badly: 0, latencies: [], throughputs: [] };
      sums.set(id, found);
    }
    if (!isDue) after(SUM_MS, sendAll);
    isDue = true;
    return found;
  };
  return {
    answered: (id: string, { latencyMs, throughput }: Extract<HealthReport, { readonly kind: 'success' }>): void => {
      const found = sumOf(id);
      if (!found) return;
      found.latencies[found.times % FIGURES_MAX] = latencyMs;
      if (throughput !== null) found.throughputs[found.throughputs.length % FIGURES_MAX] = throughput;
      found.times++;
    },
    formed: (id: string, { well, badly }: Formed): void => {
      const found = sumOf(id);
      if (!found) return;
      found.well += well;
      found.badly += badly;
    },
  };
}

function failedOf(id: string, { fault: met, ms }: Extract<HealthReport, { readonly kind: 'failure' }>): Failed {
  const { code, upstream, retryAfterMs = -1 } = met;
  return ['f', id, 1, code, upstream?.status ?? 0, Math.round(ms), retryAfterMs];
}

/** In as many messages as it takes. */
function send(peers: Peers, news: readonly News[]): void {
  let message = '';
  for (const one of news) {
    const text = JSON.stringify(one);
    if (message !== '' && message.length + text.length > MESSAGE_LENGTH_MAX) {
      peers.tell(`[${message}]`);
      message = '';
    }
    message += `${message && ','}${text}`;
  }
  if (message !== '') peers.tell(`[${message}]`);
}

/** A peer may be of another release: what this one does not know is not heard. */
function newsFrom(text: string): readonly News[] {
  const found = parseJson(text);
  return Array.isArray(found) ? (found.filter((one) => Array.isArray(one) && typeof one[1] === 'string') as never) : [];
}

const countOf = (value: unknown): number => Math.min(Math.max(Math.floor(Number(value)) || 0, 0), 1e6);

function hear(own: Health, one: News): void {
  switch (one[0]) {
    case 'f': {
      const [, id, times, code, status, ms, retryAfterMs] = one;
      if (!Object.hasOwn(FAULTS, code)) return;
      const met = fault(code, '', {
        ...(status > 0 && { upstream: { status } }),
        ...(retryAfterMs >= 0 && { retryAfterMs }),
      });
      return own.failedElsewhere(id, { kind: 'failure', fault: met, ms }, times);
    }
    case 's':
      return own.ended(one[1], { kind: 'success', latencyMs: one[2], throughput: one[3] });
    case 'p':
      return own.started(one[1]);
    case 'c':
      return own.ended(one[1], { kind: 'cancelled' });
    case 'x':
      return own.spent(one[1], Math.min(Math.max(Number(one[2]) || 0, 0), SPENT_MS_MAX));
    case 'd':
      return own.distrust(one[1]);
    case 't':
      return own.formed(one[1], { well: countOf(one[2]), badly: countOf(one[3]) });
    case 'a': {
      const [, id, times, latenciesMs, throughputs] = one;
      return own.answeredElsewhere(id, { times, latenciesMs, throughputs });
    }
    default:
      one satisfies never;
  }
}
