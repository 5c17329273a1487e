import assert from 'node:assert/strict';
import type { Json } from '../../src/base/json.ts';
import { nano } from '../../src/base/money.ts';
import { type Call, toolCallIds } from '../../src/call/call.ts';
import type { Bill, Event } from '../../src/call/event.ts';
import { apart } from '../../src/call/text-run.ts';
import { SEED, seeded } from '../../src/dialects/fuzz.ts';
import { checkEventGrammar } from '../../src/dialects/grammar.ts';
import { sampleAnswer } from '../../src/dialects/samples.ts';
import { type ReadContext, readAnswer } from '../../src/upstream/read-answer.ts';
import { send } from './ask-cell.ts';
import type { Client } from './client.ts';
import type { QuestionName } from './questions.ts';
import type { Told } from './told.ts';
import { bytesOf, type Transcript, transcript } from './transcripts.ts';
import type { Upstream } from './upstream.ts';

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
function contextOf({ target, dialect }: Upstream, call: Call): ReadContext {
  let count = 0;
  const before = toolCallIds(call).size;
  return { target, dialect, call, newId: (prefix) => `${prefix}-${before}-${++count}` };
}

/** The body that a program gets for a vendor's whole answer. */
export function hearReply(client: Client, upstream: Upstream, call: Call, told: Transcript): Json {
  assert(told.reply !== undefined, 'the transcript has a reply');
  const answer = sampleAnswer(call);
  let body: Json = null;
  const reader = readAnswer(
    contextOf(upstream, call),
    { 'content-type': 'application/json' },
    {
      events: () => assert.fail('no stream was asked for'),
      replied: (reply) => {
        body = client.dialect.encodeReply({ ...reply, bill: BILL }, answer);
      },
      failed: (fault) => {
        body = client.dialect.encodeFault(fault, { id: answer.id }).body;
      },
    },
  );
  reader.push(Buffer.from(JSON.stringify(told.reply)));
  reader.end();
  return JSON.parse(JSON.stringify(body));
}

/** What a program keeps of a vendor's stream. */
export function hearStream(client: Client, upstream: Upstream, call: Call, told: Transcript): Told {
  const bytes = bytesOf(upstream.dialect.id, upstream.dialect.framing, told.frames);
  return client.tell(client.fold(streamTo(client, upstream, call, bytes)));
}

/** Streamed whole, byte by byte and in random pieces: every time the same text reaches the program. */
export function streamTo(client: Client, upstream: Upstream, call: Call, bytes: Uint8Array): string {
  const random = seeded(SEED);
  const sizes = [() => bytes.length, () => 1, () => Math.ceil(random() * 9), () => Math.ceil(random() * 200)];
  const [whole = '', ...cut] = sizes.map((size) => writeStream(client, call, decode(upstream, call, bytes, size)));
  for (const text of cut) assert.equal(text, whole, `no chunking changes the stream (seed ${SEED})`);
  return whole;
}

const STREAM_TYPES = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  'aws-event-stream': 'application/vnd.amazon.eventstream',
} as const;

/** The gateway's own reader of a provider's bytes. */
function decode(upstream: Upstream, call: Call, bytes: Uint8Array, size: () => number): Event[] {
  const events: Event[] = [];
  const reader = readAnswer(
    contextOf(upstream, call),
    { 'content-type': STREAM_TYPES[upstream.dialect.framing] },
    {
      events: (steps) => events.push(...apart(steps)),
      replied: () => assert.fail('a stream was asked for'),
      failed: (fault) => assert.fail(fault.message),
    },
  );
  for (let at = 0; at < bytes.length; ) {
    const next = at + size();
    reader.push(bytes.subarray(at, next));
    at = next;
  }
  reader.end();
  assert.equal(checkEventGrammar(events), null);
  return events.map((event) => (event.type === 'usage' ? { ...event, bill: BILL } : event));
}

const writeStream = (client: Client, call: Call, events: readonly Event[]): string =>
  events.map(client.dialect.encodeEvents(sampleAnswer(call))).join('');
