import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame } from '../../base/frame.ts';
import { createSplitter } from '../../base/frames.ts';
import { type ChatStep, textsOf } from '../../call/text-run.ts';
import { openaiChatClient, openaiChatUpstream } from '../openai-chat/index.ts';
import { bendAnswers } from '../quirks.ts';
import { sampleAnswer, sampleTarget, sampleUpstream } from '../samples.ts';
import { MouldedStream } from './moulded.ts';

/** What each of these reads becomes behind a beginning that gave a mould; runs as lists of their texts. */
const stepsOf = (...reads: readonly string[]): unknown[] => told(read([BEGUN, ONE_MORE, ...reads])).slice(2);

const told = (reads: readonly (readonly ChatStep[])[]): unknown[] =>
  reads.map((steps) => steps.map((step) => (step.type === 'texts' ? textsOf(step) : step.type)));

function read(reads: readonly string[]): ChatStep[][] {
  const splitter = createSplitter('sse');
  const decoder = openaiChatUpstream.decodeEvents(sampleUpstream(sampleTarget('openai-chat')));
  assert(decoder.again);
  const stream = new MouldedStream(decoder.again, (bytes, out) => {
    const frames = splitter.push(bytes);
    for (const frame of frames) out.push(...decoder.push(frame));
    return frames.at(-1) ?? null;
  });
  return reads.map((bytes) => stream.push(Buffer.from(bytes)));
}

const frame = (content: string, more = ''): string =>
  `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"${content}"},"finish_reason":null}]${more}}\n\n`;
const ONE_MORE = frame(' word');
const BEGUN = ONE_MORE.repeat(14);

test('frames that differ in their text alone are one step, and nothing of a short answer is', () => {
  assert.deepEqual(stepsOf(frame(' six') + frame(' \\"7\\"\\n') + frame('8 Grüße')), [[[' six', ' "7"\n', '8 Grüße']]]);
  assert.deepEqual(told(read([frame('a') + frame('b'), frame('c')])), [['start', 'text', 'text'], ['text']]);
});

test('a long read gives its mould by itself', () => {
  const [steps] = told(read([ONE_MORE.repeat(60)])) as [unknown[]];
  assert.equal(steps[0], 'start');
  assert.equal((steps.at(-1) as unknown[]).length, 60 - (steps.length - 2));
  assert.ok((steps.at(-1) as unknown[]).length > 40);
});

test('another frame is parsed, and so is the next one that fits', () => {
  const other = frame('x', ',"my_field":1');
  assert.deepEqual(stepsOf(frame('a') + other + frame('b') + frame('c') + frame('d')), [
    [['a'], 'text', 'native', 'text', ['c', 'd']],
  ]);
});

test('what says nothing between two frames changes nothing', () => {
  assert.deepEqual(stepsOf(`${frame('a')}: still here\n\n${frame('b')}`), [[['a'], ['b']]]);
});

test('a frame that comes in two reads is parsed', () => {
  const [head, tail] = [frame('ab').slice(0, 60), frame('ab').slice(60)];
  assert.deepEqual(stepsOf(frame('a') + head, tail + frame('c') + frame('d')), [[['a']], ['text', 'text', ['d']]]);
});

test('padding and counts may differ, and the last counts are told', () => {
  const counted = (at: number): string =>
    frame(`w${at}`, `,"usage":{"prompt_tokens":3,"completion_tokens":${at}},"obfuscation":"${'ab'.repeat(at % 4)}"`);
  const frames = Array.from({ length: 30 }, (_, at) => counted(at + 1));
  const reads = read([frames.slice(0, 14).join(''), frames.slice(14).join(''), 'data: [DONE]\n\n']);
  const [, second] = told(reads);
  assert.deepEqual(second, ['text', Array.from({ length: 15 }, (_, at) => `w${at + 16}`)]);
  const usage = reads[2]?.find((step) => step.type === 'usage');
  assert.equal(usage?.type === 'usage' && usage.usage.output, 30);
});

test('a place where the same characters stand is not taken for the text', () => {
  const named = (text: string): string => frame(text).replace('c1', 'word');
  const twice = frame('word', ',"note":"word"').replace('c1', 'word');
  const steps = told(read([named('word').repeat(14), named('word'), twice + named('no')]));
  assert.deepEqual(steps.slice(1), [['text'], ['text', 'native', 'text']]);
});

test('a host whose frames a quirk bends is not read by moulds', () => {
  const target = sampleTarget('openai-chat', { dialect: { quirks: ['shouts'] } });
  const shouts = { why: 'for this test', frame: (one: Frame) => ({ ...one, data: one.data.replace('"w', '"W') }) };
  const bent = bendAnswers({ ...openaiChatUpstream, quirks: { shouts } }, target, undefined);
  assert.equal(bent.decodeEvents(sampleUpstream(target)).again, undefined);
});

test('a run is written as its texts would be one by one', () => {
  const encode = openaiChatClient.encodeEvents(sampleAnswer());
  const oneByOne = openaiChatClient.encodeEvents(sampleAnswer());
  const texts = [' six', ' \\"7\\"', '漢字', 'x'.repeat(100)].map((text) => frame(text)).join('');
  const steps = read([BEGUN, ONE_MORE, texts]).flat();
  const written = steps.map((step) => {
    if (step.type !== 'texts') return encode(step);
    const bytes = encode.run?.(step);
    assert(bytes, 'four of them are written at once');
    return Buffer.from(bytes).toString();
  });
  const expected = steps.flatMap((step) =>
    step.type === 'texts'
      ? textsOf(step)
          .map((text) => oneByOne({ type: 'text', choice: 0, text }))
          .join('')
      : [oneByOne(step)],
  );
  assert.deepEqual(written, expected);
});
