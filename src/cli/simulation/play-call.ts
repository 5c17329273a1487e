import type { Cancel } from '../../base/world.ts';
import type { Call } from '../../call/call.ts';
import type { Event } from '../../call/event.ts';
import { apart } from '../../call/text-run.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { CallHandle, CallListener } from '../../gateway/operation.ts';
import { OPERATIONS } from '../../gateway/operations.ts';
import { perform } from '../../gateway/perform.ts';
import type { SeenCall } from './call-laws.ts';
import { callerOf, drawCall, drawMood, KEYS, type Mood } from './caller.ts';
import type { GatewayProcess } from './process.ts';
import { callOver, fail, OUTSIDE, type Stage } from './stage.ts';

/** One client asks one process one thing, and behaves as clients do. */
export function playCall(stage: Stage, process: GatewayProcess, gateway: Gateway): SeenCall {
  const { clock, draws } = stage;
  const call = drawCall(draws);
  const key = draws.pick(KEYS);
  const seen = newSeen(gateway.world.newId('gen'), process.name, key.id, call);
  let handle: CallHandle | null = null;
  const client = createClient(stage, { seen, process, mood: drawMood(draws), handle: () => handle });
  handle = perform(
    gateway,
    OPERATIONS.chat,
    {
      id: seen.id,
      call,
      clientDialect: 'openai-chat',
      caller: callerOf(key),
      app: draws.chance(0.3) ? { origin: 'https://app.test', title: 'App', categories: [] } : null,
      userAgent: null,
      receivedAt: clock.now(),
      begunAt: clock.now(),
    },
    client.listener,
  );
  client.begin();
  return seen;
}

const newSeen = (id: string, process: string, keyId: string, call: Call): SeenCall => ({
  id,
  process,
  keyId,
  streamed: call.stream,
  choices: call.sampling.n ?? 1,
  events: [],
  batches: 0,
  receipt: null,
  result: null,
  left: false,
  lost: false,
  shaken: false,
});

type Client = { readonly listener: CallListener<'chat'>; readonly begin: () => void };
type ClientParts = {
  readonly seen: SeenCall;
  readonly process: GatewayProcess;
  readonly mood: Mood;
  readonly handle: () => CallHandle | null;
};

/** Listens, leaves and pauses as its mood is, and says at once when the gateway does what it must not. */
function createClient(stage: Stage, { seen, process, mood, handle }: ClientParts): Client {
  let isPaused = false;
  const hears = (what: string): void => {
    if (!process.isAlive()) fail(stage, `${seen.id}: ${what} from a process that is dead`);
    if (seen.result) fail(stage, `${seen.id}: ${what} after the end`);
  };
  const leave = (): void => {
    if (!process.isAlive()) return;
    seen.left ||= !seen.result;
    handle()?.cancel();
  };
  const pause = (): Cancel => {
    isPaused = true;
    handle()?.pause();
    return stage.clock.after(OUTSIDE, mood.pauseMs, () => {
      isPaused = false;
      if (process.isAlive()) handle()?.resume();
    });
  };
  const listener: CallListener<'chat'> = {
    events: (steps) => {
      hears('events');
      const events = apart(steps);
      const wrong = wrongBatch(seen, events, isPaused);
      if (wrong) fail(stage, `${seen.id}: ${wrong}`);
      seen.events.push(...events);
      seen.batches++;
      if (seen.batches === mood.leavesAtBatch) leave();
      if (seen.batches === mood.pausesAtBatch) pause();
    },
    settled: (receipt) => {
      hears('a receipt');
      if (seen.receipt) fail(stage, `${seen.id}: two receipts`);
      seen.receipt = receipt;
    },
    done: (result) => {
      hears('an end');
      seen.result = result;
      if (result.kind === 'replied') result.release?.();
      callOver(stage, seen);
      if (mood.leavesAtEnd) handle()?.cancel();
    },
  };
  const begin = (): void => {
    if (mood.leavesAfterMs !== null) stage.clock.after(OUTSIDE, mood.leavesAfterMs, leave);
  };
  return { listener, begin };
}

function wrongBatch(seen: SeenCall, events: readonly Event[], isPaused: boolean): string | null {
  const isEnd = ['end', 'fault'].includes(events.at(-1)?.type ?? '');
  if (!seen.streamed) return 'events for a call that is not streamed';
  if (seen.left) return 'events for a client that left';
  if (isPaused && !isEnd) return 'events for a client that does not read';
  return events.length === 0 ? 'a batch without events' : null;
}
