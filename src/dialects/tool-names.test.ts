import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../call/call.ts';
import type { Tool } from '../call/tool.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import { sampleCall, sampleTraits } from './samples.ts';
import { fitNames, givenReply, givenSteps } from './tool-names.ts';

const tool = (name: string): Tool => ({ type: 'function', name });
const LONG = `mcp__a-server-with-a-long-name__${'read_every_file_'.repeat(6)}`;

function namesOf(call: Call): string[] {
  return call.tools.map((it) => (it.type === 'function' ? it.name : 'native'));
}

function fitted(names: readonly string[], id: DialectId): string[] {
  return namesOf(fitNames(sampleCall({ tools: names.map(tool) }), sampleTraits(id).toolNames).call);
}

test('names that the format takes stay, and the call with them', () => {
  const call = sampleCall({ tools: [tool('look_up'), tool('mcp__files__read-all')] });
  const ids = ['anthropic-messages', 'bedrock-converse', 'gemini', 'openai-chat', 'openai-responses'] as const;
  for (const id of ids) assert.equal(fitNames(call, sampleTraits(id).toolNames).call, call);
  assert.deepEqual(fitted(['files.read'], 'gemini'), ['files.read']);
  assert.deepEqual(fitted([LONG], 'anthropic-messages'), [LONG]);
  assert.deepEqual(fitted(['any thing!'], 'ollama'), ['any thing!']);
});

test('other names fit, each in its own way, always the same', () => {
  assert.deepEqual(fitted(['files.read', 'files_read'], 'bedrock-converse')[1], 'files_read');
  assert.match(fitted(['files.read', 'files_read'], 'bedrock-converse')[0] ?? '', /^files_read_[0-9a-z]{9}$/);
  assert.deepEqual(fitted(['files.read', '2fast', 'été'], 'bedrock-converse'), ['files_read', '2fast', '_t_']);
  assert.deepEqual(fitted(['2fast', 'a:b', '-x'], 'gemini'), ['_2fast', 'a_b', '_-x']);
  assert.deepEqual(fitted(['read-all', 'say'], 'cohere-chat'), ['read_all', 'say']);
  const [cut = '', other = ''] = fitted([LONG, `${LONG}x`], 'gemini');
  assert.deepEqual([cut.length, other.length, cut.slice(0, 54) === LONG.slice(0, 54)], [64, 64, true]);
  assert.notEqual(cut, other);
  assert.deepEqual(fitted([LONG], 'gemini'), [cut]);
});

test('choice and history follow, and the caller hears its own names', () => {
  const asked = sampleCall({
    tools: [tool('files.read')],
    toolChoice: { type: 'function', name: 'files.read' },
    messages: [
      { role: 'user', parts: [{ type: 'text', text: 'Read it.' }] },
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'c1', name: 'files.list all', arguments: '{}' }] },
      { role: 'tool', callId: 'c1', name: 'files.list all', parts: [{ type: 'text', text: 'a.txt' }] },
    ],
  });
  const { call, given } = fitNames(asked, sampleTraits('anthropic-messages').toolNames);
  assert.deepEqual(call.toolChoice, { type: 'function', name: 'files_read' });
  const [, said, result] = call.messages;
  assert.equal(
    said?.role === 'assistant' && said.parts[0]?.type === 'tool-call' && said.parts[0].name,
    'files_list_all',
  );
  assert.equal(result?.role === 'tool' && result.name, 'files_list_all');

  const start = { type: 'tool-start', choice: 0, index: 0, id: 'c2' } as const;
  const told = givenSteps([{ ...start, name: 'files_read' }, { ...start, name: 'unheard_of' }, { type: 'end' }], given);
  assert.deepEqual(told, [{ ...start, name: 'files.read' }, { ...start, name: 'unheard_of' }, { type: 'end' }]);
  const part = { type: 'tool-call', id: 'c2', name: 'files_read', arguments: '{}' } as const;
  const reply = { choices: [{ index: 0, parts: [part], finish: 'tool_calls', nativeFinish: null }] } as const;
  assert.deepEqual(givenReply(reply, given).choices[0]?.parts, [{ ...part, name: 'files.read' }]);
});

test("a list of allowed tools in the vendor's own words is left alone", () => {
  const toolChoice = { type: 'native', dialect: 'gemini', value: { allowedFunctionNames: ['2fast'] } } as const;
  const call = sampleCall({ tools: [tool('2fast')], toolChoice });
  assert.equal(fitNames(call, sampleTraits('gemini').toolNames).call, call);
});
