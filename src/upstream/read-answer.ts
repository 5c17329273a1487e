import type { Fault } from '../base/fault.ts';
import type { Frame, Framing } from '../base/frame.ts';
import { createSplitter } from '../base/frames.ts';
import { isObject, type Json } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, type Result } from '../base/result.ts';
import type { WireHeaders } from '../base/world.ts';
import { collect } from '../call/collect.ts';
import type { Event } from '../call/event.ts';
import type { Reply } from '../call/reply.ts';
import { apart, type ChatStep } from '../call/text-run.ts';
import type { UpstreamContext, UpstreamDialect } from '../dialects/dialect.ts';
import { MouldedStream } from '../dialects/mould/moulded.ts';
import {
  mediaTypeOf,
  NESTING_UNCHECKED_LENGTH,
  type Parsing,
  parseInTurns,
  type Reader,
  readWhole,
  type Sink,
  tooDeep,
  tooDeepFault,
} from './read-body.ts';
import { eventsOfReply, inPieces } from './reply-events.ts';
import { createEndGuard, faultOfReply } from './unfinished.ts';

export type ReadContext = UpstreamContext & { readonly dialect: UpstreamDialect };

/** Chooses how to read a 2xx answer: by what was asked for and its first byte, since what the header says is not always so. */
export function readAnswer(context: ReadContext, headers: WireHeaders, sink: Sink<'chat'>): Reader {
  const type = mediaTypeOf(headers);
  const parsing = { target: context.target, type, later: sink.later };
  if (!context.call.stream)
    return readWhole((bytes) => decodeWhole(context, parsing, bytes, (reply) => settleReply(reply, sink)));
  const whole = (): Reader =>
    readWhole((bytes) => decodeWhole(context, parsing, bytes, (reply) => settleAsEvents(reply, sink)));
  if (type === 'text/html') return whole();
  if (context.dialect.framing === 'ndjson') return readStream(context, sink);
  if (type === 'application/vnd.amazon.eventstream') return readStream(context, sink);
  return readByFirstByte(() => readStream(context, sink), whole);
}

function settleReply(reply: Result<Reply, Fault>, sink: Sink<'chat'>): void {
  if (reply.ok) sink.replied(reply.value);
  else sink.failed(reply.error);
}

/** A long answer is shown piece by piece, each in a turn of its own. */
function settleAsEvents(reply: Result<Reply, Fault>, sink: Sink<'chat'>): void {
  if (!reply.ok) return sink.failed(reply.error);
  const { later } = sink;
  const [first, ...others] = later ? inPieces(eventsOfReply(reply.value)) : [eventsOfReply(reply.value)];
  sink.events(first ?? []);
  const rest = others.values();
  const turn = (): void => {
    const piece = rest.next();
    if (piece.done) return;
    sink.events(piece.value);
    later?.(turn);
  };
  if (others.length > 0) later?.(turn);
}

function readByFirstByte(stream: () => Reader, whole: () => Reader): Reader {
  let chosen: Reader | undefined;
  return {
    push: (bytes) => {
      if (!chosen) {
        const first = firstOf(bytes);
        if (first === undefined) return;
        chosen = beginsWhole(first) ? whole() : stream();
      }
      chosen.push(bytes);
    },
    end: () => (chosen ?? whole()).end(),
  };
}

/** The first byte that says something: neither blank nor of a byte order mark. */
const firstOf = (bytes: Uint8Array): number | undefined => bytes.find((byte) => byte > 32 && !MARK.includes(byte));
const MARK: readonly number[] = [0xef, 0xbb, 0xbf];

/** `{`, `[` and `<` begin no event stream, though some errors are sent as one. */
const beginsWhole = (first: number | undefined): boolean => first === 123 || first === 91 || first === 60;

function readStream(context: ReadContext, sink: Sink<'chat'>): Reader {
  const splitter = createSplitter(context.dialect.framing);
  const decoder = context.dialect.decodeEvents(context);
  const guardEnd = createEndGuard(context);
  const decode = (frames: readonly Frame[], steps: ChatStep[]): ChatStep[] => {
    for (const frame of frames) {
      if (frame.data.length > NESTING_UNCHECKED_LENGTH && tooDeep(frame.data)) {
        steps.push({ type: 'fault', fault: tooDeepFault(context.target) });
        break;
      }
      for (const event of decoder.push(frame)) steps.push(event);
    }
    return steps;
  };
  const parse = (bytes: Uint8Array, steps: ChatStep[]): Frame | null => {
    const frames = splitter.push(bytes);
    decode(frames, steps);
    return frames.at(-1) ?? null;
  };
  const moulded = decoder.again && context.dialect.framing === 'sse' ? new MouldedStream(decoder.again, parse) : null;
  const read = (bytes: Uint8Array): ChatStep[] => {
    if (moulded) return moulded.push(bytes);
    const steps: ChatStep[] = [];
    parse(bytes, steps);
    return steps;
  };
  return {
    push: (bytes) => {
      const steps = read(bytes);
      if (steps.length > 0) sink.events(guardEnd(steps));
    },
    end: () => {
      moulded?.end();
      sink.events(guardEnd([...decode(splitter.end(), []), ...decoder.end()]));
    },
  };
}

function decodeWhole(
  context: ReadContext,
  parsing: Parsing,
  bytes: Buffer,
  done: (reply: Result<Reply, Fault>) => void,
): void {
  const settle = (reply: Result<Reply, Fault>): void => {
    const worthless = reply.ok && faultOfReply(reply.value, context);
    done(worthless ? failed(worthless) : reply);
  };
  if (beginsStream(context.dialect.framing, parsing.type, bytes)) return settle(collectStream(context, bytes));
  parseInTurns(bytes, parsing, (body) => settle(body.ok ? decodeBody(context, body.value, bytes) : body));
}

/** Events may come under any name; one JSON body under the name of a stream is one all the same. */
function beginsStream(framing: Framing, type: string, bytes: Buffer): boolean {
  const isWhole = beginsWhole(firstOf(bytes));
  if (framing === 'ndjson') return isWhole && SECOND_LINE.test(bytes.toString('latin1'));
  return (
    !isWhole && (type === 'text/event-stream' || (framing === 'sse' && FIELD.test(bytes.toString('latin1', 0, 64))))
  );
}
const FIELD = /^\s*(?:\xef\xbb\xbf)?\s*(?:(?:data|event|id|retry)\s*)?:/;
const SECOND_LINE = /\}\s*\n\s*\{"/;

function decodeBody(context: ReadContext, body: Json, bytes: Buffer): Result<Reply, Fault> {
  const reply = context.dialect.decodeReply(body, context);
  const isError = !reply.ok && reply.error.code === 'upstream_malformed' && tellsError(body);
  return isError ? failed(errorOf(context, bytes.toString())) : reply;
}

/** No answer, but words about an error, although the status was 200. */
const tellsError = (body: Json): boolean => isObject(body) && (Boolean(body.error) || typeof body.message === 'string');

function errorOf({ dialect, target }: ReadContext, text: string): Fault {
  const body = text.slice(0, LIMITS.error_body_bytes_max);
  return dialect.decodeFault({ status: 502, headers: {}, body, provider: target.endpoint.provider.name, now: 0 });
}

/** Some providers stream although they were not asked to. */
function collectStream(context: ReadContext, bytes: Uint8Array): Result<Reply, Fault> {
  const events: Event[] = [];
  const reader = readStream(context, {
    events: (steps) => events.push(...apart(steps)),
    replied: () => undefined,
    failed: () => undefined,
  });
  reader.push(bytes);
  reader.end();
  return collect(events);
}
