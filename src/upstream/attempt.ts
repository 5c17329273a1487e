import type { Fault } from '../base/fault.ts';
import { type Deadlines, LIMITS } from '../base/limits.ts';
import type { MemoryAllowance } from '../base/memory.ts';
import type { Cancel, Wire, WireError, WireHandler, WireHeaders, WireRequest, World } from '../base/world.ts';
import type { Loss } from '../call/loss.ts';
import type { AnyStep, OperationId } from '../call/operation.ts';
import type { Usage } from '../call/usage.ts';
import type { UpstreamFailure } from '../dialects/dialect.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { Target } from '../facts/target.ts';
import { requestWithRoom } from './answer-room.ts';
import * as faults from './attempt-faults.ts';
import type { Errand } from './errand.ts';
import { restAfter } from './rate-left.ts';
import { type AnySink, malformed, type Reader } from './read-body.ts';
import { readFailure } from './read-failure.ts';
import { redactFault } from './redact.ts';
import { startWatch, type Watch } from './watch.ts';

export type AttemptSetup = Pick<Errand<OperationId>, 'isStreamed'> & {
  readonly isContent: (step: AnyStep) => boolean;
  /** How a 2xx answer with these headers is read. */
  readonly read: (headers: WireHeaders, sink: AnySink) => Reader;
  readonly decodeFault: (failure: UpstreamFailure) => Fault;
  readonly world: World;
  readonly target: Target;
  readonly request: WireRequest;
  readonly losses: readonly Loss[];
  readonly deadlines: Deadlines;
  /** `short` while another endpoint is left that could answer instead. */
  readonly patience: 'short' | 'long';
  readonly secrets: () => readonly string[];
  /** The memory that a large whole answer is read into. */
  readonly allowance: () => MemoryAllowance;
};

export type AttemptEnd =
  | { readonly kind: 'replied'; readonly usage: Usage | null }
  | { readonly kind: 'streamed'; readonly usage: Usage | null }
  | { readonly kind: 'broken' | 'failed'; readonly fault: Fault }
  | { readonly kind: 'cancelled' };

export type AttemptListener = {
  /** Nothing before the first content; then everything held and, read by read, the rest. */
  readonly events: (events: readonly AnyStep[]) => void;
  /** With the head of an answer: its host grants nothing more for so many milliseconds. */
  readonly spent?: (ms: number) => void;
  readonly done: (end: AttemptEnd, attempt: Attempt) => void;
};

export type AttemptHandle = { readonly pause: () => void; readonly resume: () => void; readonly cancel: () => void };

/** Events without content that may wait for the first content. */
const HELD_EVENTS_MAX = 4_096;
/** After the answer's end: how long and how much the provider may still send before its connection is dropped. */
const DRAIN = { ms: 1_000, bytes: 64 * 1024 } as const;

type Exchange = {
  readonly setup: AttemptSetup;
  readonly listener: AttemptListener;
  /** A timestamp; all other moments here are of the clock of durations. */
  readonly stampedAt: number;
  readonly startedAt: number;
  readonly watch: Watch;
  wire: Wire | null;
  reader: Reader | null;
  /** The body has come, and the answer is still read, or asked for in exchanges of its own: gives that up. */
  waiting: Cancel | null;
  held: AnyStep[] | null;
  /** What the request lost, and what its answer loses. */
  losses: readonly Loss[];
  bytes: number;
  usage: Usage | null;
  status: number | null;
  upstreamId: string | null;
  headersAt: number | null;
  contentAt: number | null;
  pausedAt: number | null;
  over: boolean;
  drained: number;
};

/** One HTTP exchange with one endpoint, from the first byte sent to the last event. Never calls back synchronously. */
export function startAttempt(setup: AttemptSetup, listener: AttemptListener): AttemptHandle {
  const { world } = setup;
  const startedAt = world.elapsed();
  const exchange: Exchange = {
    setup,
    listener,
    stampedAt: world.now(),
    startedAt,
    watch: startWatch(world, () => expire(exchange)),
    wire: null,
    reader: null,
    waiting: null,
    held: setup.isStreamed ? [] : null,
    losses: setup.losses,
    bytes: 0,
    usage: null,
    status: null,
    upstreamId: null,
    headersAt: null,
    contentAt: null,
    pausedAt: null,
    over: false,
    drained: 0,
  };
  exchange.watch.due(dueAt(exchange, startedAt));
  const handler: WireHandler = {
    head: (status, headers) => guard(exchange, () => onHead(exchange, status, headers)),
    data: (bytes) => guard(exchange, () => onData(exchange, bytes)),
    end: () => guard(exchange, () => onEnd(exchange)),
    error: (error) => guard(exchange, () => onError(exchange, error)),
  };
  const { request, isStreamed, allowance } = setup;
  exchange.wire = isStreamed ? world.request(request, handler) : requestWithRoom(world, request, handler, allowance);
  return {
    pause: () => {
      if (exchange.over || exchange.pausedAt !== null) return;
      exchange.pausedAt = world.elapsed();
      exchange.watch.due(startedAt + setup.deadlines.total_ms);
      exchange.wire?.pause();
    },
    resume: () => {
      if (exchange.over || exchange.pausedAt === null) return;
      exchange.pausedAt = null;
      exchange.watch.due(dueAt(exchange, world.elapsed()));
      exchange.wire?.resume();
    },
    cancel: () => {
      if (exchange.over) return;
      stopWire(exchange);
      finish(exchange, { kind: 'cancelled' });
    },
  };
}

/** A throw is a bug of ours: this call ends with it, the others go on. */
function guard(exchange: Exchange, task: () => void): void {
  try {
    task();
  } catch (cause) {
    fail(exchange, faults.bug(cause));
  }
}

/** When silence becomes a failure, given that something was heard at `now`. */
function dueAt({ setup, startedAt, headersAt, contentAt, pausedAt }: Exchange, now: number): number {
  const { deadlines, patience, isStreamed } = setup;
  const total = startedAt + deadlines.total_ms;
  if (pausedAt !== null) return total;
  if (!isStreamed) return patience === 'long' ? total : Math.min(total, startedAt + deadlines.whole_ms);
  if (contentAt !== null) return Math.min(total, now + deadlines.between_events_ms);
  if (patience === 'long') return Math.min(total, startedAt + deadlines.first_content_last_ms);
  const first = startedAt + deadlines.first_content_ms;
  return Math.min(total, first, headersAt === null ? startedAt + deadlines.headers_ms : first);
}

function onHead(exchange: Exchange, status: number, headers: WireHeaders): void {
  const { setup } = exchange;
  const now = setup.world.elapsed();
  exchange.status = status;
  exchange.headersAt = now;
  exchange.upstreamId = headers['x-request-id'] ?? headers['request-id'] ?? headers['x-amzn-requestid'] ?? null;
  if (status >= 200 && status < 300) {
    const restMs = restAfter(headers, setup.world.now());
    if (restMs !== null) exchange.listener.spent?.(restMs);
    exchange.reader = setup.read(headers, sinkOf(exchange));
    exchange.watch.due(dueAt(exchange, now));
    return;
  }
  const failure = readFailure(setup, status, headers, setup.world.now(), sinkOf(exchange));
  exchange.reader = {
    push: (bytes) => {
      if (failure.push(bytes) === 'full') failure.end();
    },
    end: failure.end,
  };
  exchange.watch.due(Math.min(now + setup.deadlines.headers_ms, exchange.startedAt + setup.deadlines.total_ms));
}

function onData(exchange: Exchange, bytes: Uint8Array): void {
  if (exchange.over) {
    exchange.drained += bytes.length;
    if (exchange.drained > DRAIN.bytes) stopWire(exchange);
    return;
  }
  exchange.bytes += bytes.length;
  if (exchange.bytes > LIMITS.reply_bytes_max) {
    fail(exchange, malformed(exchange.setup.target, `sent more than ${LIMITS.reply_bytes_max} bytes`));
    return;
  }
  exchange.reader?.push(bytes);
  if (exchange.contentAt !== null && !exchange.over)
    exchange.watch.due(dueAt(exchange, exchange.setup.world.elapsed()));
}

function onEnd(exchange: Exchange): void {
  exchange.wire = null;
  exchange.reader?.end();
  if (exchange.waiting) return;
  if (!exchange.over) fail(exchange, faults.truncated(exchange, 'ended its answer early'));
  exchange.watch.stop();
}

function onError(exchange: Exchange, error: WireError): void {
  exchange.wire = null;
  exchange.watch.stop();
  if (exchange.over) return;
  const { status, reader } = exchange;
  const isStream = exchange.held !== null || exchange.contentAt !== null;
  // An error's body is read as far as it came; a stream may have ended well before its connection broke.
  if (status !== null && (status >= 300 || isStream) && error.kind === 'reset') {
    if (reader?.cut) reader.cut();
    else reader?.end();
  }
  if (!exchange.over && !exchange.waiting) fail(exchange, faults.ofWire(exchange, error));
}

function expire(exchange: Exchange): void {
  if (exchange.over) {
    stopWire(exchange);
    return;
  }
  const { setup, startedAt, contentAt, status } = exchange;
  const now = setup.world.elapsed();
  if (status !== null && status >= 300) exchange.reader?.end();
  else if (contentAt === null || now >= startedAt + setup.deadlines.total_ms)
    fail(exchange, faults.tooSlow(exchange, Math.round(now - startedAt)));
  else fail(exchange, faults.silent(exchange, setup.deadlines.between_events_ms));
}

function sinkOf(exchange: Exchange): AnySink {
  return {
    events: (events) => deliver(exchange, events),
    replied: ({ id, usage }) => {
      if (exchange.over) return;
      exchange.upstreamId = id ?? exchange.upstreamId;
      finish(exchange, { kind: 'replied', usage: usage ?? null });
    },
    failed: (value) => fail(exchange, value),
    waits: (cancel) => {
      if (exchange.over) cancel();
      else exchange.waiting = cancel;
    },
    later: (task) => {
      if (exchange.over) return;
      exchange.waiting = exchange.setup.world.after(0, () => {
        exchange.waiting = null;
        guard(exchange, task);
      });
    },
    lost: (loss) => {
      if (!exchange.losses.some(({ field }) => field === loss.field)) exchange.losses = [...exchange.losses, loss];
    },
  };
}

function deliver(exchange: Exchange, decoded: readonly AnyStep[]): void {
  if (exchange.over || decoded.length === 0) return;
  const endsAt = lastOf(exchange, decoded);
  const last = decoded[endsAt];
  if (last?.type === 'fault') {
    pass(exchange, decoded.slice(0, endsAt));
    fail(exchange, last.fault);
    return;
  }
  pass(exchange, last && endsAt < decoded.length - 1 ? decoded.slice(0, endsAt + 1) : decoded);
  if (!last || exchange.over) return;
  if (exchange.held) exchange.listener.events(exchange.held);
  finish(exchange, { kind: 'streamed', usage: exchange.usage });
}

/** Where the answer ends among these events, or -1; notes the usage on the way. */
function lastOf(exchange: Exchange, events: readonly AnyStep[]): number {
  for (let at = 0; at < events.length; at++) {
    const event = events[at];
    if (event?.type === 'usage') exchange.usage = event.usage;
    else if (event?.type === 'end' || event?.type === 'fault') return at;
  }
  return -1;
}

/** Holds back what comes before the first content, then lets everything through. */
function pass(exchange: Exchange, events: readonly AnyStep[]): void {
  const { held, listener } = exchange;
  if (!held) {
    listener.events(events);
    return;
  }
  for (const event of events) held.push(event);
  if (!events.some(exchange.setup.isContent)) {
    if (held.length > HELD_EVENTS_MAX)
      fail(exchange, malformed(exchange.setup.target, 'sent only events without content'));
    return;
  }
  exchange.held = null;
  exchange.contentAt = exchange.setup.world.elapsed();
  noteId(exchange, held);
  listener.events(held);
}

/** An answer without content, and one that failed before it, have an id as well. */
function noteId(exchange: Exchange, [start]: readonly AnyStep[]): void {
  if (start?.type === 'start') exchange.upstreamId = start.id ?? exchange.upstreamId;
}

function fail(exchange: Exchange, value: Fault): void {
  if (exchange.over) return;
  const clean = redactFault(faults.named(exchange, value), exchange.setup.secrets());
  stopWire(exchange);
  if (exchange.contentAt === null) {
    finish(exchange, { kind: 'failed', fault: clean });
    return;
  }
  exchange.listener.events([{ type: 'fault', fault: clean }]);
  finish(exchange, { kind: 'broken', fault: clean });
}

function finish(exchange: Exchange, end: AttemptEnd): void {
  if (exchange.over) return;
  exchange.over = true;
  exchange.reader = null;
  exchange.waiting = null;
  if (exchange.held) noteId(exchange, exchange.held);
  drain(exchange);
  const { setup, stampedAt, startedAt, headersAt, contentAt, status, upstreamId } = exchange;
  const { endpoint, model } = setup.target;
  const outcome = end.kind === 'cancelled' ? 'cancelled' : 'fault' in end ? 'failed' : 'answered';
  exchange.listener.done(end, {
    endpoint: endpoint.id,
    provider: endpoint.provider.slug,
    model: model.id,
    startedAt: stampedAt,
    status,
    upstreamId,
    headersMs: headersAt === null ? null : Math.round(headersAt - startedAt),
    firstContentMs: contentAt === null ? null : Math.round(contentAt - startedAt),
    totalMs: Math.round(setup.world.elapsed() - startedAt),
    outcome,
    fault: 'fault' in end ? end.fault : null,
    losses: exchange.losses,
  });
}

/** Lets the provider finish its body, so that the connection can be used again. */
function drain(exchange: Exchange): void {
  if (exchange.wire === null) {
    exchange.watch.stop();
    return;
  }
  exchange.watch.due(exchange.setup.world.elapsed() + DRAIN.ms);
  if (exchange.pausedAt !== null) exchange.wire.resume();
}

function stopWire(exchange: Exchange): void {
  exchange.watch.stop();
  exchange.waiting?.();
  exchange.waiting = null;
  exchange.wire?.abort();
  exchange.wire = null;
}
