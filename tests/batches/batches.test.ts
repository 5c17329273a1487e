/** Batches through the running gateway, as the clients' own libraries begin, follow and read them. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { toFile } from 'openai';
import { ask, messageOf, stranger, upload } from '../files/ask.ts';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

const PRICED = [
  'name = "Priced echo"',
  'context = 131_072',
  '[endpoints.sandbox]',
  'upstream_id = "echo"',
  'price = { input = "1", output = "2" }',
].join('\n');
const gateway = await startGateway({ catalogue: { 'models/my/priced.toml': PRICED } });
after(() => gateway.stop());
const openai = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: `${gateway.origin}/api`, apiKey: API_KEY, maxRetries: 0 });
const JSON_TYPE = { 'content-type': 'application/json' };

type Line = {
  custom_id: string;
  response: { status_code: number; request_id: string; body: Record<string, unknown> } | null;
  error: { code: string } | null;
};
const linesOf = (text: string): Line[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const content = async (id: string | null | undefined): Promise<Line[]> =>
  id ? linesOf(await (await openai.files.content(id)).text()) : [];

const line = (customId: string, text: string, model = 'sandbox/echo', url = '/v1/chat/completions'): string =>
  JSON.stringify({
    custom_id: customId,
    method: 'POST',
    url,
    body: { model, messages: [{ role: 'user', content: text }] },
  });

async function begin(lines: readonly string[]): Promise<OpenAI.Batch> {
  const file = await openai.files.create({
    file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl'),
    purpose: 'batch',
  });
  return openai.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { job: 'x' },
  });
}
async function ended(id: string): Promise<OpenAI.Batch> {
  for (;;) {
    const batch = await openai.batches.retrieve(id);
    if (!['validating', 'in_progress', 'finalizing', 'cancelling'].includes(batch.status)) return batch;
    await wait(20);
  }
}
const balance = async (): Promise<number> => {
  const { body } = await ask(gateway, 'GET', '/credits', { key: MANAGEMENT_KEY });
  return (body.data as { total_usage: number }).total_usage;
};

test('the OpenAI client has lines answered, each under its name, with a receipt of its own', async () => {
  const before = await balance();
  const lines = [
    line('a', 'one', 'my/priced'),
    line('b', 'two', 'my/priced'),
    line('c', 'x', 'sandbox/error-400'),
    line('d', 'x', 'no/such-model'),
  ];
  const begun = await begin(lines);
  assert.match(begun.id, /^batch_/);
  assert.deepEqual(
    [begun.object, begun.endpoint, begun.completion_window, begun.status, begun.metadata],
    ['batch', '/v1/chat/completions', '24h', 'validating', { job: 'x' }],
  );
  const batch = await ended(begun.id);
  assert.deepEqual([batch.status, batch.request_counts], ['completed', { total: 4, completed: 2, failed: 2 }]);
  const output = (await content(batch.output_file_id)).sort((one, other) => (one.custom_id < other.custom_id ? -1 : 1));
  const said = output.map(({ custom_id, response }) => [
    custom_id,
    response?.status_code,
    ((response?.body.choices ?? []) as OpenAI.ChatCompletion.Choice[])[0]?.message.content,
  ]);
  assert.deepEqual(said, [
    ['a', 200, 'one'],
    ['b', 200, 'two'],
  ]);
  const errors = await content(batch.error_file_id);
  assert.deepEqual(
    errors.map(({ custom_id, response }) => [custom_id, response?.status_code]),
    [
      ['c', 400],
      ['d', 400],
    ],
  );
  const id = output[0]?.response?.request_id ?? '';
  const receipt = await ask(gateway, 'GET', `/generation?id=${id}`);
  assert.equal((receipt.body.data as { id: string }).id, id);
  const ids = new Set(output.map(({ response }) => response?.request_id));
  assert.equal(ids.size, 2);
  const spent = (await balance()) - before;
  const own = (receipt.body.data as { total_cost: number }).total_cost;
  assert.ok(own > 0 && Math.abs(spent - 2 * own) < 1e-7, `two lines of ${own} cost ${spent}`);
  const seen: string[] = [];
  for await (const one of openai.batches.list({ limit: 1 })) seen.push(one.id);
  assert.ok(seen.includes(begun.id));
});

test('what is wrong with an input file is told by line, and nothing of it is sent', async () => {
  const wrong = await ended(
    (await begin([line('a', 'x'), 'no JSON', line('a', 'x'), line('b', 'x', 'sandbox/echo', '/v1/embeddings')])).id,
  );
  assert.equal(wrong.status, 'failed');
  assert.deepEqual(
    wrong.errors?.data?.map(({ code, line }) => [code, line]),
    [
      ['invalid_json_line', 2],
      ['duplicate_custom_id', 3],
      ['mismatched_url', 4],
    ],
  );
  assert.equal(wrong.request_counts?.completed, 0);
  const missing = { input_file_id: 'file-x', endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
  await assert.rejects(openai.batches.create(missing), (error: Error) => error instanceof OpenAI.NotFoundError);
  const elsewhere = await ask(gateway, 'POST', '/batches', {
    headers: JSON_TYPE,
    body: JSON.stringify({ ...missing, endpoint: '/v1/audio/speech' }),
  });
  assert.match(messageOf(elsewhere), /^endpoint: one of/);
});

test('a batch that is cancelled keeps what was answered; another workspace sees nothing of it', async () => {
  const slow = Array.from({ length: 40 }, (_, at) => line(String(at), 'x', 'sandbox/slow-first-token'));
  const begun = await begin(slow);
  const { key } = await stranger(gateway, 'others');
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/cancel'],
    ['DELETE', ''],
  ] as const)
    assert.equal(
      (
        await ask(gateway, method, `/batches/${begun.id}${path}`, {
          key,
          headers: JSON_TYPE,
          ...(method === 'POST' && { body: '{}' }),
        })
      ).status,
      404,
    );
  assert.deepEqual((await ask(gateway, 'GET', '/batches', { key })).body.data, []);
  assert.equal((await ask(gateway, 'DELETE', `/batches/${begun.id}`)).status, 409);
  assert.equal((await openai.batches.cancel(begun.id)).status, 'cancelling');
  const batch = await ended(begun.id);
  assert.equal(batch.status, 'cancelled');
  const { completed = 0, failed = 0 } = batch.request_counts ?? {};
  assert.equal(completed + failed, 40);
  assert.ok(failed > 20, `${failed} were never sent`);
  const errors = await content(batch.error_file_id);
  assert.ok(errors.some(({ error }) => error?.code === 'batch_cancelled'));
  const gone = await ask(gateway, 'DELETE', `/batches/${begun.id}`);
  assert.deepEqual([gone.status, gone.body], [200, { id: begun.id, object: 'batch', deletion: { openrouter: true } }]);
});

test('the Anthropic client sends messages in a batch and reads their results', async () => {
  const params = (text: string, model = 'sandbox/echo') => ({
    model,
    max_tokens: 50,
    messages: [{ role: 'user' as const, content: text }],
  });
  const begun = await anthropic.messages.batches.create({
    requests: [
      { custom_id: 'a', params: params('hello') },
      { custom_id: 'b', params: params('x', 'sandbox/error-400') },
    ],
  });
  assert.deepEqual([begun.type, begun.processing_status, begun.results_url], ['message_batch', 'in_progress', null]);
  let batch = begun;
  while (batch.processing_status !== 'ended') batch = await anthropic.messages.batches.retrieve(begun.id);
  assert.deepEqual(batch.request_counts, { processing: 0, succeeded: 1, errored: 1, canceled: 0, expired: 0 });
  const results = new Map<string, Anthropic.Messages.MessageBatchResult>();
  for await (const { custom_id, result } of await anthropic.messages.batches.results(begun.id))
    results.set(custom_id, result);
  const [a, b] = [results.get('a'), results.get('b')];
  assert.ok(a?.type === 'succeeded' && b?.type === 'errored');
  const [block] = a.message.content;
  assert.equal(block?.type === 'text' && block.text, 'hello');
  assert.equal(b.error.error.type, 'invalid_request_error');
  const seen: string[] = [];
  for await (const one of anthropic.messages.batches.list()) seen.push(one.id);
  assert.deepEqual(seen, [begun.id], 'and not those of the other paths');
  assert.equal((await anthropic.messages.batches.delete(begun.id)).type, 'message_batch_deleted');
  await assert.rejects(
    anthropic.messages.batches.retrieve(begun.id),
    (error: Error) => error instanceof Anthropic.NotFoundError,
  );
});

test('OpenRouter’s batches come with their requests, and their results inside', async () => {
  const post = (body: object) => ask(gateway, 'POST', '/batches', { headers: JSON_TYPE, body: JSON.stringify(body) });
  const body = (text: string) => ({ messages: [{ role: 'user', content: text }] });
  const requests = [
    { custom_id: 'a', body: body('one') },
    { custom_id: 'b', body: { ...body('two'), model: 'sandbox/echo' } },
  ];
  const wish = { endpoint: '/v1/chat/completions', model: 'sandbox/echo', requests };
  const begun = await post(wish);
  assert.equal(begun.status, 202);
  assert.deepEqual(
    [begun.body.object, begun.body.model, begun.body.request_counts],
    ['batch', 'sandbox/echo', { total: 2, completed: 0, failed: 0 }],
  );
  let { body: told } = begun;
  while (told.status !== 'completed') told = (await ask(gateway, 'GET', `/batches/${begun.body.id}`)).body;
  const results = told.results as Line[];
  assert.deepEqual(results.map(({ custom_id, response }) => [custom_id, response?.status_code]).sort(), [
    ['a', 200],
    ['b', 200],
  ]);
  const other = await post({ ...wish, requests: [{ custom_id: 'a', body: { ...body('x'), model: 'sandbox/lorem' } }] });
  assert.deepEqual([other.status, messageOf(other)], [400, 'requests.0: A line’s model must be the batch’s.']);
  assert.equal((await post({ ...wish, requests: [] })).status, 400);
});

test('a line beyond its key’s limit ends with that error, and so do the lines of a key that is deleted', async () => {
  const { key, hash, workspace } = await stranger(gateway, 'poor');
  const management = { key: MANAGEMENT_KEY, headers: JSON_TYPE };
  await ask(gateway, 'PATCH', `/keys/${hash}`, { ...management, body: JSON.stringify({ limit: 0 }) });
  const run = async (lines: readonly string[]): Promise<Line[]> => {
    const file = await upload(gateway, lines.join('\n'), 'in.jsonl', key);
    const wish = { input_file_id: file.body.id, endpoint: '/v1/chat/completions', completion_window: '24h' };
    const begun = await ask(gateway, 'POST', '/batches', { key, headers: JSON_TYPE, body: JSON.stringify(wish) });
    let { body } = begun;
    while (body.status !== 'completed') body = (await ask(gateway, 'GET', `/batches/${begun.body.id}`, { key })).body;
    const response = await fetch(`${gateway.base}/files/${body.error_file_id}/content`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return linesOf(await response.text());
  };
  const poor = await run([line('a', 'x', 'my/priced'), line('b', 'x', 'my/priced')]);
  assert.deepEqual(
    poor.map(({ response }) => response?.status_code),
    [402, 402],
  );
  await ask(gateway, 'PATCH', `/keys/${hash}`, { ...management, body: JSON.stringify({ limit: null }) });
  const slow = Array.from({ length: 20 }, (_, at) => line(String(at), 'x', 'sandbox/slow-first-token'));
  const file = await upload(gateway, slow.join('\n'), 'in.jsonl', key);
  const wish = { input_file_id: file.body.id, endpoint: '/v1/chat/completions' };
  const begun = await ask(gateway, 'POST', '/batches', { key, headers: JSON_TYPE, body: JSON.stringify(wish) });
  while ((await ask(gateway, 'GET', `/batches/${begun.body.id}`, { key })).body.status !== 'in_progress')
    await wait(20);
  const second = await ask(gateway, 'GET', `/files/${file.body.id}`, { key });
  assert.equal(second.status, 200);
  assert.equal((await ask(gateway, 'DELETE', `/keys/${hash}`, { key: MANAGEMENT_KEY })).status, 200);
  const { body: made } = await ask(gateway, 'POST', '/keys', {
    ...management,
    body: JSON.stringify({ name: 'next', workspace_id: workspace }),
  });
  const next = String(made.key);
  let told = (await ask(gateway, 'GET', `/batches/${begun.body.id}`, { key: next })).body;
  while (told.status === 'in_progress') {
    await wait(50);
    told = (await ask(gateway, 'GET', `/batches/${begun.body.id}`, { key: next })).body;
  }
  assert.equal(told.status, 'completed');
  const response = await fetch(`${gateway.base}/files/${told.error_file_id}/content`, {
    headers: { authorization: `Bearer ${next}` },
  });
  const statuses = linesOf(await response.text()).map((one) => one.response?.status_code);
  assert.ok(statuses.length >= 12 && statuses.every((status) => status === 401), statuses.join());
});
