import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../call/call.ts';
import { PARAMETERS } from '../call/parameters.ts';
import type { Tool } from '../call/tool.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import { openaiChatUpstream } from './openai-chat/index.ts';
import { type SampleTarget, sampleCall, sampleRequest, sampleTarget, sampleTraits } from './samples.ts';
import { suit } from './suit.ts';

function suited(call: Partial<Call>, options: SampleTarget = {}, id: DialectId = 'gemini') {
  const result = suit(sampleCall(call), sampleTarget(id, options).endpoint, sampleTraits(id));
  assert.ok(result.ok, result.ok ? '' : result.error.message);
  return { ...result.value.call, losses: result.value.losses.map(({ field }) => field) };
}

test('nobody upstream learns who the end user is, but that it is the same one', () => {
  const { user } = suited({ user: 'ann@example.com' });
  assert.match(String(user), /^[0-9a-f]{32}$/);
  assert.equal(suited({ user: 'ann@example.com' }).user, user);
});

test('an endpoint serves the tier it is priced for, and a tier nobody prices is the vendor’s to take', () => {
  const { price } = sampleTarget('gemini').endpoint;
  const tierPrices = new Map([
    ['default', price],
    ['flex', price],
    ['priority', price],
  ] as const);
  const of = (serviceTier: string | undefined, endpoint: SampleTarget['endpoint']) =>
    suited({ ...(serviceTier !== undefined && { serviceTier }) }, { endpoint: endpoint ?? {} }).serviceTier;
  assert.equal(of(undefined, { tier: 'flex', tierPrices }), 'flex', 'chosen by its tag or by :floor');
  assert.equal(of('fast', { tier: 'priority', tierPrices }), 'priority');
  assert.equal(of('priority', { tierPrices }), 'default', 'the fallback of the dearer endpoint');
  assert.equal(of('auto', { tierPrices }), 'auto');
  assert.equal(of('priority', {}), 'priority');
});

test('a model that must reason refuses to be kept from it, whatever the words', () => {
  const reasoning = { efforts: ['low', 'high'], budget: false, mandatory: true, defaultEnabled: true } as const;
  const { endpoint } = sampleTarget('cohere-chat', { endpoint: { reasoning } });
  for (const off of [{ effort: 'none' }, { enabled: false }, { budgetTokens: 0 }] as const) {
    const refused = suit(sampleCall({ reasoning: off }), endpoint, sampleTraits('cohere-chat'));
    assert.ok(!refused.ok);
    assert.equal(refused.error.message, 'Reasoning is mandatory for this endpoint and cannot be disabled.');
    assert.equal(refused.error.code, 'invalid_request');
  }
  const latest = suited({ model: '~author/latest', reasoning: { effort: 'none' } }, { endpoint: { reasoning } });
  assert.deepEqual(latest.reasoning, { effort: 'low' });
  assert.deepEqual(suited({ reasoning: { budgetTokens: 0, exclude: true } }).reasoning, {
    effort: 'none',
    exclude: true,
  });
});

test('what the gateway is asked for and does not do is told, unless the endpoint is a gateway that does it', () => {
  const plugins = [{ id: 'web' }, { id: 'file-parser', enabled: false }];
  const gateway = { plugins, preset: 'support', extra: { transforms: ['inside-out'] } };
  assert.deepEqual(suited({ gateway }).losses, ['plugins', 'preset', 'transforms']);
  assert.deepEqual(suited({ model: 'author/model:online:nitro' }).losses, ['plugins'], ':online is the plugin web');
  assert.deepEqual(suited({ gateway: { extra: { transforms: [] } } }).losses, []);
  const call = sampleCall({ model: 'author/model:online' });
  const target = sampleTarget('openai-chat', { dialect: { quirks: ['reasoning-details'] } });
  assert.deepEqual(suited(call, { dialect: { quirks: ['reasoning-details'] } }, 'openai-chat').losses, []);
  const sent = sampleRequest(openaiChatUpstream, call, target, new Map());
  assert.deepEqual(sent.ok && sent.value.body.plugins, [{ id: 'web' }]);
});

test('small things that most formats have no word for are lost aloud', () => {
  const details = [{ type: 'reasoning.server_tool_call', tool_name: 't', result: 'r' }];
  const native = { dialect: 'openai-chat', fields: { reasoning_details: details } };
  const source = { kind: 'url', url: 'https://a.test/a.png' } as const;
  const call: Partial<Call> = {
    reasoning: { effort: 'low', mode: 'pro', context: 'all_turns' },
    messages: [
      { role: 'user', parts: [{ type: 'image', source, detail: 'low' }] },
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }], native },
      { role: 'tool', callId: 'c', parts: [{ type: 'text', text: 'Broken.' }], isError: true },
    ],
  };
  const lost = (id: DialectId, quirks: string[] = []) => suited(call, { dialect: { quirks } }, id).losses;
  const pro = ['reasoning.mode', 'reasoning.context'];
  assert.deepEqual(lost('anthropic-messages'), [...pro, 'messages[0].content', 'messages[1].reasoning_details']);
  assert.deepEqual(lost('ollama').at(-1), 'messages[2].is_error');
  assert.deepEqual(lost('openai-responses'), ['messages[1].reasoning_details', 'messages[2].is_error']);
  const host = sampleTarget('openai-chat', { dialect: { quirks: ['reasoning-details', 'reasoning-object'] } });
  const sent = sampleRequest(openaiChatUpstream, sampleCall(call), host, new Map());
  assert.ok(sent.ok);
  const { messages, reasoning } = sent.value.body as {
    messages: { reasoning_details?: unknown }[];
    reasoning: unknown;
  };
  assert.deepEqual(messages[1]?.reasoning_details, details, 'an OpenRouter endpoint takes them back');
  assert.deepEqual(reasoning, { effort: 'low', mode: 'pro', context: 'all_turns' });
  const plain = sampleRequest(openaiChatUpstream, sampleCall(call), sampleTarget('openai-chat'), new Map());
  assert.ok(plain.ok && plain.value.losses.some(({ field }) => field === 'messages[1].reasoning_details'));
});

test('fixed sampling is left out and told', () => {
  const parameters = new Set(PARAMETERS.filter((name) => !/^(temperature|top_[pk]|.*_penalty)$/.test(name)));
  const call = suited({ sampling: { temperature: 0.2, top_k: 3, seed: 1 } }, { endpoint: { parameters } });
  assert.deepEqual(call.sampling, { seed: 1 });
  assert.deepEqual(call.losses, ['temperature', 'top_k']);
});

test('names of speakers are text where the format has no place for them', () => {
  const messages = [{ role: 'user', name: 'Ann', parts: [{ type: 'text', text: 'Hi' }] }] as const;
  assert.deepEqual(suited({ messages }).messages[0]?.parts, [{ type: 'text', text: 'Ann: Hi' }]);
  assert.deepEqual(suited({ messages }, {}, 'openai-chat').messages, messages);
});

const tool = (name: string): Tool => ({ type: 'function', name });

test('tools that are not allowed are not sent, except where the list is understood', () => {
  const value = { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [{ function: { name: 'b' } }] } };
  const toolChoice = { type: 'native', dialect: 'openai-chat', value } as const;
  const asked = { tools: [tool('a'), tool('b')], toolChoice };
  const call = suited(asked);
  assert.deepEqual([call.tools, call.toolChoice], [[tool('b')], { type: 'required' }]);
  const openai = { dialect: { quirks: ['custom-tools'] } };
  assert.deepEqual(suited(asked, openai, 'openai-chat').toolChoice, toolChoice);
  assert.deepEqual(suited(asked, {}, 'openai-chat').tools, [tool('b')]);
  const google = { mode: 'ANY', allowedFunctionNames: ['b'] };
  const gemini = { ...asked, toolChoice: { type: 'native', dialect: 'gemini', value: google } as const };
  assert.deepEqual(suited(gemini, {}, 'ollama').tools, [tool('b')]);
  const flat = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'a' }] };
  const responses = suited({ ...asked, toolChoice: { type: 'native', dialect: 'openai-responses', value: flat } });
  assert.deepEqual([responses.tools, responses.toolChoice], [[tool('a')], { type: 'auto' }]);
});

test('a strict schema closes every object and requires every property, where the provider wants that', () => {
  const schema = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      kind: { type: 'string', enum: ['a', 'b'] },
      place: { $ref: '#/$defs/place' },
    },
    required: ['city'],
    $defs: { place: { type: 'object', properties: { zip: { type: ['string', 'null'] } } } },
  };
  const output = { type: 'json-schema', name: 'answer', schema, strict: true } as const;
  const provider = { dialect: { quirks: ['strict-schemas'] } };
  const call = suited({ output }, provider, 'openai-chat');
  assert.deepEqual(call.output, {
    ...output,
    schema: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        kind: { type: ['string', 'null'], enum: ['a', 'b', null] },
        place: { anyOf: [{ $ref: '#/$defs/place' }, { type: 'null' }] },
      },
      required: ['city', 'kind', 'place'],
      $defs: {
        place: {
          type: 'object',
          properties: { zip: { type: ['string', 'null'] } },
          required: ['zip'],
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  });
  assert.deepEqual(call.losses, ['response_format.json_schema.schema']);
  assert.deepEqual(suited({ output }, {}, 'openai-chat').output, output);
  const open = { ...tool('a'), strict: true, parameters: { type: 'object', additionalProperties: true } } as Tool;
  const kept = suited({ tools: [open] }, provider, 'openai-responses');
  const parameters = { type: 'object', additionalProperties: true, properties: {} };
  assert.deepEqual(kept.tools, [{ ...open, strict: false, parameters }]);
  assert.deepEqual(kept.losses, ['tools[0].function.strict']);
});

test('what Anthropic’s thinking said is not lost when reasoning is asked for in other words', () => {
  const native = { dialect: 'anthropic-messages', fields: { thinking: { type: 'adaptive' }, speed: 'fast' } };
  const asked = { native, reasoning: { enabled: true } };
  assert.deepEqual(suited(asked).native?.fields, { speed: 'fast' });
  assert.deepEqual(suited(asked, {}, 'anthropic-messages').native, native);
});

test('an endpoint is asked for no more than it writes, and that is told', () => {
  const lowered = suited({ maxOutputTokens: 64_000 }, { endpoint: { maxOutput: 8_192 } });
  assert.deepEqual([lowered.maxOutputTokens, lowered.losses], [8_192, ['max_tokens']]);
  const kept = suited({ maxOutputTokens: 8_192 }, { endpoint: { maxOutput: 8_192 } });
  assert.deepEqual([kept.maxOutputTokens, kept.losses], [8_192, []]);
  assert.equal(suited({ maxOutputTokens: 64_000 }, { endpoint: { maxOutput: null } }).maxOutputTokens, 64_000);
});

test('the schemas of tools are plain objects at the top wherever they go', () => {
  const odd = { $ref: '#/$defs/A', $defs: { A: { anyOf: [{ properties: { a: {} } }, { properties: { b: {} } }] } } };
  const tools = [
    { ...tool('odd'), parameters: odd },
    { ...tool('none'), parameters: { type: 'object' } },
  ] as Tool[];
  for (const id of ['openai-chat', 'openai-responses', 'cohere-chat', 'ollama'] as const) {
    const call = suited({ tools }, {}, id);
    const [first, second] = call.tools.map((each) => (each.type === 'function' ? each.parameters : undefined));
    assert.deepEqual(first?.properties, { a: {}, b: {} }, id);
    assert.deepEqual([first?.type, first?.anyOf, first?.$ref], ['object', undefined, undefined], id);
    assert.deepEqual(second, { type: 'object', properties: {} }, id);
    assert.deepEqual(call.losses, ['tools[0].function.parameters'], id);
  }
});
