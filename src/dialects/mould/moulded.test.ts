import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame } from '../../base/frame.ts';
import { createSplitter } from '../../base/frames.ts';
import { type ChatStep, textsOf } from '../../call/text-run.ts';
import { openaiChatClient, openaiChatUpstream } from '../openai-chat/index.ts';
import { bendAnswers } from '../quirks.ts';
import { sampleAnswer, sampleTarget, sampleUpstream } from '../samples.ts';
import { MouldedStream } from './moulded.ts';

/** What each of these reads of a stream of chat completions becomes; runs as lists of their texts. */
function stepsOf(...reads: readonly string[]): unknown[] {
  return read(reads).map((steps) => steps.map((step) => (step.type === 'texts' ? textsOf(step) : step.type)));
}

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
/** One with the start, and as many as it takes until a mould is made. */
const BEGUN = ['one', ' two', ' three', ' four', ' five'].map((text) => frame(text)).join('');
const BEGUN_STEPS = ['start', 'text', 'text', 'text', 'text', 'text'];

test('frames that differ in their text alone are one step, and nothing of a short answer is', () => {
  assert.deepEqual(stepsOf(BEGUN + frame(' six') + frame(' \\"7\\"\\n') + frame('8 Grüße')), [
    [...BEGUN_STEPS, [' six', ' "7"\n', '8 Grüße']],
  ]);
  assert.deepEqual(stepsOf(frame('a') + frame('b') + frame('c')), [['start', 'text', 'text', 'text']]);
});

test('another frame is parsed, and so is the next one that fits', () => {
  const other = frame('x', ',"my_field":1');
  assert.deepEqual(stepsOf(BEGUN, frame('a') + other + frame('b') + frame('c') + frame('d')), [
    BEGUN_STEPS,
    [['a'], 'text', 'native', 'text', ['c', 'd']],
  ]);
});

test('what says nothing between two frames changes nothing', () => {
  assert.deepEqual(stepsOf(BEGUN, `${frame('a')}: still here\n\n${frame('b')}`), [BEGUN_STEPS, [['a'], ['b']]]);
});

test('a frame that comes in two reads is parsed', () => {
  const [head, tail] = [frame('ab').slice(0, 60), frame('ab').slice(60)];
  assert.deepEqual(stepsOf(BEGUN, frame('a') + head, tail + frame('c') + frame('d')), [
    BEGUN_STEPS,
    [['a']],
    ['text', 'text', ['d']],
  ]);
});

test('padding and counts may differ, and the last counts are told', () => {
  const counted = (text: string, padding: string, tokens: number): string =>
    frame(text, `,"usage":{"prompt_tokens":3,"completion_tokens":${tokens}},"obfuscation":"${padding}"`);
  const reads = [1, 2, 3, 4, 5, 6, 7].map((tokens) => counted(`w${tokens}`, 'ab'.repeat(tokens % 4), tokens)).join('');
  assert.deepEqual(stepsOf(reads), [[...BEGUN_STEPS, ['w6', 'w7']]]);
});

test('a place where the same characters stand is not taken for the text', () => {
  const twice = (text: string): string => frame(text, `,"note":"${text}"`).replace('"id":"c1"', `"id":"word"`);
  const steps = stepsOf(
    frame('word').replace('c1', 'word').repeat(5) + twice('word') + frame('no').replace('c1', 'no'),
  );
  assert.deepEqual(steps, [[...BEGUN_STEPS, 'text', 'native', 'text']]);
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
  const [steps] = read([BEGUN + [' six', ' \\"7\\"', '漢字', 'x'.repeat(100)].map((text) => frame(text)).join('')]);
  const written = steps?.map((step) => {
    if (step.type !== 'texts') return encode(step);
    const bytes = encode.run?.(step);
    assert(bytes, 'four of them are written at once');
    return Buffer.from(bytes).toString();
  });
  const expected = steps?.flatMap((step) =>
    step.type === 'texts'
      ? textsOf(step)
          .map((text) => oneByOne({ type: 'text', choice: 0, text }))
          .join('')
      : [oneByOne(step)],
  );
  assert.deepEqual(written, expected);
});
