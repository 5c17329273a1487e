/** How well prompts are told apart, judged on prompts that were written for this and are labelled by hand. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openaiChatClient } from '#src/dialects/openai-chat/index.ts';
import type { Demand } from '#src/facts/routing.ts';
import { estimatePrompt } from '#src/metering/estimate.ts';
import { demandOf } from '#src/router/demand/demand.ts';

type Labelled = { readonly label: string; readonly prompt: string };
const PROMPTS: readonly Labelled[] = readFileSync(join(import.meta.dirname, 'prompts.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [label = '', prompt = ''] = line.split('\t');
    return { label, prompt: prompt.replaceAll('\\n', '\n') };
  });

function demand(body: object): Demand {
  const call = openaiChatClient.decodeCall({ model: 'openrouter/auto', ...body }, { headers: {}, params: {} });
  assert(call.ok, JSON.stringify(call));
  return demandOf(call.value, estimatePrompt(call.value));
}
const demandOfText = (content: string, more: object = {}): Demand =>
  demand({ messages: [{ role: 'user', content }], ...more });

/** Of each kind at least so many of a hundred, and of all. */
const EACH_MIN = 85;
const ALL_MIN = 93;

test('nineteen of twenty prompts in eight languages are taken for what they are, and no kind is missed', () => {
  const missed = PROMPTS.filter(({ label, prompt }) => demandOfText(prompt).task !== label);
  const words = missed.map(({ label, prompt }) => `${label}, not ${demandOfText(prompt).task}: ${prompt}`).join('\n');
  assert(PROMPTS.length >= 220);
  assert(missed.length <= (PROMPTS.length * (100 - ALL_MIN)) / 100, words);
  for (const [label, some] of Map.groupBy(PROMPTS, (one) => one.label)) {
    const wrong = missed.filter((one) => one.label === label).length;
    assert(wrong <= (some.length * (100 - EACH_MIN)) / 100, `${label}: ${wrong} of ${some.length}\n${words}`);
  }
});

test('what a call brings with it decides before its words', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
  const see = [{ role: 'user', content: [{ type: 'text', text: 'Write a poem' }, image] }];
  assert.equal(demand({ messages: see }).task, 'vision');
  const seen = [
    ...see,
    { role: 'assistant', content: 'Roses are red' },
    { role: 'user', content: 'Now a sonnet about it.' },
  ];
  assert.equal(demand({ messages: seen }).task, 'writing', 'a picture of an earlier turn is no matter of this one');
  const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
  assert.equal(demandOfText('Hi', { tools }).task, 'agent');
  assert.equal(demandOfText('lorem ipsum dolor '.repeat(20_000)).task, 'long');
});

test('a wish for JSON makes a plain text one to be read out of, and leaves a program a program', () => {
  const schema = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } };
  assert.equal(demandOfText('Ann lives in Oslo and Ben in Rome.', { response_format: schema }).task, 'extraction');
  const program = 'Write a Python function that parses a CSV file. ```python\ndef f():```';
  assert.equal(demandOfText(program, { response_format: { type: 'json_object' } }).task, 'code');
});

test('in a loop of tools the last thing that the user said counts', () => {
  const messages = [
    { role: 'user', content: 'Translate "bread" into French.' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: 'def main(): return 1' },
  ];
  assert.equal(demand({ messages }).task, 'translation');
});

const GRADED: readonly (readonly [Demand['difficulty'], string, object?])[] = [
  ['easy', 'Hi there'],
  ['easy', 'What is the capital of Mongolia?'],
  ['easy', 'Translate "good night" into Danish.'],
  ['easy', 'Give me a short answer: is Pluto a planet?'],
  ['ordinary', 'Write a Python function that reverses a string.'],
  ['ordinary', 'Solve 3x + 7 = 22.'],
  ['ordinary', 'Compare and contrast the two proposals and say which one you prefer.'],
  [
    'hard',
    'Design a distributed, lock-free rate limiter in Rust; prove that it is linearizable and discuss the trade-offs.',
  ],
  ['hard', 'Prove rigorously that every compact Hausdorff space is normal, step by step, and treat all edge cases.'],
  ['hard', 'What is 2 + 2?', { reasoning: { effort: 'high' } }],
  ['easy', 'Write a Python function that reverses a string.', { reasoning: { effort: 'low' } }],
];
for (const [difficulty, text, more] of GRADED)
  test(`${difficulty}: ${text} ${JSON.stringify(more ?? {})}`, () => {
    assert.equal(demandOfText(text, more).difficulty, difficulty);
  });
