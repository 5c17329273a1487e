import assert from 'node:assert/strict';
import type { Frame } from '../../src/base/frame.ts';
import { createSplitter } from '../../src/base/frames.ts';
import { isObject, type Json, nestingOf, parseJson } from '../../src/base/json.ts';
import { LIMITS } from '../../src/base/limits.ts';
import { collect } from '../../src/call/collect.ts';
import type { Event } from '../../src/call/event.ts';
import { checkEventGrammar } from '../../src/dialects/grammar.ts';
import { sampleAnswer, sampleCall, sampleUpstream } from '../../src/dialects/samples.ts';
import type { Client } from '../matrix/client.ts';
import { CLIENTS, UPSTREAMS } from '../matrix/pairs.ts';
import type { Upstream } from '../matrix/upstream.ts';
import type { Corpus, StreamEntry } from './corpus.ts';
import { below, mutateBytes, mutateJson, mutateList, pick, type Random } from './mutations.ts';

/** One execution: something of the corpus is spoilt and read. It throws if a rule is broken; `tell` hears what was read. */
export type Execution = (corpus: Corpus, random: Random, tell: (what: string) => void) => void;

/** More events than frames and bytes can account for would be a loop. */
const EVENTS_PER_BYTE = 2;

/** A spoilt call is a call or the caller's fault; a call can be written for any endpoint. */
const readCall: Execution = ({ calls, donors }, random, tell) => {
  const { client, body } = pick(random, calls);
  const spoilt = spoil(body, random, donors);
  if (!isObject(spoilt) || !isTaken(spoilt)) return;
  tell(`a call of ${client.dialect.id}: ${JSON.stringify(spoilt).slice(0, 2_000)}`);
  const call = client.dialect.decodeCall(spoilt, client.request(random() < 0.5));
  if (!call.ok) {
    assert.ok(call.error.message.length > 0);
    return;
  }
  const upstream = pick(random, UPSTREAMS);
  tell(`written for ${upstream.dialect.id}: ${JSON.stringify(spoilt).slice(0, 2_000)}`);
  const written = upstream.dialect.encodeCall(call.value, upstream.target, new Map());
  if (written.ok) JSON.stringify(written.value.body);
};

/** A spoilt answer is an answer or a fault, and any program can be told it. */
const readReply: Execution = ({ replies, donors }, random, tell) => {
  const { upstream, name, body } = pick(random, replies);
  const spoilt = spoil(body, random, donors);
  if (!isTaken(spoilt)) return;
  tell(`an answer of ${upstream.dialect.id} (${name}): ${JSON.stringify(spoilt).slice(0, 2_000)}`);
  checkReply(upstream, spoilt, pick(random, CLIENTS));
};

export function checkReply(upstream: Upstream, body: Json, client: Client): void {
  const reply = upstream.dialect.decodeReply(body, sampleUpstream(upstream.target));
  if (!reply.ok) client.dialect.encodeFault(reply.error, { id: 'gen-1' });
  else client.tell(JSON.parse(JSON.stringify(client.dialect.encodeReply(reply.value, sampleAnswer()))));
}

/** A spoilt stream follows the grammar, ends once, and is written to any program by that program's rules. */
const readStream: Execution = ({ streams, donors }, random, tell) => {
  const entry = pick(random, streams);
  const { upstream, name, bytes } = entry;
  const isBytes = random() < 0.35;
  const spoilt = isBytes ? spoilBytes(bytes, random) : null;
  const frames = spoilt ? split(entry, spoilt, random) : spoilFrames(entry.frames, random, donors);
  const client = pick(random, CLIENTS);
  tell(
    `a stream of ${upstream.dialect.id} (${name}) for ${client.dialect.id}: ${JSON.stringify(frames).slice(0, 6_000)}`,
  );
  checkStream(upstream, frames, client);
};

export function checkStream(upstream: Upstream, frames: readonly Frame[], client: Client): void {
  const decoder = upstream.dialect.decodeEvents(sampleUpstream(upstream.target));
  const events: Event[] = [];
  for (const frame of frames) events.push(...decoder.push(frame));
  events.push(...decoder.end());
  assert.equal(checkEventGrammar(events), null);
  const size = frames.reduce((sum, frame) => sum + frame.data.length + 20, 100);
  assert.ok(events.length <= size * EVENTS_PER_BYTE, `${events.length} events from ${size} bytes`);
  const call = sampleCall({ reasoning: { enabled: true } });
  client.tell(client.fold(events.map(client.dialect.encodeEvents(sampleAnswer(call))).join('')));
  const reply = collect(events);
  if (reply.ok) client.tell(JSON.parse(JSON.stringify(client.dialect.encodeReply(reply.value, sampleAnswer(call)))));
}

/** A spoilt refusal is a fault with the provider's name, and any program can be told it. */
const readRefusal: Execution = ({ refusals, donors }, random, tell) => {
  const { upstream, status, body } = pick(random, refusals);
  const parsed = parseJson(body);
  const spoilt =
    parsed === undefined || random() < 0.3
      ? Buffer.from(mutateBytes(Buffer.from(body), random)).toString()
      : JSON.stringify(spoil(parsed, random, donors));
  tell(`a refusal of ${upstream.dialect.id}: ${spoilt.slice(0, 2_000)}`);
  const http =
    random() < 0.5 ? status : pick(random, [400, 401, 403, 404, 408, 413, 418, 429, 500, 502, 503, 529, 599]);
  checkRefusal(upstream, { status: http, body: spoilt }, pick(random, CLIENTS));
};

type Refusal = { readonly status: number; readonly body: string };

export function checkRefusal(upstream: Upstream, refusal: Refusal, client: Client): void {
  const fault = upstream.dialect.decodeFault({ ...refusal, headers: {}, provider: 'Sample', now: 0 });
  assert.equal(fault.upstream?.provider, 'Sample');
  const told = client.dialect.encodeFault(fault, { id: 'gen-1' });
  assert.ok(told.status >= 400 && told.status < 600, `status ${told.status}`);
  assert.ok(client.tell(JSON.parse(JSON.stringify(told.body))).error, 'the program sees an error');
}

export const EXECUTIONS: readonly (readonly [share: number, Execution])[] = [
  [0.25, readCall],
  [0.45, readReply],
  [0.92, readStream],
  [1, readRefusal],
];

function spoil(value: Json, random: Random, donors: readonly Json[]): Json {
  let spoilt = value;
  for (let left = 1 + below(random, 3); left > 0; left--) spoilt = mutateJson(spoilt, random, donors);
  return spoilt;
}

/** Bodies that nest beyond the limit are refused before a dialect sees them. */
const isTaken = (body: Json): boolean => nestingOf(JSON.stringify(body), LIMITS.nesting_max) <= LIMITS.nesting_max;

function spoilBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let spoilt = bytes;
  for (let left = 1 + below(random, 3); left > 0; left--) spoilt = mutateBytes(spoilt, random);
  return spoilt;
}

function split({ upstream }: StreamEntry, bytes: Uint8Array, random: Random): Frame[] {
  const splitter = createSplitter(upstream.dialect.framing);
  const frames: Frame[] = [];
  const most = 1 + below(random, 400);
  for (let at = 0; at < bytes.length; ) {
    const next = at + 1 + below(random, most);
    frames.push(...splitter.push(bytes.subarray(at, next)));
    at = next;
  }
  return [...frames, ...splitter.end()];
}

function spoilFrames(frames: readonly Frame[], random: Random, donors: readonly Json[]): Frame[] {
  let spoilt = random() < 0.4 ? mutateList(frames, random) : [...frames];
  for (let left = below(random, 4); left > 0 && spoilt.length > 0; left--) {
    const at = below(random, spoilt.length);
    spoilt = spoilt.map((frame, index) => (index === at ? spoilFrame(frame, random, donors) : frame));
  }
  return spoilt;
}

function spoilFrame(frame: Frame, random: Random, donors: readonly Json[]): Frame {
  if (random() < 0.03) return { ...frame, exception: true };
  if (random() < 0.05) return { ...frame, event: pick(random, [null, '', 'error', 'ping', 'message_start', 'x']) };
  const value = parseJson(frame.data);
  if (value === undefined)
    return { ...frame, data: Buffer.from(mutateBytes(Buffer.from(frame.data), random)).toString() };
  return { ...frame, data: JSON.stringify(mutateJson(value, random, donors)) };
}
