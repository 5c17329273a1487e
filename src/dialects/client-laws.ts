import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSplitter } from '../base/frames.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import { collect } from '../call/collect.ts';
import type { Event } from '../call/event.ts';
import type { Target } from '../facts/target.ts';
import type { ClientDialect, ClientRequest, UpstreamDialect } from './dialect.ts';
import { mutate, SEED, seeded } from './fuzz.ts';
import { SAMPLE_STREAMS, sampleAnswer, sampleCall } from './samples.ts';

const REQUEST: ClientRequest = { headers: {}, params: { model: 'author/model', action: 'generateContent' } };

export type ClientFixtures = {
  /** Bodies that this dialect takes. */
  readonly bodies: readonly JsonObject[];
  /** How a request of this dialect names its model and action, if not in the body. */
  readonly request?: ClientRequest;
};

export function lawsForClient(dialect: ClientDialect, { bodies, request = REQUEST }: ClientFixtures): void {
  test(`${dialect.id}: the sample bodies are taken`, () => {
    for (const body of bodies) {
      const call = dialect.decodeCall(body, request);
      assert.ok(call.ok, call.ok ? '' : `${call.error.message}: ${JSON.stringify(body).slice(0, 300)}`);
    }
  });
  test(`${dialect.id}: a broken body gives a call or a fault of the caller's, never a throw (seed ${SEED})`, () => {
    const random = seeded(SEED);
    for (const body of bodies)
      for (let round = 0; round < 200; round++) {
        const mutated = mutate(body, random);
        if (typeof mutated !== 'object' || mutated === null || Array.isArray(mutated)) continue;
        const call = dialect.decodeCall(mutated as JsonObject, request);
        if (!call.ok) assert.ok(call.error.message.length > 0, `seed ${SEED}: ${JSON.stringify(mutated)}`);
      }
  });
  for (const [name, events] of Object.entries(SAMPLE_STREAMS))
    test(`${dialect.id}, ${name}: every stream and every beginning of one is well framed`, () => {
      for (let length = 0; length <= events.length; length++) checkFraming(dialect, events.slice(0, length));
    });
  for (const [name, events] of Object.entries(SAMPLE_STREAMS)) {
    const reply = collect(events);
    if (reply.ok)
      test(`${dialect.id}, ${name}: the non-streamed answer is plain JSON`, () => {
        const body = dialect.encodeReply(reply.value, sampleAnswer());
        assert.deepEqual(JSON.parse(JSON.stringify(body)), withoutUndefined(body));
      });
  }
}

const withoutUndefined = (value: Json): unknown =>
  JSON.parse(JSON.stringify(value, (_, member: unknown) => refuseBigint(member)));
function refuseBigint(value: unknown): unknown {
  assert.notEqual(typeof value, 'bigint', 'money reaches JSON as a number or a string');
  return value;
}

/** What was written so far splits into frames of JSON, or `[DONE]` at the very end. */
function checkFraming(dialect: ClientDialect, events: readonly Event[]): void {
  const encode = dialect.encodeEvents(sampleAnswer(sampleCall()));
  const text = events.map(encode).join('');
  if (text !== '') assert.ok(text.endsWith('\n'), 'a frame is complete when it is written');
  // OpenAI's SDK for Python 3.57 fails on a keep-alive comment once an `id:` has passed (driven 2026-11-29).
  assert.doesNotMatch(text, /^(?:id|retry):/m);
  const splitter = createSplitter(dialect.streamContentType.includes('ndjson') ? 'ndjson' : 'sse');
  const frames = [...splitter.push(Buffer.from(text)), ...splitter.end()];
  for (const [at, frame] of frames.entries()) {
    if (frame.data === '[DONE]') assert.equal(at, frames.length - 1, '[DONE] is the last frame');
    else assert.doesNotThrow(() => JSON.parse(frame.data), `frame ${at}: ${frame.data.slice(0, 200)}`);
  }
}

export type PairFixtures = {
  readonly bodies: readonly JsonObject[];
  /** A target whose quirks let everything through that the dialect can say. */
  readonly target: Target;
  readonly request?: ClientRequest;
};

/** What a client says reaches an endpoint of the same dialect, and would be read there as the same call. */
export function lawsForPair(client: ClientDialect, upstream: UpstreamDialect, fixtures: PairFixtures): void {
  const { bodies, target, request = REQUEST } = fixtures;
  for (const [index, body] of bodies.entries())
    test(`${client.id} → ${upstream.id}, body ${index}: decode, encode and decode again is the same call`, () => {
      const first = client.decodeCall(body, request);
      assert.ok(first.ok);
      const written = upstream.encodeCall(first.value, target, new Map());
      assert.ok(written.ok);
      assert.deepEqual(written.value.losses, []);
      const second = client.decodeCall(written.value.body, request);
      assert.ok(second.ok, second.ok ? '' : second.error.message);
      assert.deepEqual(carried(second.value), carried(first.value));
    });
}

/** A call without what never goes upstream, or goes there under another name. */
function carried(call: Call): Partial<Call> {
  const {
    model: _model,
    models: _models,
    gateway: _gateway,
    user: _user,
    metadata: _metadata,
    sessionId: _session,
    instructions: _instructions,
    refersToItems: _refers,
    ...rest
  } = call;
  return withoutPlaces(rest);
}

/** Where in the body a thing stood is for losses only; settings that are told as messages move the others. */
const withoutPlaces = (call: Partial<Call>): Partial<Call> =>
  JSON.parse(JSON.stringify(call, (name, value) => (name === 'path' ? undefined : value)));
