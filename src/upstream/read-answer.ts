import { type Fault, fault } from '../base/fault.ts';
import type { Frame } from '../base/frame.ts';
import { createSplitter } from '../base/frames.ts';
import { nestingOf, parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, type Result } from '../base/result.ts';
import type { WireHeaders } from '../base/world.ts';
import { collect } from '../call/collect.ts';
import type { Event } from '../call/event.ts';
import type { Reply } from '../call/reply.ts';
import type { UpstreamContext, UpstreamDialect } from '../dialects/dialect.ts';
import { eventsOfReply } from './reply-events.ts';

/** What a provider's bytes are read into. The last thing a sink hears is `replied`, `failed`, or events that end. */
export type Sink = {
  readonly events: (events: readonly Event[]) => void;
  readonly replied: (reply: Reply) => void;
  readonly failed: (fault: Fault) => void;
};

/** Fed the body of one answer as it arrives. */
export type Reader = { readonly push: (bytes: Uint8Array) => void; readonly end: () => void };

export type ReadContext = UpstreamContext & { readonly dialect: UpstreamDialect };

/** Text shorter than this cannot nest deeply enough to hurt. */
const NESTING_UNCHECKED_LENGTH = 8_192;

/** Chooses how to read a 2xx answer: by what was asked for, what the header says and, where that is vague, the first byte. */
export function readAnswer(context: ReadContext, headers: WireHeaders, sink: Sink): Reader {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!context.call.stream) return readWhole(context, type, (reply) => settleReply(reply, sink));
  const whole = (): Reader => readWhole(context, type, (reply) => settleAsEvents(reply, sink));
  if (type === 'text/html') return whole();
  if (context.dialect.framing === 'ndjson') return readStream(context, sink);
  if (type === 'application/json') return whole();
  if (type === STREAM_TYPES[context.dialect.framing]) return readStream(context, sink);
  return readByFirstByte(() => readStream(context, sink), whole);
}

const STREAM_TYPES = { sse: 'text/event-stream', 'aws-event-stream': 'application/vnd.amazon.eventstream' } as const;

function settleReply(reply: Result<Reply, Fault>, sink: Sink): void {
  if (reply.ok) sink.replied(reply.value);
  else sink.failed(reply.error);
}

function settleAsEvents(reply: Result<Reply, Fault>, sink: Sink): void {
  if (reply.ok) sink.events(eventsOfReply(reply.value));
  else sink.failed(reply.error);
}

function readByFirstByte(stream: () => Reader, whole: () => Reader): Reader {
  let chosen: Reader | undefined;
  return {
    push: (bytes) => {
      if (!chosen) {
        const first = bytes.find((byte) => byte > 32);
        if (first === undefined) return;
        // `{`, `[` and `<` begin no event stream.
        chosen = first === 123 || first === 91 || first === 60 ? whole() : stream();
      }
      chosen.push(bytes);
    },
    end: () => (chosen ?? whole()).end(),
  };
}

function readStream(context: ReadContext, sink: Sink): Reader {
  const splitter = createSplitter(context.dialect.framing);
  const decoder = context.dialect.decodeEvents(context);
  const decode = (frames: readonly Frame[]): Event[] => {
    const first = frames.length === 1 && frames[0];
    if (first && first.data.length <= NESTING_UNCHECKED_LENGTH) return decoder.push(first);
    const events: Event[] = [];
    for (const frame of frames) {
      if (tooDeep(frame.data)) {
        events.push({ type: 'fault', fault: tooDeepFault(context) });
        return events;
      }
      for (const event of decoder.push(frame)) events.push(event);
    }
    return events;
  };
  return {
    push: (bytes) => {
      const frames = splitter.push(bytes);
      if (frames.length > 0) sink.events(decode(frames));
    },
    end: () => sink.events([...decode(splitter.end()), ...decoder.end()]),
  };
}

function readWhole(context: ReadContext, type: string, done: (reply: Result<Reply, Fault>) => void): Reader {
  const parts: Uint8Array[] = [];
  return {
    push: (bytes) => void parts.push(bytes),
    end: () => done(decodeWhole(context, type, Buffer.concat(parts))),
  };
}

function decodeWhole(context: ReadContext, type: string, bytes: Buffer): Result<Reply, Fault> {
  if (type === 'text/event-stream') return collectStream(context, bytes);
  const text = bytes.toString();
  if (tooDeep(text)) return failed(tooDeepFault(context));
  const body = parseJson(text);
  if (body === undefined) return failed(malformed(context, wrongBody(type, text), text));
  return context.dialect.decodeReply(body, context);
}

/** Some providers stream although they were not asked to. */
function collectStream(context: ReadContext, bytes: Uint8Array): Result<Reply, Fault> {
  const events: Event[] = [];
  const reader = readStream(context, {
    events: (batch) => events.push(...batch),
    replied: () => undefined,
    failed: () => undefined,
  });
  reader.push(bytes);
  reader.end();
  return collect(events);
}

function wrongBody(type: string, text: string): string {
  if (text.trim() === '') return 'answered with an empty body';
  if (type === 'text/html' || /^\s*</.test(text)) return 'answered with an HTML page';
  return 'answered with something that is not JSON';
}

export function malformed(context: UpstreamContext, what: string, raw?: string): Fault {
  const { slug, name } = context.target.endpoint.provider;
  return fault('upstream_malformed', `${name} ${what}.`, {
    upstream: { provider: slug, ...(raw !== undefined && raw !== '' && { raw: raw.slice(0, 4_096) }) },
  });
}

const tooDeep = (text: string): boolean =>
  text.length > NESTING_UNCHECKED_LENGTH && nestingOf(text, 4 * LIMITS.nesting_max) > 4 * LIMITS.nesting_max;
const tooDeepFault = (context: UpstreamContext): Fault => malformed(context, 'answered with JSON nested too deeply');
