import assert from 'node:assert/strict';
import { createSplitter } from '../../src/base/frames.ts';
import type { Json } from '../../src/base/json.ts';
import type { Call } from '../../src/call/call.ts';
import type { Event } from '../../src/call/event.ts';
import { SEED, seeded } from '../../src/dialects/fuzz.ts';
import { checkEventGrammar } from '../../src/dialects/grammar.ts';
import { sampleAnswer, sampleUpstream } from '../../src/dialects/samples.ts';
import { ANSWERS, type Answer, type AnswerName, comparable, expected, transcriptOf } from './answers.ts';
import { send } from './ask-cell.ts';
import type { Cell } from './cell.ts';
import type { Client } from './client.ts';
import type { Told } from './told.ts';
import { bytesOf, type Transcript, transcript } from './transcripts.ts';
import type { Upstream } from './upstream.ts';

/** Does a vendor's documented answer reach a program of another dialect, whole and streamed alike? */
export function answerCell(client: Client, upstream: Upstream, name: AnswerName, stream: boolean): Cell {
  const reason = reasonNot(client, upstream, name, stream);
  if (reason !== undefined) return { state: 'none', reason };
  try {
    checkAnswer(client, upstream, name, stream);
    return { state: 'kept' };
  } catch (cause) {
    if (!(cause instanceof assert.AssertionError)) throw cause;
    return { state: 'wrong', reason: cause.message };
  }
}

const COUNTS = { 'cache-read': 'cacheRead', 'cache-write': 'cacheWrite', 'reasoning-count': 'reasoning' } as const;

function reasonNot(client: Client, upstream: Upstream, name: AnswerName, stream: boolean): string | undefined {
  const answer: Answer = ANSWERS[name];
  if (answer.streamedOnly && !stream) return 'only a stream can break';
  const count = name in COUNTS && COUNTS[name as keyof typeof COUNTS];
  if (count && !upstream.counts[count]) return 'the endpoint does not count this';
  return client.cannot[name] ?? upstream.cannot[name];
}

function checkAnswer(client: Client, upstream: Upstream, name: AnswerName, stream: boolean): void {
  const told = transcript(upstream.dialect.id, transcriptOf(name));
  assert(told, 'a transcript is missing');
  const answer: Answer = ANSWERS[name];
  const sent = send(client, upstream, client.ask(answer.question) ?? client.ask('text') ?? {}, stream);
  assert(typeof sent !== 'string', String(sent));
  const heard = stream
    ? hearStream(client, upstream, sent.call, told)
    : client.tell(hearReply(client, upstream, sent.call, told));
  if (answer.error) return checkError(heard, answer.error);
  assert.equal(heard.error, null);
  assert.deepEqual(comparable(heard), wanted(client, upstream, name));
  checkUsage(heard, answer);
  if (name === 'stop-sequence' && client.tellsStop) assert.equal(heard.choices[0]?.stopSequence, upstream.stop ?? null);
  const ids = heard.choices.flatMap(({ tools }) => tools.map(({ id }) => id));
  assert.ok(!ids.includes('') && new Set(ids).size === ids.length, 'ids are given and unique');
  if (name === 'signed-reasoning' || name === 'encrypted-reasoning') checkReplay(client, upstream, heard, told);
  if (stream) {
    const whole = client.tell(hearReply(client, upstream, { ...sent.call, stream: false }, told));
    assert.deepEqual(
      { ...heard, turn: null },
      { ...whole, turn: null },
      'the folded stream is the non-streamed answer',
    );
  }
}

function wanted(client: Client, upstream: Upstream, name: AnswerName) {
  const answer: Answer = ANSWERS[name];
  const choices = answer.choices.map((choice) => ({ ...choice, ...upstream.says?.[name] }));
  const hidden = client.hidesThoughts && answer.question !== 'reasoning';
  return expected({ ...answer, choices })
    .map((choice) => (client.refusalIsText ? { ...choice, text: choice.text + choice.refusal, refusal: '' } : choice))
    .map((choice) => (hidden ? { ...choice, reasoning: '' } : choice));
}

function checkError(heard: Told, words: RegExp): void {
  assert(heard.error, 'the program sees an error');
  assert.match(heard.error.message, words);
  const cleanly = heard.choices.some(({ finish }) => ['stop', 'length', 'tool_calls'].includes(finish ?? ''));
  assert.ok(!cleanly, 'the answer does not seem whole');
}

function checkUsage(heard: Told, { usage = {} }: Answer): void {
  for (const [count, value] of Object.entries(usage))
    assert.equal(heard.usage?.[count as keyof typeof heard.usage], value, count);
}

/** What is opaque to the program comes back to the vendor as it was. */
function checkReplay(client: Client, upstream: Upstream, heard: Told, told: Transcript): void {
  const again = send(client, upstream, client.replay(heard.turn), false);
  assert(typeof again !== 'string', String(again));
  const { opaque } = again.asked;
  assert.equal(opaque.length, 1, `one opaque datum comes back, not ${JSON.stringify(opaque)}`);
  // Bedrock's own form of an encrypted datum is a blob: base64 of what the model's vendor wrote.
  const forms = opaque.flatMap((datum) => [datum, Buffer.from(datum).toString('base64')]);
  const sent = JSON.stringify(told.reply);
  assert.ok(
    forms.some((form) => sent.includes(form)),
    `as it was, not ${opaque[0]}`,
  );
}

function hearReply(client: Client, upstream: Upstream, call: Call, told: Transcript): Json {
  assert(told.reply !== undefined, 'the transcript has a reply');
  const reply = upstream.dialect.decodeReply(told.reply, sampleUpstream(upstream.target, call));
  if (!reply.ok) assert.fail(reply.error.message);
  return JSON.parse(JSON.stringify(client.dialect.encodeReply(reply.value, sampleAnswer(call))));
}

/** Streamed whole, byte by byte and in random pieces: every time the same text reaches the program. */
function hearStream(client: Client, upstream: Upstream, call: Call, told: Transcript): Told {
  const bytes = bytesOf(upstream.dialect.id, upstream.dialect.framing, told.frames);
  const random = seeded(SEED);
  const sizes = [() => bytes.length, () => 1, () => Math.ceil(random() * 9), () => Math.ceil(random() * 200)];
  const [whole = '', ...cut] = sizes.map((size) => writeStream(client, call, decode(upstream, call, bytes, size)));
  for (const text of cut) assert.equal(text, whole, `no chunking changes the stream (seed ${SEED})`);
  return client.tell(client.fold(whole));
}

function decode(upstream: Upstream, call: Call, bytes: Uint8Array, size: () => number): Event[] {
  const splitter = createSplitter(upstream.dialect.framing);
  const decoder = upstream.dialect.decodeEvents(sampleUpstream(upstream.target, call));
  const events: Event[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = at + size();
    for (const frame of splitter.push(bytes.subarray(at, next))) events.push(...decoder.push(frame));
    at = next;
  }
  for (const frame of splitter.end()) events.push(...decoder.push(frame));
  events.push(...decoder.end());
  assert.equal(checkEventGrammar(events), null);
  return events;
}

const writeStream = (client: Client, call: Call, events: readonly Event[]): string =>
  events.map(client.dialect.encodeEvents(sampleAnswer(call))).join('');
