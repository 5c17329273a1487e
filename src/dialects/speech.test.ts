/** What a host says of speech is the same however it is cut, and nothing that it may say is more than a fault. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WireHeaders } from '../base/world.ts';
import type { SpeechCall, SpeechStep } from '../call/speech.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import { UPSTREAM_DIALECTS } from './registry.ts';
import { sampleTarget } from './samples.ts';
import { waveHeader } from './wave.ts';

const CALL: SpeechCall = {
  model: 'a/b',
  models: [],
  gateway: {},
  input: 'Hello',
  format: 'pcm',
  delivery: 'bytes',
  voice: 'ash',
};
const SAMPLES = Buffer.from(Array.from({ length: 999 }, (_, at) => (at * 7) % 256));
const base64 = (from: number, to?: number): string => SAMPLES.subarray(from, to).toString('base64');
const sse = (...events: object[]): Buffer =>
  Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join(''));
const gemini = (data: string, more: object = {}) => ({
  candidates: [{ content: { parts: [{ inlineData: { data } }] }, ...more }],
});

type Sample = {
  readonly id: DialectId;
  readonly type: string;
  readonly body: Buffer;
  readonly formats?: readonly ['wav'];
};
const SAMPLES_OF: { readonly [name: string]: Sample } = {
  bytes: { id: 'openai-speech', type: 'audio/pcm', body: SAMPLES },
  'a WAVE file': {
    id: 'openai-speech',
    type: 'audio/wav',
    body: Buffer.concat([waveHeader(24_000), SAMPLES]),
    formats: ['wav'],
  },
  events: {
    id: 'openai-speech',
    type: 'text/event-stream; charset=utf-8',
    body: sse(
      { type: 'speech.audio.delta', audio: base64(0, 500) },
      { type: 'speech.audio.delta', audio: base64(500) },
      { type: 'speech.audio.done', usage: { input_tokens: 1, output_tokens: 2 } },
    ),
  },
  'events of Mistral': {
    id: 'openai-speech',
    type: 'text/event-stream',
    body: sse({ type: 'speech.audio.delta', audio_data: base64(0) }, { type: 'speech.audio.done', usage: {} }),
  },
  JSON: { id: 'openai-speech', type: 'application/json', body: Buffer.from(JSON.stringify({ audio_data: base64(0) })) },
  'events of Gemini': {
    id: 'gemini-speech',
    type: 'text/event-stream',
    body: sse(gemini(base64(0, 333)), gemini(base64(333), { finishReason: 'STOP' })),
  },
  'one body of Gemini': {
    id: 'gemini-speech',
    type: 'application/json',
    body: Buffer.from(JSON.stringify(gemini(base64(0), { finishReason: 'STOP' }))),
  },
  'bytes of Deepgram': { id: 'deepgram-speech', type: 'audio/l16;rate=24000', body: SAMPLES },
  'bytes of ElevenLabs': { id: 'elevenlabs-speech', type: 'audio/pcm', body: SAMPLES },
};

function read({ id, type, formats }: Sample, pieces: readonly Uint8Array[]): SpeechStep[] {
  const target = sampleTarget(id, formats ? { endpoint: { audioFormats: formats } } : {});
  const headers: WireHeaders = { 'content-type': type };
  const dialect = UPSTREAM_DIALECTS.speech[id];
  assert(dialect);
  const decoder = dialect.decodeSteps({ target, call: CALL, headers });
  const steps: SpeechStep[] = [];
  for (const piece of pieces) {
    // As of a connection: what is kept must be copied.
    const lent = Buffer.from(piece);
    steps.push(...decoder.push(lent));
    lent.fill(0);
  }
  return [...steps, ...decoder.end()];
}

const cut = (body: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(body.length / size) }, (_, at) => body.subarray(at * size, (at + 1) * size));
const audioOf = (steps: readonly SpeechStep[]): Buffer =>
  Buffer.concat(steps.flatMap((step) => (step.type === 'bytes' ? [step.bytes] : [])));

for (const [name, sample] of Object.entries(SAMPLES_OF)) {
  test(`${name}: the same audio, however it is cut; it begins once and ends once`, () => {
    for (const size of [1, 3, 64, 1_000, 100_000]) {
      const steps = read(sample, cut(sample.body, size));
      assert.deepEqual(audioOf(steps), SAMPLES, `${size} bytes at a time`);
      assert.equal(steps[0]?.type, 'start');
      assert.equal(steps.filter(({ type }) => type === 'start').length, 1);
      assert.equal(steps.at(-1)?.type, 'end');
      assert.equal(steps.filter(({ type }) => type === 'end').length, 1);
    }
  });

  test(`${name}: an answer without audio is a fault, as is one of other things`, () => {
    const faulty = [
      Buffer.alloc(0),
      ...(sample.type.startsWith('audio') ? [] : [Buffer.from('[]'), Buffer.from('{"a":'), Buffer.from('<h1>')]),
    ];
    for (const body of faulty) {
      const last = read(sample, [body]).at(-1);
      assert.equal(last?.type, 'fault', body.toString());
      assert.match(last?.type === 'fault' ? last.fault.code : '', /^upstream_(?:malformed|truncated)$/);
    }
  });
}

test('half a speech of Gemini is none', () => {
  const sample: Sample = { id: 'gemini-speech', type: 'text/event-stream', body: SAMPLES };
  const refused = read(sample, [sse(gemini(base64(0, 9)), gemini('', { finishReason: 'PROHIBITED_CONTENT' }))]).at(-1);
  assert.equal(refused?.type === 'fault' && refused.fault.code, 'content_policy_violation');
  const blocked = read(sample, [sse({ promptFeedback: { blockReason: 'SAFETY' } })]).at(-1);
  assert.equal(blocked?.type === 'fault' && blocked.fault.code, 'content_policy_violation');
  const cutOff = read(sample, [sse(gemini(base64(0, 9)))]).at(-1);
  assert.equal(cutOff?.type === 'fault' && cutOff.fault.code, 'upstream_truncated');
});

test('a WAVE file that is none, or of other samples, is no speech', () => {
  const wave = (edit: (head: Buffer) => void): Buffer => {
    const head = waveHeader(24_000);
    edit(head);
    return Buffer.concat([head, SAMPLES]);
  };
  const bodies = [
    Buffer.from('RIFF'),
    Buffer.alloc(200_000, 'RIFF'),
    wave((head) => head.writeUInt16LE(2, 22)),
    wave((head) => head.writeUInt16LE(8, 34)),
    wave((head) => head.writeUInt16LE(3, 20)),
    wave((head) => head.write('LIST', 36)),
  ];
  for (const body of bodies) {
    const steps = read({ id: 'openai-speech', type: 'audio/wav', body, formats: ['wav'] }, cut(body, 50_000));
    assert.equal(steps.find(({ type }) => type === 'fault')?.type, 'fault', body.toString('latin1', 0, 48));
    assert.equal(audioOf(steps).length, 0);
  }
});
