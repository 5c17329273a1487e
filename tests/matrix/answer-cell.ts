import assert from 'node:assert/strict';
import type { Json } from '../../src/base/json.ts';
import { ANSWERS, type Answer, type AnswerName, comparable, expected, transcriptOf } from './answers.ts';
import { lacking, type Sent, send } from './ask-cell.ts';
import type { Cell } from './cell.ts';
import type { Client } from './client.ts';
import { hearReply, hearStream } from './hear.ts';
import type { Told } from './told.ts';
import { ofDialect, type Transcript, transcript } from './transcripts.ts';
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
