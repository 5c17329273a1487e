/** OpenRouter's own client, which checks every field of an answer against the published contract, asks for tools of the gateway. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import { API_KEY, type GatewayProcess, startGateway } from '../gateway-process.ts';

let gateway: GatewayProcess;
before(async () => {
  gateway = await startGateway();
});
after(async () => assert.equal(await gateway.stop(), 0));

const clientOf = () => new OpenRouter({ serverURL: gateway.base, retryConfig: { strategy: 'none' }, apiKey: API_KEY });
const messages = [{ role: 'user', content: 'search the web for cats' }] as const;
const tools = [{ type: 'openrouter:web_search' as const, parameters: { maxResults: 2 } }];

test('@openrouter/sdk: a chat with a tool of the gateway', async () => {
  const result = await clientOf().chat.send({
    chatRequest: { model: 'sandbox/tools', messages: [...messages], tools, stream: false },
  });
  assert('choices' in result);
  const { usage, choices } = result;
  assert.match(String(choices[0]?.message.content), /web_search returned/);
  assert.deepEqual(usage?.serverToolUseDetails, {
    webSearchRequests: 1,
    toolCallsRequested: 1,
    toolCallsExecuted: 1,
  });
  const [detail] = choices[0]?.message.reasoningDetails ?? [];
  assert.equal(detail?.type, 'reasoning.server_tool_call');
});

test('@openrouter/sdk: the same, streamed', async () => {
  const stream = await clientOf().chat.send({
    chatRequest: { model: 'sandbox/tools', messages: [...messages], tools, stream: true },
  });
  assert(!('choices' in stream));
  let text = '';
  const kinds = new Set<string>();
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    for (const { type } of chunk.choices[0]?.delta.reasoningDetails ?? []) kinds.add(type);
  }
  assert.match(text, /web_search returned/);
  assert.deepEqual([...kinds], ['reasoning.server_tool_call']);
});

test('@openrouter/sdk: the item of a tool in the Responses API', async () => {
  const result = await clientOf().beta.responses.send({
    responsesRequest: { model: 'sandbox/tools', input: 'search the web for cats', tools, stream: false },
  });
  assert('output' in result);
  const item = result.output.find(({ type }) => type === 'openrouter:web_search');
  assert(item && 'action' in item, JSON.stringify(result.output));
});

test('@openrouter/sdk: the plugin web', async () => {
  const result = await clientOf().chat.send({
    chatRequest: {
      model: 'sandbox/echo',
      messages: [{ role: 'user', content: 'cats' }],
      plugins: [{ id: 'web', maxResults: 1 }],
      stream: false,
    },
  });
  assert('choices' in result);
  assert.match(String(result.choices[0]?.message.content), /news\.example\/cats/);
});

const asks = (type: string, words: string, parameters: object = {}) => ({
  model: 'sandbox/tools',
  messages: [{ role: 'user' as const, content: words }],
  tools: [{ type, parameters }] as never,
});

test('@openrouter/sdk: a picture that a tool has drawn comes with the answer', async () => {
  const chatRequest = asks('openrouter:image_generation', 'image of a cat', { size: '64x64' });
  const result = await clientOf().chat.send({ chatRequest: { ...chatRequest, stream: false } });
  assert('choices' in result);
  const { message } = result.choices[0] ?? {};
  assert.match(String(message?.images?.[0]?.imageUrl.url), /^data:image\/png;base64,/);
  // Its types know of no pictures in the pieces of a stream, and leave them out.
  const streamed = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...chatRequest, stream: true }),
  });
  assert.match(await streamed.text(), /"images":\[\{"type":"image_url","image_url":\{"url":"data:image\/png;base64,/);
});

test('@openrouter/sdk: items of tools that ask models, in the Responses API', async () => {
  const items: { readonly [field: string]: unknown }[] = [];
  for (const [type, words, parameters] of [
    ['openrouter:image_generation', 'image of a cat', { size: '64x64' }],
    ['openrouter:advisor', 'ask the advisor', { model: 'sandbox/echo' }],
    ['openrouter:subagent', 'use the subagent', { model: 'sandbox/echo' }],
    ['openrouter:fusion', 'use fusion', { analysisModels: ['sandbox/echo', 'sandbox/lorem'], model: 'sandbox/json' }],
  ] as const) {
    const { tools } = asks(type, words, parameters);
    const result = await clientOf().beta.responses.send({
      responsesRequest: { model: 'sandbox/tools', input: words, tools, stream: false },
    });
    assert('output' in result);
    const item = result.output.find((one) => one.type === type);
    assert(item, JSON.stringify(result.output));
    items.push(item as never);
  }
  const [drawn, advised, worked, fused] = items;
  assert.match(String(drawn?.imageB64), /^iVBOR/);
  assert.equal(drawn?.result, drawn?.imageB64);
  assert.deepEqual([advised?.status, advised?.model, typeof advised?.advice], ['completed', 'sandbox/echo', 'string']);
  assert.deepEqual(
    [worked?.status, typeof worked?.outcome, typeof worked?.taskDescription],
    ['completed', 'string', 'string'],
  );
  const responses = fused?.responses as { readonly model: string }[];
  assert.deepEqual(
    responses.map(({ model }) => model),
    ['sandbox/echo', 'sandbox/lorem'],
  );
  assert.ok(fused?.analysis, JSON.stringify(fused));
});
