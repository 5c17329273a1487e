import { complete } from '../../gateway/complete.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Seen } from './call-laws.ts';
import { callerOf, drawCall, drawMood, KEYS, type Mood } from './caller.ts';
import type { Clock } from './clock.ts';
import type { Draws } from './draws.ts';
import type { GatewayProcess } from './process.ts';

export type Stage = {
  readonly clock: Clock;
  readonly draws: Draws;
  /** A law is broken: the simulation ends with it. */
  readonly fail: (reason: string) => void;
  readonly over: (seen: Seen) => void;
};

/** The timers of clients outlive the gateway's processes. */
export const CLIENTS = 'clients';

/** One client asks one process one thing, and behaves as clients do. */
export function playCall(process: GatewayProcess, gateway: Gateway, { clock, draws, fail, over }: Stage): Seen {
  const { name, isAlive } = process;
  const call = drawCall(draws);
  const mood: Mood = drawMood(draws);
  const key = draws.pick(KEYS);
  const seen: Seen = {
    id: gateway.world.newId('gen'),
    process: name,
    keyId: key.id,
    streamed: call.stream,
    choices: call.sampling.n ?? 1,
    events: [],
    batches: 0,
    receipt: null,
    result: null,
    left: false,
    lost: false,
    shaken: false,
  };
  const hears = (what: string): boolean => {
    if (!isAlive()) fail(`${seen.id}: ${what} from a process that is dead`);
    if (seen.result) fail(`${seen.id}: ${what} after the end`);
    return true;
  };
  const leave = (): void => {
    if (!isAlive()) return;
    seen.left ||= !seen.result;
    completion?.cancel();
  };
  const afterBatch = (): void => {
    if (seen.batches === mood.leavesAtBatch) leave();
    if (seen.batches !== mood.pausesAtBatch) return;
    isPaused = true;
    completion?.pause();
    clock.after(CLIENTS, mood.pauseMs, () => {
      isPaused = false;
      if (isAlive()) completion?.resume();
    });
  };
  let completion: ReturnType<typeof complete> | null = null;
  let isPaused = false;
  completion = complete(
    gateway,
    {
      id: seen.id,
      call,
      clientDialect: 'openai-chat',
      caller: callerOf(key),
      app: draws.chance(0.3) ? { origin: 'https://app.test', title: 'App', categories: [] } : null,
      userAgent: null,
      receivedAt: clock.now(),
    },
    {
      events: (events) => {
        hears('events');
        if (!call.stream) fail(`${seen.id}: events for a call that is not streamed`);
        if (seen.left) fail(`${seen.id}: events for a client that left`);
        const isEnd = ['end', 'fault'].includes(events.at(-1)?.type ?? '');
        if (isPaused && !isEnd) fail(`${seen.id}: events for a client that does not read`);
        if (events.length === 0) fail(`${seen.id}: a batch without events`);
        seen.events.push(...events);
        seen.batches++;
        afterBatch();
      },
      settled: (receipt) => {
        hears('a receipt');
        if (seen.receipt) fail(`${seen.id}: two receipts`);
        seen.receipt = receipt;
      },
      done: (result) => {
        hears('an end');
        seen.result = result;
        over(seen);
        if (mood.leavesAtEnd) completion?.cancel();
      },
    },
  );
  if (mood.leavesAfterMs !== null) clock.after(CLIENTS, mood.leavesAfterMs, leave);
  return seen;
}
