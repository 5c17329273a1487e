import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../../base/json.ts';
import { sampleAnswer } from '../../samples.ts';
import { openaiResponsesClient } from './index.ts';

const ASKED: JsonObject = {
  model: 'a/b',
  input: 'Hi',
  instructions: 'Be brief.',
  max_output_tokens: 100,
  max_tool_calls: 3,
  metadata: { a: 'b' },
  parallel_tool_calls: false,
  prompt_cache_key: 'k',
  reasoning: { effort: 'high', summary: 'auto' },
  safety_identifier: 's',
  temperature: 0.5,
  top_p: 0.9,
  truncation: 'auto',
  user: 'u',
  text: { verbosity: 'low', format: { type: 'text' } },
  tool_choice: { type: 'function', name: 'f' },
  tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: false }],
};

function answered(body: JsonObject): JsonObject {
  const call = openaiResponsesClient.decodeCall(body, { headers: {}, params: {} });
  assert.ok(call.ok);
  const choice = { index: 0, parts: [], finish: 'stop', nativeFinish: null } as const;
  const answer = { ...sampleAnswer(call.value), now: () => 1_764_000_012_345 };
  return openaiResponsesClient.encodeReply({ choices: [choice] }, answer) as JsonObject;
}

test('a response tells what was asked, field by field', () => {
  const told = answered(ASKED);
  const { model: _model, input: _input, ...fields } = ASKED;
  for (const [name, value] of Object.entries(fields)) assert.deepEqual(told[name] as Json, value, name);
  assert.equal(told.completed_at, 1_764_000_012);
});

test('what was not asked has the values that the schema demands', () => {
  const { instructions, metadata, tools, tool_choice, truncation, parallel_tool_calls, text } = answered({
    model: 'a/b',
    input: 'Hi',
  });
  assert.deepEqual(
    { instructions, metadata, tools, tool_choice, truncation, parallel_tool_calls, text },
    {
      instructions: null,
      metadata: {},
      tools: [],
      tool_choice: 'auto',
      truncation: 'disabled',
      parallel_tool_calls: true,
      text: { format: { type: 'text' } },
    },
  );
});
