/**
 * Both ways through a stream, parsed frame by frame or read by moulds, answer alike and bill alike: for every fixture and
 * every recording, as they are and spoilt, with their texts said again and again in other words, wherever they are cut.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Event } from '#src/call/event.ts';
import { apart, type ChatStep } from '#src/call/text-run.ts';
import type { DialectId } from '#src/catalog/dialect-table.ts';
import type { UpstreamDialect } from '#src/dialects/dialect.ts';
import { SEED, seeded } from '#src/dialects/fuzz.ts';
import { CLIENT_DIALECTS, UPSTREAM_DIALECTS } from '#src/dialects/registry.ts';
import { sampleAnswer, sampleCall, sampleTarget, sampleUpstream } from '#src/dialects/samples.ts';
import { createMeter } from '#src/metering/meter.ts';
import { readAnswer } from '#src/upstream/read-answer.ts';
import { STREAMS as BENCH_STREAMS } from '../bench/transcripts.ts';
import { bytesOf, dialectOf, RECORDINGS } from './recordings.ts';

type Stream = { readonly name: string; readonly dialect: DialectId; readonly bytes: Buffer };
const MOULDED: readonly DialectId[] = ['openai-chat', 'anthropic-messages', 'gemini'];

const FRAME_END = /(?<=\n\r?\n)/;
/** What most streams are: words, and little else. */
const COMMON: readonly Stream[] = BENCH_STREAMS.map(({ name, text }) => {
  const frames = text.split(FRAME_END);
  const dialect = name === 'anthropic' ? 'anthropic-messages' : name;
  return {
    name: `common/${name}`,
    dialect,
    bytes: Buffer.from([...frames.slice(0, 24), ...frames.slice(-4)].join('')),
  };
});

const RECORDED: readonly Stream[] = MOULDED.flatMap((dialect) => {
  const folder = join(import.meta.dirname, '../src/dialects', dialect, 'fixtures');
  const fixtures = readdirSync(folder).filter((name) => name.endsWith('.sse'));
  const recorded = RECORDINGS.filter((one) => dialectOf(one) === dialect && one.stream && one.response.status === 200);
  return [
    ...fixtures.map((name) => ({ name: `${dialect}/${name}`, dialect, bytes: readFileSync(join(folder, name)) })),
    ...recorded.map(({ id, response }) => ({ name: id, dialect, bytes: bytesOf(response) })),
  ];
});

/** How many texts came in runs, over all streams: none would prove nothing. */
let inRuns = 0;
after(() => assert.ok(inRuns > 2_000, `only ${inRuns} texts were read by moulds`));

const parsedOnly = (dialect: UpstreamDialect): UpstreamDialect => ({
  ...dialect,
  decodeEvents: (upstream) => {
    const { push, end } = dialect.decodeEvents(upstream);
    return { push, end };
  },
});

type Read = { readonly batches: readonly (readonly ChatStep[])[]; readonly bill: object };

function read(dialect: UpstreamDialect, { bytes }: Stream, cuts: readonly number[]): Read {
  const target = sampleTarget(dialect.id as DialectId);
  const batches: (readonly ChatStep[])[] = [];
  const meter = createMeter(10);
  const reader = readAnswer(
    { ...sampleUpstream(target, sampleCall()), dialect },
    {},
    {
      events: (steps) => {
        batches.push(steps);
        for (const step of steps) meter.pass(step);
      },
      replied: () => assert.fail('a stream was asked for'),
      failed: (fault) => batches.push([{ type: 'fault', fault }]),
    },
  );
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    // What is read lies in a buffer that the next read overwrites.
    const lent = Buffer.from(bytes.subarray(from, cut));
    reader.push(lent);
    lent.fill(0x7e);
    from = cut;
  }
  reader.end();
  const bill = [meter.usage(), meter.estimate(), meter.finish(), meter.ends(), meter.outputTokens(), meter.hasOutput()];
  return { batches, bill };
}

/** What a program is written, each batch by itself. */
function written(client: keyof typeof CLIENT_DIALECTS.chat, batches: Read['batches']): string[] {
  const encode = CLIENT_DIALECTS.chat[client]?.encodeEvents(sampleAnswer());
  assert(encode);
  const write = (step: ChatStep): string => {
    if (step.type !== 'texts') return encode(step);
    const run = encode.run?.(step) ?? null;
    return run === null
      ? apart([step])
          .map((event: Event) => encode(event))
          .join('')
      : Buffer.from(run).toString();
  };
  return batches.map((steps) => steps.map(write).join(''));
}

function holds(stream: Stream, cuts: readonly number[], label: string): void {
  const dialect = UPSTREAM_DIALECTS.chat[stream.dialect];
  assert(dialect);
  const parsed = read(parsedOnly(dialect), stream, cuts);
  const moulded = read(dialect, stream, cuts);
  for (const steps of moulded.batches) for (const step of steps) if (step.type === 'texts') inRuns += step.ends.length;
  assert.deepEqual(moulded.batches.map(apart), parsed.batches, `${stream.name}, ${label}: the events`);
  assert.deepEqual(moulded.bill, parsed.bill, `${stream.name}, ${label}: the bill`);
  for (const client of ['openai-chat', 'anthropic-messages'] as const)
    assert.deepEqual(written(client, moulded.batches), written(client, parsed.batches), `${stream.name}, ${label}`);
}

const random = seeded(SEED);
const draw = (max: number): number => Math.floor(random() * max);
const pick = <T>(values: readonly T[]): T => values[draw(values.length)] as T;

/** Where frames end, and beside it; everywhere; nowhere. */
function waysToCut({ bytes }: Stream): { readonly [name: string]: readonly number[] } {
  const ends: number[] = [];
  for (let at = bytes.indexOf('\n'); at !== -1; at = bytes.indexOf('\n', at + 1)) ends.push(at);
  const inside = (cuts: readonly number[]): number[] =>
    [...new Set(cuts)].filter((cut) => cut > 0 && cut < bytes.length);
  const every = (step: () => number): number[] => {
    const cuts: number[] = [];
    for (let at = step(); at < bytes.length; at += step()) cuts.push(at);
    return cuts;
  };
  return {
    whole: [],
    'before line ends': inside(ends),
    'behind line ends': inside(ends.map((end) => end + 1)),
    'near line ends': inside(ends.map((end) => end + draw(9) - 4).sort((a, b) => a - b)),
    'every third byte': every(() => 3),
    anywhere: every(() => 1 + draw(400)),
    'in large pieces': every(() => 1 + draw(20_000)),
  };
}

/** The insides of JSON strings: of every kind that a model writes, and such as break what holds them. */
const TEXTS = [
  ' word',
  'Grüße',
  '漢字',
  '🌍',
  'a "quoted" \\ word\n',
  '\t\u2028',
  '\u007f',
  '42',
  'x'.repeat(1_000),
  '~trial~',
].map((text) => JSON.stringify(text).slice(1, -1));
const ODD = [
  '\\u00e9',
  '\\/',
  '\\ud83c\\udf0d',
  '\\ud83c',
  '\\u0007',
  '',
  '"',
  '\\',
  '\\x',
  '\n',
  '","x":"',
  '\xff\xfe',
];

const STRING =
  /"(content|text|delta|reasoning_content|reasoning|thinking|partial_json|arguments)"(:\s*)"((?:[^"\\]|\\.)*)"/g;

/** Each frame some more times, with other texts, counts and paddings in it. */
function lengthened(stream: Stream, texts: readonly string[], times: number): Stream {
  const frames = stream.bytes.toString('latin1').split(FRAME_END);
  const again = (frame: string): string =>
    frame
      .replace(STRING, (_, name, colon) => `"${name}"${colon}"${Buffer.from(pick(texts), 'utf8').toString('latin1')}"`)
      .replace(/(okens?(?:Count)?":\s*)(\d+)/gi, (_, name) => `${name}${draw(4) * draw(99)}`)
      .replace(/("obfuscation":\s*")\w*/g, (_, name) => `${name}${'aZ9'.repeat(draw(4))}`);
  const more = frames.map((frame) => {
    STRING.lastIndex = 0;
    return STRING.test(frame) ? frame + Array.from({ length: draw(times) }, () => again(frame)).join('') : frame;
  });
  return { ...stream, bytes: Buffer.from(more.join(''), 'latin1') };
}

function spoilt(stream: Stream): Stream {
  const bytes = Buffer.from(stream.bytes);
  for (let hit = 1 + draw(4); hit > 0; hit--) bytes[draw(bytes.length)] = pick([draw(256), 34, 92, 10, 13, 125, 48]);
  return { ...stream, bytes };
}

/** What stands between frames without saying anything, or other ends of lines. */
const withPings = (stream: Stream): Stream => ({
  ...stream,
  bytes: Buffer.from(
    stream.bytes
      .toString('latin1')
      .replace(
        /\n\r?\n/g,
        (end) => end + pick(['', '', ': still here\n\n', 'event: ping\ndata: {"type": "ping"}\n\n']),
      ),
    'latin1',
  ),
});
const withCrLf = (stream: Stream): Stream => ({
  ...stream,
  bytes: Buffer.from(stream.bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'),
});

/** `ROUNDS=…` in the environment draws more. */
const ROUNDS = Number(process.env.ROUNDS ?? 1);

for (const stream of [...COMMON, ...RECORDED])
  test(`${stream.name}: both ways answer and bill alike (seed ${SEED})`, () => {
    for (let round = 0; round < ROUNDS; round++) {
      const long = lengthened(stream, TEXTS, 40);
      const odd = lengthened(stream, [...TEXTS, ...ODD], 20);
      const variants = { plain: stream, long, odd, pings: withPings(long), crlf: withCrLf(long), spoilt: spoilt(long) };
      for (const [kind, variant] of Object.entries(variants))
        for (const [way, cuts] of Object.entries(waysToCut(variant))) holds(variant, cuts, `${kind}, ${way}`);
    }
  });
