import assert from 'node:assert/strict';
import { createSplitter } from '../../src/base/frames.ts';
import type { Json } from '../../src/base/json.ts';
import { nano } from '../../src/base/money.ts';
import { type Call, toolCallIds } from '../../src/call/call.ts';
import type { Bill, Event } from '../../src/call/event.ts';
import type { UpstreamContext } from '../../src/dialects/dialect.ts';
import { SEED, seeded } from '../../src/dialects/fuzz.ts';
import { checkEventGrammar } from '../../src/dialects/grammar.ts';
import { sampleAnswer } from '../../src/dialects/samples.ts';
import { ANSWERS, type Answer, type AnswerName, comparable, expected, transcriptOf } from './answers.ts';
import { lacking, type Sent, send } from './ask-cell.ts';
import type { Cell } from './cell.ts';
import type { Client } from './client.ts';
import type { QuestionName } from './questions.ts';
import type { Told } from './told.ts';
import { bytesOf, ofDialect, type Transcript, transcript } from './transcripts.ts';
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

const COUNTS = {
  'cache-read': 'cacheRead',
  'cache-write': 'cacheWrite',
  'reasoning-count': 'reasoning',
  'predicted-tokens': 'predicted',
} as const;

function reasonNot(client: Client, upstream: Upstream, name: AnswerName, stream: boolean): string | undefined {
  const answer: Answer = ANSWERS[name];
  if (answer.streamedOnly && !stream) return 'only a stream can break';
  const count = name in COUNTS && COUNTS[name as keyof typeof COUNTS];
  if (count && !upstream.counts[count]) return 'the endpoint does not count this';
  return client.cannot[name] ?? upstream.cannot[name];
}

function checkAnswer(client: Client, whole: Upstream, name: AnswerName, stream: boolean): void {
  const told = transcript(whole.dialect.id, whole.instead?.[name] ?? transcriptOf(name));
  assert(told, 'a transcript is missing');
  const answer: Answer = ANSWERS[name];
  const upstream = lacking(whole, answer.question);
  const sent = send(client, upstream, client.ask(answer.question) ?? client.ask('text') ?? {}, stream);
  assert(typeof sent !== 'string', String(sent));
  const heard = stream
    ? hearStream(client, upstream, sent.call, told)
    : client.tell(hearReply(client, upstream, sent.call, told));
  if (answer.error) return checkError(heard, answer.error);
  assert.equal(heard.error, null);
  assert.deepEqual(comparable(heard), wanted(client, upstream, name));
  checkUsage(heard, upstream, answer);
  if (answer.tier) assert.equal(heard.tier, answer.tier);
  if (name === 'vendor-tool' && ofDialect(upstream.dialect.id) === client.dialect.id)
    assert(heard.choices[0]?.vendorItems, 'the vendor’s own items are passed on in its own dialect');
  if (name === 'stop-sequence' && client.tellsStop) assert.equal(heard.choices[0]?.stopSequence, upstream.stop ?? null);
  const ids = heard.choices.flatMap(({ tools }) => tools.map(({ id }) => id));
  assert.ok(!ids.includes('') && new Set(ids).size === ids.length, 'ids are given and unique');
  if (heard.choices[0]?.finish === 'tool_calls') checkReplay(client, upstream, heard, told, OPAQUE.has(name) ? 2 : 0);
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
    .map((choice) =>
      client.transcriptIsText ? { ...choice, text: choice.text + choice.transcript, transcript: '' } : choice,
    )
    .map((choice) => (hidden ? { ...choice, reasoning: '' } : choice));
}

function checkError(heard: Told, words: RegExp): void {
  assert(heard.error, 'the program sees an error');
  assert.match(heard.error.message, words);
  const cleanly = heard.choices.some(({ finish }) => ['stop', 'length', 'tool_calls'].includes(finish ?? ''));
  assert.ok(!cleanly, 'the answer does not seem whole');
}

/** Not every dialect counts by modality. */
const BY_MODALITY: ReadonlySet<string> = new Set(['audioIn', 'audioOut', 'imageOut']);

function checkUsage(heard: Told, upstream: Upstream, { usage = {} }: Answer): void {
  for (const [count, value] of Object.entries(usage))
    if (!BY_MODALITY.has(count) || (upstream.counts.modalities && heard.usage && count in heard.usage))
      assert.deepEqual(heard.usage?.[count as keyof typeof heard.usage], value, count);
}

const OPAQUE: ReadonlySet<AnswerName> = new Set(['signed-reasoning', 'encrypted-reasoning']);
const TURN = [
  { role: 'assistant', text: '', calls: [{ name: 'weather', arguments: { city: 'Köln' } }] },
  { role: 'tool', text: '', results: [{ name: 'weather', text: 'Rain' }] },
] as const;

/**
 * A loop of two steps: what the program kept of each answer comes back to the vendor with the results of its calls, and
 * what is opaque to the program as it was.
 */
function checkReplay(client: Client, upstream: Upstream, first: Told, told: Transcript, opaque: number): void {
  const turns = [first.turn];
  const again = replay(client, upstream, turns);
  const second = client.tell(hearReply(client, upstream, again.call, told));
  turns.push(second.turn);
  const ids = [first, second].flatMap(({ choices }) => choices.flatMap(({ tools }) => tools.map(({ id }) => id)));
  assert.equal(new Set(ids).size, ids.length, 'ids are unique over the whole conversation');
  const { asked } = replay(client, upstream, turns);
  if (first.choices[0]?.tools.length === 1 && first.choices[0].tools[0]?.name === 'weather')
    assert.deepEqual(asked.turns, [{ role: 'user', text: 'Weather?' }, ...TURN, ...TURN]);
  assert.equal(asked.opaque.length, opaque, `${opaque} opaque data come back, not ${JSON.stringify(asked.opaque)}`);
  // Bedrock's own form of an encrypted datum is a blob: base64 of what the model's vendor wrote.
  const sent = JSON.stringify(told.reply);
  for (const datum of asked.opaque)
    assert.ok(
      [datum, Buffer.from(datum).toString('base64')].some((form) => sent.includes(form)),
      `as it was, not ${datum}`,
    );
}

/** The call with these turns behind it, as the vendor is asked. */
export function replay(client: Client, upstream: Upstream, turns: readonly Json[]): Sent {
  const sent = send(client, upstream, client.replay(turns), false);
  assert(typeof sent !== 'string', String(sent));
  return sent;
}

/** What a program keeps of a whole answer, given to a question. */
export function hear(client: Client, upstream: Upstream, name: string, question: QuestionName): Told {
  const told = transcript(upstream.dialect.id, name);
  const sent = send(client, upstream, client.ask(question) ?? {}, false);
  assert(told && typeof sent !== 'string');
  return client.tell(hearReply(client, upstream, sent.call, told));
}

/** What the gateway adds to the vendor's count. */
const BILL: Bill = {
  cost: nano(42_000n),
  inputCost: nano(30_000n),
  outputCost: nano(12_000n),
  upstreamCost: nano(40_000n),
  isByok: true,
};

/** Ids are new in each turn of a conversation, and the same however often one turn is heard. */
function contextOf({ target }: Upstream, call: Call): UpstreamContext {
  let count = 0;
  const before = toolCallIds(call).size;
  return { target, call, newId: (prefix) => `${prefix}-${before}-${++count}` };
}

function hearReply(client: Client, upstream: Upstream, call: Call, told: Transcript): Json {
  assert(told.reply !== undefined, 'the transcript has a reply');
  const reply = upstream.dialect.decodeReply(told.reply, contextOf(upstream, call));
  if (!reply.ok) assert.fail(reply.error.message);
  return JSON.parse(JSON.stringify(client.dialect.encodeReply({ ...reply.value, bill: BILL }, sampleAnswer(call))));
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
  const decoder = upstream.dialect.decodeEvents(contextOf(upstream, call));
  const events: Event[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = at + size();
    for (const frame of splitter.push(bytes.subarray(at, next))) events.push(...decoder.push(frame));
    at = next;
  }
  for (const frame of splitter.end()) events.push(...decoder.push(frame));
  events.push(...decoder.end());
  assert.equal(checkEventGrammar(events), null);
  return events.map((event) => (event.type === 'usage' ? { ...event, bill: BILL } : event));
}

const writeStream = (client: Client, call: Call, events: readonly Event[]): string =>
  events.map(client.dialect.encodeEvents(sampleAnswer(call))).join('');
