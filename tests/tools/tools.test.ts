/** The tools and plugins that the gateway runs, as programs meet them, with models of the sandbox. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startSandbox } from '#src/sandbox/server.ts';
import { realWorld } from '#src/upstream/world.ts';
import { startInstance } from '../rights/instance.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchwright-tools-'));
const sandbox = await startSandbox(realWorld(), { pieceMs: 0 });
const instance = await startInstance({
  SWITCHWRIGHT_DATA_DIR: folder,
  SANDBOX_BASE_URL: sandbox.origin,
  EXA_API_KEY: 'k',
  SWITCHWRIGHT_SHELL_COMMAND: '/bin/sh -s',
});
after(async () => {
  await instance.close();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const url = `${instance.origin}/api/v1`;
const headers = { ...instance.headersOf('caller'), 'content-type': 'application/json' };
const post = (path: string, body: object): Promise<Response> =>
  fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
const chat = (text: string, more: object = {}): Promise<Response> =>
  post('/chat/completions', { model: 'sandbox/echo', messages: [{ role: 'user', content: text }], ...more });
const errorOf = async (answer: Response) =>
  ((await answer.json()) as { error: { message: string; metadata: { [name: string]: unknown } } }).error;
const receiptOf = async (answer: Response) =>
  instance.composed.storage.records.find(answer.headers.get('x-generation-id') ?? '');

type ToolJson = {
  readonly name: string;
  readonly api_formats: { readonly [format: string]: { readonly types: readonly string[] } };
  readonly engines: readonly { readonly id: string; readonly is_set_up: boolean }[];
  readonly parameters: readonly { readonly name: string }[];
};

test('GET /tools tells what is run here, what asks for it and who does it', async () => {
  const list = await fetch(`${url}/tools`);
  const { data, total_count } = (await list.json()) as { data: ToolJson[]; total_count: number };
  assert.equal(data.length, total_count);
  const search = data.find(({ name }) => name === 'web_search');
  assert.deepEqual(search?.api_formats.messages?.types, ['openrouter:web_search', 'web_search_20250305']);
  assert.deepEqual(
    search?.engines.filter(({ is_set_up }) => is_set_up).map(({ id }) => id),
    ['exa'],
  );
  const page = await fetch(`${url}/tools?offset=1&limit=2`);
  assert.deepEqual(
    ((await page.json()) as { data: ToolJson[] }).data.map(({ name }) => name),
    data.slice(1, 3).map(({ name }) => name),
  );
  const one = (await (await fetch(`${url}/tools/openrouter:advisor`)).json()) as { data: ToolJson };
  assert.ok(one.data.parameters.some(({ name }) => name === 'forward_transcript'));
  assert.equal((await fetch(`${url}/tools/nonsense`)).status, 404);
  for (const query of ['limit=101', 'limit=0', 'offset=-1', 'api_format=smoke'])
    assert.equal((await fetch(`${url}/tools?${query}`)).status, 400, query);
});

test('the plugin moderation refuses what is flagged, with its reasons, and notes what it let pass', async () => {
  const plugins = [{ id: 'moderation' }];
  for (const more of [{}, { stream: true }]) {
    const refused = await chat('A story of violence', { plugins, ...more });
    assert.equal(refused.status, 403);
    const { metadata } = await errorOf(refused);
    assert.deepEqual(metadata.reasons, ['violence']);
    assert.equal(metadata.flagged_input, 'A story of violence');
    assert.equal(metadata.model_slug, 'sandbox/moderate');
  }
  const passed = await chat('A story of peace', { plugins });
  assert.equal(passed.status, 200);
  await passed.text();
  const legs = (await receiptOf(passed))?.legs?.map(({ purpose, name, by, note }) => [purpose, name, by, note]);
  assert.deepEqual(legs, [
    ['model', 'moderation', 'sandbox/moderate', undefined],
    ['plugin', 'moderation', 'sandbox/moderate', 'nothing was flagged'],
    ['answer', undefined, undefined, undefined],
  ]);
  const flagged = await chat('A story of violence', { plugins: [{ id: 'moderation', action: 'flag' }] });
  assert.equal(flagged.status, 200);
  await flagged.text();
  assert.equal((await receiptOf(flagged))?.legs?.[1]?.note, 'flagged: violence');
  const off = await chat('A story of violence', { plugins: [{ id: 'moderation', enabled: false }] });
  assert.equal(off.status, 200);
  await off.text();
});

test('what cannot be judged is not sent; wrong options are told', async () => {
  const lost = await chat('Hello', { plugins: [{ id: 'moderation', model: 'sandbox/nobody' }] });
  assert.ok(lost.status >= 400, `${lost.status}`);
  await lost.text();
  for (const entry of [{ action: 'burn' }, { model: 4 }, { flavour: 'sweet' }]) {
    const refused = await chat('Hello', { plugins: [{ id: 'moderation', ...entry }] });
    assert.equal(refused.status, 400, JSON.stringify(entry));
    await refused.text();
  }
});

test('in Messages and the Responses API the plugin refuses in their words', async () => {
  const plugins = [{ id: 'moderation' }];
  const messages = [{ role: 'user', content: 'violence' }];
  const message = await post('/messages', { model: 'sandbox/echo', max_tokens: 50, messages, plugins });
  assert.equal(message.status, 403);
  assert.equal(((await message.json()) as { type: string }).type, 'error');
  const response = await post('/responses', { model: 'sandbox/echo', input: 'violence', plugins });
  assert.equal(response.status, 403);
  await response.text();
});

const using = (type: string, parameters?: object) => ({ tools: [{ type, ...(parameters && { parameters }) }] });

test('a command runs in what the operator has set up, in the formats that have the tool', async () => {
  const responded = await post('/responses', {
    model: 'sandbox/tools',
    input: 'echo $((6*7))',
    ...using('openrouter:shell'),
  });
  assert.equal(responded.status, 200, await responded.clone().text());
  const { output } = (await responded.json()) as { output: { type: string; [field: string]: unknown }[] };
  const item = output.find(({ type }) => type === 'openrouter:shell');
  assert.deepEqual(item?.output, [{ stdout: '42\n', stderr: '', outcome: { type: 'exit', exit_code: 0 } }]);
  assert.match(JSON.stringify(item?.action), /^\{"commands":\["echo \$\(\(6\*7\)\)"\]/);
  const message = await post('/messages', {
    model: 'sandbox/tools',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'echo $((6*7)); exit 4' }],
    ...using('openrouter:bash', { engine: 'openrouter' }),
  });
  const { content } = (await message.json()) as { content: { type: string; content?: { [field: string]: unknown } }[] };
  const block = content.find(({ type }) => type === 'openrouter_bash_tool_result');
  assert.deepEqual([block?.content?.stdout, block?.content?.exitCode], ['42\n', 4], JSON.stringify(content));
});

test('nothing is run that is not set up, is handed to the program, or is of another format', async () => {
  const refusals = [
    ['/chat/completions', using('openrouter:shell'), /responses, messages/],
    ['/responses', using('openrouter:bash', { engine: 'openrouter' }), /messages/],
    ['/messages', using('openrouter:bash'), /engine/],
    ['/messages', using('openrouter:bash', { engine: 'boiler' }), /engine/],
    ['/chat/completions', using('openrouter:code_interpreter'), /SWITCHWRIGHT_CODE_COMMAND/],
    ['/responses', using('openrouter:shell', { environment: { type: 'container_reference' } }), /environment/],
  ] as const;
  const messages = [{ role: 'user', content: 'Hello' }];
  for (const [path, tools, words] of refusals) {
    const said = path === '/responses' ? { input: 'Hello' } : { messages, max_tokens: 50 };
    const refused = await post(path, { model: 'sandbox/tools', ...said, ...tools });
    assert.equal(refused.status, 400, path);
    assert.match(await refused.text(), words);
  }
});
