/** Conversations that are kept, and gone on with by their ids, as OpenAI's own library sees them. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import OpenAI, { APIError } from 'openai';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { catalogueOf, saidIn, startHost } from './host.ts';

const host = await startHost();
const gateway = await startGateway({
  environment: { SWITCHWRIGHT_RESPONSES_DAYS: '30' },
  catalogue: catalogueOf(host.port),
});
after(async () => {
  await gateway.stop();
  host.close();
});
beforeEach(() => {
  host.bodies.length = 0;
});
const model = 'my/memory';
const clientOf = (apiKey = API_KEY): OpenAI => new OpenAI({ baseURL: gateway.base, apiKey, maxRetries: 0 });
const client = clientOf();
const lastSaid = (): string[] => host.bodies.at(-1)?.messages.map(saidIn) ?? [];
const refused = async (promise: Promise<unknown>, status: number): Promise<APIError> => {
  const error = await promise.then(
    () => assert.fail('it was not refused'),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof APIError, String(error));
  assert.equal(error.status, status, error.message);
  return error;
};
const textsIn = (items: readonly object[]): string[] =>
  items.map((item) => (item as { content: { text: string }[] }).content[0]?.text ?? '');

test('what responses say and are answered is added to their conversation, streamed or not', async () => {
  const { id } = await client.conversations.create({
    items: [{ type: 'message', role: 'user', content: 'Zero' }],
    metadata: { topic: 'numbers' },
  });
  assert.match(id, /^conv-/);
  const first = await client.responses.create({ model, conversation: id, input: 'One' });
  assert.deepEqual(lastSaid(), ['Zero', 'One']);
  assert.deepEqual(first.conversation, { id });
  const stream = await client.responses.create({
    model,
    conversation: { id },
    input: 'Two',
    store: false,
    stream: true,
  });
  for await (const event of stream)
    if (event.type === 'response.completed') assert.deepEqual(event.response.conversation, { id });
  assert.deepEqual(lastSaid(), ['Zero', 'One', '2 messages', 'Two']);
  await client.responses.create({ model, conversation: id, input: 'Three' });
  assert.deepEqual(lastSaid(), ['Zero', 'One', '2 messages', 'Two', '4 messages', 'Three']);
  const listed = await client.conversations.items.list(id, { order: 'asc', limit: 100 });
  assert.deepEqual(textsIn(listed.data), ['Zero', 'One', '2 messages', 'Two', '4 messages', 'Three', '6 messages']);
  const pages: string[] = [];
  for await (const item of client.conversations.items.list(id, { limit: 2 })) pages.push(...textsIn([item]));
  assert.deepEqual(pages, textsIn(listed.data).reverse(), 'the newest first, in pages');
});

test('conversations are made, read, changed and deleted, and so are their items', async () => {
  const { id } = await client.conversations.create();
  assert.deepEqual((await client.conversations.retrieve(id)).metadata, {});
  const changed = await client.conversations.update(id, { metadata: { a: 'b' } });
  assert.deepEqual([changed.id, changed.object, changed.metadata], [id, 'conversation', { a: 'b' }]);
  const added = await client.conversations.items.create(id, {
    items: [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Say "hi"' }] },
      { type: 'function_call_output', call_id: 'call_1', output: '{"at":1}' },
    ],
  });
  const [message, output] = added.data;
  assert.equal(added.data.length, 2);
  const itemId = (message as { id: string }).id;
  assert.deepEqual(await client.conversations.items.retrieve(itemId, { conversation_id: id }), message);
  assert.equal((await client.conversations.items.delete(itemId, { conversation_id: id })).id, id);
  await refused(client.conversations.items.retrieve(itemId, { conversation_id: id }), 404);
  assert.deepEqual((await client.conversations.items.list(id)).data, [output]);
  assert.deepEqual(await client.conversations.delete(id), { id, object: 'conversation.deleted', deleted: true });
  await refused(client.conversations.retrieve(id), 404);
});

test('a tool’s result stands behind its call in the next turn', async () => {
  const { id } = await client.conversations.create();
  const tools = [{ type: 'function' as const, name: 'look', parameters: { type: 'object' }, strict: false }];
  const called = await client.responses.create({ model, conversation: id, input: 'Look', tools });
  const [call] = called.output;
  assert.ok(call?.type === 'function_call');
  const input = [{ type: 'function_call_output' as const, call_id: call.call_id, output: 'a bird' }];
  await client.responses.create({ model, conversation: id, input, tools });
  const roles = host.bodies.at(-1)?.messages.map(({ role }) => role);
  assert.deepEqual(roles, ['user', 'assistant', 'tool']);
});

test('what is wrong is refused by name, and another workspace’s conversation is none', async () => {
  const { id } = await client.conversations.create();
  const first = await client.responses.create({ model, conversation: id, input: 'One' });
  const both = client.responses.create({ model, conversation: id, previous_response_id: first.id, input: 'x' });
  assert.equal((await refused(both, 400)).param, 'conversation');
  const wrong = client.responses.create({ model, conversation: 7 as never, input: 'x' });
  assert.equal((await refused(wrong, 400)).param, 'conversation');
  const nobodys = client.responses.create({ model, conversation: 'conv-nobodys', input: 'x' });
  assert.equal((await refused(nobodys, 404)).code, 'conversation_not_found');
  const item = { type: 'message', role: 'user', content: 'x' } as const;
  const many = client.conversations.create({ items: new Array(21).fill(item) });
  assert.equal((await refused(many, 400)).param, 'items');
  const strange = client.conversations.items.create(id, {
    items: [{ type: 'message', role: 'user', content: [{ type: 'hologram' } as never] }],
  });
  assert.equal((await refused(strange, 400)).param, 'items[0].content[0].type');
  assert.equal((await refused(client.conversations.items.create(id, { items: [] }), 400)).param, 'items');
  await refused(client.conversations.items.list(id, { limit: 101 }), 400);
  await refused(client.conversations.items.list(id, { after: 'msg_nobodys' }), 404);

  const management = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };
  const post = async (path: string, body: object) =>
    (
      await fetch(gateway.base + path, { method: 'POST', headers: management, body: JSON.stringify(body) })
    ).json() as Promise<{
      readonly key: string;
      readonly data: { readonly id: string };
    }>;
  const workspace = await post('/workspaces', { name: 'Other', slug: 'other' });
  const { key } = await post('/keys', { name: 'other', workspace_id: workspace.data.id });
  const stranger = clientOf(key);
  await refused(stranger.conversations.retrieve(id), 404);
  await refused(stranger.responses.create({ model, conversation: id, input: 'x' }), 404);
});
