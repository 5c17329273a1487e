import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createSplitter } from '../../base/frames.ts';
import { collect } from '../../call/collect.ts';
import type { Event } from '../../call/event.ts';
import type { Choice, Reply } from '../../call/reply.ts';
import { SAMPLE_STREAMS, sampleAnswer, sampleCall, sampleUpstream } from '../samples.ts';
import { targetOf } from './fixtures/target.ts';
import { anthropicMessagesClient as client, anthropicMessagesUpstream as upstream } from './index.ts';

/** A program that asked for thoughts. */
const THINKING = sampleCall({ reasoning: { enabled: true } });

/** What a client of this dialect receives, read as if it came from a host of this dialect. */
function streamed(events: readonly Event[]): Event[] {
  const splitter = createSplitter('sse');
  const decoder = upstream.decodeEvents(sampleUpstream(targetOf()));
  const text = events.map(client.encodeEvents(sampleAnswer(THINKING))).join('');
  const frames = [...splitter.push(Buffer.from(text)), ...splitter.end()];
  return [...frames.flatMap(decoder.push), ...decoder.end()];
}

function whole(reply: Reply): Reply {
  const again = upstream.decodeReply(client.encodeReply(reply, sampleAnswer(THINKING)), sampleUpstream(targetOf()));
  assert(again.ok);
  return again.value;
}

/** The gateway names itself in the answer: id, model, provider and bill are its own. */
const said = ({ choices, usage, serviceTier }: Reply) => ({ choices, usage, serviceTier });

const partsOf = ({ parts, finish, native }: Choice) => ({ parts, finish, native });

for (const name of ['thinking-tools', 'web-search'])
  test(`${name}: an answer passes through unchanged, whole and streamed`, () => {
    const text = readFileSync(new URL(`fixtures/${name}.sse`, import.meta.url));
    const splitter = createSplitter('sse');
    const decoder = upstream.decodeEvents(sampleUpstream(targetOf()));
    const events = [...splitter.push(text), ...splitter.end()].flatMap(decoder.push);
    const reply = collect(events);
    const again = collect(streamed(events));
    assert(reply.ok && again.ok);
    assert.deepEqual(said(again.value), said(reply.value));
    assert.deepEqual(said(whole(reply.value)), said(reply.value));
    assert.deepEqual(whole(reply.value).native?.fields.usage, reply.value.native?.fields.usage);
  });

for (const [name, events] of Object.entries(SAMPLE_STREAMS)) {
  const reply = collect(events);
  if (reply.ok)
    test(`${name}: streamed and whole say the same to a client`, () => {
      const again = collect(streamed(events));
      assert(again.ok);
      assert.deepEqual(again.value.choices.map(partsOf), whole(reply.value).choices.map(partsOf));
    });
}
