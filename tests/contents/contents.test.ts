/** What calls say is logged only where a workspace wishes it, sealed, and gone when it is to be. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { runCli } from '../byok/cli.ts';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

const gateway = await startGateway();
after(() => gateway.stop());

type Json = { readonly [name: string]: unknown };
async function send(method: string, path: string, body?: object, key = MANAGEMENT_KEY) {
  const answer = await fetch(gateway.base + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, text, id: answer.headers.get('x-generation-id') ?? '' };
}
const data = ({ text }: { readonly text: string }): Json => (JSON.parse(text) as { readonly data: Json }).data;
const QUESTION = 'A secret about marmalade';
const messages = [{ role: 'user', content: QUESTION }];
const chat = (more: object = {}, key = API_KEY) =>
  send('POST', '/chat/completions', { model: 'sandbox/echo', messages, ...more }, key);

/** Contents are written behind the answer. */
async function contentOf(
  id: string,
  key = MANAGEMENT_KEY,
): Promise<{ readonly status: number; readonly text: string }> {
  for (let tries = 0; ; tries++) {
    const answer = await send('GET', `/generation/content?id=${id}`, undefined, key);
    if (answer.status !== 404 || tries > 100) return answer;
    await wait(20);
  }
}
const none = async (id: string): Promise<number> => {
  await wait(200);
  return (await send('GET', `/generation/content?id=${id}`)).status;
};
const setting = (more: object) => send('PATCH', '/workspaces/default', more);
const on = () =>
  setting({
    is_observability_io_logging_enabled: true,
    io_logging_sampling_rate: 1,
    io_logging_api_key_ids: null,
  });
/** Every process hears of a change, a moment after it is answered. */
const settled = () => wait(100);

test('nothing is logged unless a workspace wishes it', async () => {
  const { id } = await chat();
  assert.equal(await none(id), 404);
  assert.equal(data(await send('GET', '/workspaces/default')).is_observability_io_logging_enabled, false);
});

test('whole and streamed chats of every dialect are logged as they were asked and answered', async () => {
  assert.equal((await on()).status, 200);
  assert.equal(data(await send('GET', '/workspaces/default')).is_observability_io_logging_enabled, true);
  await settled();
  const asked: readonly (readonly [path: string, body: object])[] = [
    ['/chat/completions', { model: 'sandbox/echo', messages }],
    ['/messages', { model: 'sandbox/echo', messages, max_tokens: 100 }],
    ['/responses', { model: 'sandbox/echo', input: QUESTION }],
  ];
  for (const [path, body] of asked)
    for (const stream of [false, true]) {
      const answer = await send('POST', path, { ...body, stream }, API_KEY);
      assert.equal(answer.status, 200, answer.text);
      const content = data(await contentOf(answer.id));
      const where = `${path} ${stream}`;
      assert.deepEqual(content.input, { messages }, where);
      assert.equal((content.output as Json).completion, QUESTION, where);
      assert.equal(content.error, null, where);
    }
  const completion = await send('POST', '/completions', { model: 'sandbox/echo', prompt: QUESTION }, API_KEY);
  assert.deepEqual(data(await contentOf(completion.id)).input, { prompt: QUESTION });
  const thought = await chat({ model: 'sandbox/reasoner', reasoning: { effort: 'high' }, stream: true });
  assert.match(String((data(await contentOf(thought.id)).output as Json).reasoning), /First I read the question/);
});

test('what failed tells why', async () => {
  const { id, status } = await chat({ model: 'sandbox/error-429' });
  assert.equal(status, 429);
  const content = data(await contentOf(id));
  assert.equal((content.output as Json).completion, null);
  assert.equal((content.error as Json).status, 429);
});

test('secrets are not written, and what is written is sealed and bounded', async () => {
  const secret = `sk-proj-${'x1'.repeat(20)}`;
  const long = 'y'.repeat(300_000);
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(2000)}` } };
  const content = [{ type: 'text', text: `my key is ${secret}` }, image, { type: 'text', text: long }];
  const { id } = await chat({ model: 'sandbox/vision', messages: [{ role: 'user', content }] });
  const { text } = await contentOf(id);
  assert.ok(!text.includes(secret) && text.includes('my key is [redacted]'), text.slice(0, 500));
  assert.ok(!text.includes('AAAAAAAA') && text.includes('[image/png, 1500 bytes]'));
  assert.ok(text.length < 300_000 && /what follows is not logged/.test(text), text.slice(0, 600));
  const store = join(gateway.folder, 'data');
  for (const file of readdirSync(store).filter((name) => name.startsWith('switchwright.db')))
    assert.ok(!readFileSync(join(store, file)).includes('marmalade'), file);
});

test('a key sees its own, and a workspace may log some of its keys or a part of its calls', async () => {
  const made = JSON.parse((await send('POST', '/keys', { name: 'another' })).text) as Json & { readonly key: string };
  const { hash } = made.data as { readonly hash: string };
  const { id } = await chat();
  assert.equal((await contentOf(id, API_KEY)).status, 200);
  assert.equal((await send('GET', `/generation/content?id=${id}`, undefined, made.key)).status, 404);
  assert.equal((await setting({ io_logging_api_key_ids: [hash] })).status, 200);
  await settled();
  const theirs = await chat({}, made.key);
  assert.equal((await contentOf(theirs.id)).status, 200);
  assert.equal(await none((await chat()).id), 404);
  const { api_key_id } = data(await send('GET', `/generation?id=${theirs.id}`));
  const { io_logging_api_key_ids } = data(await send('GET', '/workspaces/default'));
  assert.deepEqual(io_logging_api_key_ids, [api_key_id]);
  await setting({ io_logging_api_key_ids: null, io_logging_sampling_rate: 0.0001 });
  await settled();
  assert.equal(await none((await chat()).id), 404);
  for (const wrong of [0, 1.5, 'all']) assert.equal((await setting({ io_logging_sampling_rate: wrong })).status, 400);

  assert.equal((await send('DELETE', `/keys/${hash}`)).status, 200);
  assert.equal(await none(theirs.id), 404, 'a key takes its contents along');
});

test('it ends when it is turned off, and one command deletes what there is', async () => {
  await on();
  await settled();
  const { id } = await chat();
  assert.equal((await contentOf(id)).status, 200);
  await setting({ is_observability_io_logging_enabled: false });
  await settled();
  assert.equal(await none((await chat()).id), 404);
  const listed = await runCli(gateway, ['contents'], {});
  assert.match(listed.output, /\d+ contents/);
  assert.equal((await runCli(gateway, ['contents', 'delete', id], {})).code, 0);
  assert.equal(await none(id), 404);
  assert.match((await runCli(gateway, ['contents', 'delete', '--all'], {})).output, /contents are deleted/);
  assert.match((await runCli(gateway, ['contents', 'list'], {})).output, /No content is logged/);
  assert.notEqual((await runCli(gateway, ['contents', 'delete'], {})).code, 0);
});
