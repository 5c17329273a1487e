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
