import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame, Framing } from '../base/frame.ts';
import { createSplitter } from '../base/frames.ts';
import type { Json } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import { collect } from '../call/collect.ts';
import type { Event } from '../call/event.ts';
import type { Reply } from '../call/reply.ts';
import type { Target } from '../facts/target.ts';
import type { UpstreamDialect } from './dialect.ts';
import { GARBAGE, mutate, SEED, seeded } from './fuzz.ts';
import { checkEventGrammar } from './grammar.ts';
import { sampleUpstream } from './samples.ts';

export { lawsForClient, lawsForPair } from './client-laws.ts';

/**
 * The laws of dialects, as tests: a dialect's own test file calls these functions with its fixtures, which are raw
 * transcripts. A failure names the seed; `SEED=…` in the environment runs with another one.
 */
export type StreamFixture = {
  readonly name: string;
  readonly target: Target;
  /** The body of the answer as it came over the network. */
  readonly bytes: Uint8Array;
  /** The body of the non-streamed answer that says the same. */
  readonly twin?: Json;
  readonly call?: Call;
};

/** Decodes a stream that arrives in pieces of the sizes that `size` gives. */
export function decodeStream(dialect: UpstreamDialect, fixture: StreamFixture, size: () => number): Event[] {
  const splitter = createSplitter(dialect.framing);
  const decoder = dialect.decodeEvents(sampleUpstream(fixture.target, fixture.call));
  const events: Event[] = [];
  const take = (frames: Frame[]): void => {
    for (const frame of frames) events.push(...decoder.push(frame));
  };
  for (let at = 0; at < fixture.bytes.length; ) {
    const next = at + Math.max(1, size());
    take(splitter.push(fixture.bytes.subarray(at, next)));
    at = next;
  }
  take(splitter.end());
  events.push(...decoder.end());
  return events;
}

const whole = (dialect: UpstreamDialect, fixture: StreamFixture): Event[] =>
  decodeStream(dialect, fixture, () => fixture.bytes.length);

export function lawsForUpstream(dialect: UpstreamDialect, fixtures: readonly StreamFixture[]): void {
  for (const fixture of fixtures) {
    test(`${dialect.id}, ${fixture.name}: the events follow the grammar`, () => {
      assert.equal(checkEventGrammar(whole(dialect, fixture)), null);
    });
    test(`${dialect.id}, ${fixture.name}: no chunking of the bytes changes the events (seed ${SEED})`, () => {
      const expected = whole(dialect, fixture);
      assert.deepEqual(
        decodeStream(dialect, fixture, () => 1),
        expected,
        'one byte at a time',
      );
      const random = seeded(SEED);
      for (let round = 0; round < 20; round++)
        assert.deepEqual(
          decodeStream(dialect, fixture, () => Math.ceil(random() * 200)),
          expected,
          `seed ${SEED}`,
        );
    });
    test(`${dialect.id}, ${fixture.name}: a cut stream is a fault, or has lost nothing`, () =>
      lawOfCuts(dialect, fixture));
    if (fixture.twin !== undefined)
      test(`${dialect.id}, ${fixture.name}: the collected stream equals the non-streamed answer`, () => {
        const streamed = collect(whole(dialect, fixture));
        const decoded = dialect.decodeReply(fixture.twin as Json, sampleUpstream(fixture.target, fixture.call));
        assert.deepEqual(streamed, decoded);
      });
  }
  const target = fixtures[0]?.target;
  assert(target, 'the laws need a fixture');
  lawsOfGarbage(dialect, fixtures, target);
}

function lawOfCuts(dialect: UpstreamDialect, fixture: StreamFixture): void {
  const complete = collect(whole(dialect, fixture));
  const step = Math.max(1, Math.floor(fixture.bytes.length / 200));
  for (let length = 0; length < fixture.bytes.length; length += step) {
    const cut = { ...fixture, bytes: fixture.bytes.subarray(0, length) };
    const events = whole(dialect, cut);
    assert.equal(checkEventGrammar(events), null, `cut after ${length} bytes`);
    if (events.at(-1)?.type !== 'end' || !complete.ok) continue;
    const reply = collect(events);
    assert(reply.ok, `cut after ${length} bytes`);
    assert.deepEqual(said(reply.value), said(complete.value), `cut after ${length} bytes`);
  }
}

const said = (reply: Reply) => reply.choices.map(({ parts, finish }) => ({ parts, finish }));

function lawsOfGarbage(dialect: UpstreamDialect, fixtures: readonly StreamFixture[], target: Target): void {
  test(`${dialect.id}: garbage gives a fault, never a throw (seed ${SEED})`, () => {
    const random = seeded(SEED);
    for (const value of GARBAGE) {
      dialect.decodeReply(value, sampleUpstream(target));
      checkOnce(
        dialect,
        { name: '', target, bytes: frameBytes(dialect.framing, JSON.stringify(value)) },
        JSON.stringify(value),
      );
    }
    for (const fixture of fixtures)
      for (let round = 0; round < 30; round++) {
        const bytes = Uint8Array.from(fixture.bytes);
        for (let hits = 0; hits < 3; hits++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        checkOnce(dialect, { ...fixture, bytes }, `${fixture.name}, seed ${SEED}, round ${round}`);
      }
    for (const fixture of fixtures) if (fixture.twin !== undefined) lawOfMutatedReplies(dialect, fixture, random);
  });
  test(`${dialect.id}: every error body gives a fault with the provider's name`, () => {
    for (const status of [400, 401, 403, 404, 429, 500, 503, 529])
      for (const body of ['', 'Bad gateway', '<html></html>', '{', ...GARBAGE.map((value) => JSON.stringify(value))]) {
        const fault = dialect.decodeFault({ status, headers: {}, body, provider: 'Sample', now: 0 });
        assert.equal(fault.upstream?.provider, 'Sample');
        assert.ok(fault.message.length > 0, `status ${status}, body ${body}`);
      }
  });
}

function checkOnce(dialect: UpstreamDialect, fixture: StreamFixture, label: string): void {
  assert.equal(checkEventGrammar(whole(dialect, fixture)), null, label);
}

const frameBytes = (framing: Framing, data: string): Uint8Array =>
  Buffer.from(framing === 'sse' ? `data: ${data}\n\n` : `${data}\n`);

function lawOfMutatedReplies(dialect: UpstreamDialect, fixture: StreamFixture, random: () => number): void {
  for (let round = 0; round < 100; round++) {
    const mutated = mutate(fixture.twin as Json, random);
    const result = dialect.decodeReply(mutated, sampleUpstream(fixture.target, fixture.call));
    assert.equal(typeof result.ok, 'boolean', `seed ${SEED}, round ${round}`);
  }
}
