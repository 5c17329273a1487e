/** `explain` and `replay` beside a running gateway: what its operator is told of a call of the past. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { runCommand } from '../src/cli/commands.ts';
import { API_KEY, type GatewayProcess, startGateway } from './gateway-process.ts';

/** Nobody listens there; the call goes on to the sandbox, which is asked for by its own name. */
const HOSTS = {
  'providers/first.toml': 'name = "First"\nbase_url = "http://127.0.0.1:9/v1"\nauth = { scheme = "none" }\n',
  'providers/second.toml': 'name = "Second"\nbase_url = "http://127.0.0.1:9/v1"\nauth = { scheme = "none" }\n',
  'providers/closed.toml':
    'name = "Closed"\nbase_url = "http://127.0.0.1:9/v1"\nauth = { scheme = "bearer", env = "CLOSED_KEY" }\n',
  'models/acme/one.toml': `name = "One"
[endpoints.first]
price = { input = "1", output = "2" }
[endpoints.second]
price = { input = "2", output = "4" }
[endpoints.closed]
price = { input = "1", output = "2" }
`,
};

let gateway: GatewayProcess;
before(async () => {
  gateway = await startGateway({ catalogue: HOSTS });
});
after(() => gateway.stop());

async function call(): Promise<string> {
  const response = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'acme/one',
      models: ['sandbox/echo'],
      provider: { sort: 'price' },
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  });
  assert.equal(response.status, 200, await response.text());
  return response.headers.get('x-generation-id') ?? '';
}

async function typed(context: TestContext, ...words: string[]) {
  let out = '';
  let err = '';
  const log = context.mock.method(console, 'log', (line: string) => (out += `${line}\n`));
  const error = context.mock.method(console, 'error', (line: string) => (err += `${line}\n`));

  const code = await runCommand(words, {
    SWITCHWRIGHT_LOCAL_SERVERS: '0',
    SWITCHWRIGHT_DATA_DIR: join(gateway.folder, 'data'),
    SWITCHWRIGHT_CATALOG: join(gateway.folder, 'catalogue'),
    SANDBOX_BASE_URL: 'http://127.0.0.1:1/v1',
  });
  log.mock.restore();
  error.mock.restore();
  return { out, err, code };
}

/** The command is beside the server, whose tables follow its journal within a moment. */
async function told(context: TestContext, ...words: string[]) {
  for (;;) {
    const said = await typed(context, ...words);
    if (!said.err.includes('There is no receipt')) return said;
    await new Promise((done) => setTimeout(done, 50));
  }
}

test('the plan of a call is told and made anew, whatever became of its endpoints since', async (context) => {
  const first = await call();

  const explained = await told(context, 'explain', first);
  assert.equal(explained.code, 0, explained.err);
  assert.match(explained.out, /acme\/one: completed, sandbox\/echo@sandbox/);
  assert.match(explained.out, /1\. acme\/one@first\s+sorted by price; about \$0\.00\d+/);
  assert.match(explained.out, /2\. acme\/one@second\s+sorted by price/);
  assert.match(explained.out, /3\. sandbox\/echo@sandbox\s/);
  assert.match(explained.out, /– acme\/one@closed\s+credentials: set CLOSED_KEY/);
  assert.match(explained.out, /1\. acme\/one@first\s+\d+ ms, upstream_unreachable/);
  assert.match(explained.out, /200, \d+ ms, answered/);

  const then = await told(context, 'replay', first);
  assert.equal(then.code, 0, then.err);
  assert.match(then.out, /1\. acme\/one@first.*\n +2\. acme\/one@second.*\n +3\. sandbox\/echo@sandbox/);
  assert.match(then.out, /the same plan, bit\s+for\s+bit/);

  // Two failures are an outage, for five seconds at first: whoever calls then finds both hosts behind.
  let last = '';
  let later = then;
  while (!/1\. sandbox\/echo@sandbox/.test(later.out)) {
    last = await call();
    later = await told(context, 'replay', last);
  }
  assert.match(later.out, /\d\. acme\/one@first +recent outage: tried last/);
  assert.match(later.out, /the same plan, bit\s+for\s+bit/);

  const json = JSON.parse((await told(context, 'replay', last, '--json')).out);
  assert.equal(json.outcome, 'same');
  assert.deepEqual(json.now.map(({ endpoint }: { endpoint: string }) => endpoint).slice(-2), [
    'acme/one@first',
    'acme/one@second',
  ]);
});

test('where prices have changed since, the plan that was written down is told, and that it is that', async (context) => {
  const id = await call();
  const file = join(gateway.folder, 'catalogue', 'models/acme/one.toml');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.replace('input = "1"', 'input = "5"'));
  const changed = await told(context, 'replay', id);
  writeFileSync(file, before);
  assert.equal(changed.code, 0, changed.err);
  assert.match(changed.out, /\d\. acme\/one@second/);
  assert.match(changed.out, /The catalogue says something else of these models by now/);
  mkdirSync(join(gateway.folder, 'catalogue/models/other'), { recursive: true });
  const other = 'name = "Other"\n[endpoints.first]\nprice = { input = "1", output = "2" }\n';
  writeFileSync(join(gateway.folder, 'catalogue/models/other/new.toml'), other);
  assert.match((await told(context, 'replay', id)).out, /the same plan/, 'a new model changes nothing');
});

const asked = (stream: boolean) => ({
  model: 'acme/one',
  models: ['sandbox/echo'],
  stream,
  provider: { only: ['first', 'sandbox'] },
  messages: [{ role: 'user', content: 'Hello' }],
});

async function send(path: string, body: object, headers: object = { 'x-openrouter-metadata': 'enabled' }) {
  const response = await fetch(`${gateway.base}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return response.text();
}

/** As OpenRouter's schema `OpenRouterMetadata` has it (openapi.json, read 2026-11-22). */
function assertMetadata(metadata: { readonly [member: string]: unknown }): void {
  const { available, total } = metadata.endpoints as { available: { [name: string]: unknown }[]; total: number };
  assert.equal(metadata.requested, 'acme/one');
  assert.equal(metadata.strategy, 'fallback');
  assert.equal(metadata.region, null);
  assert.equal(metadata.is_byok, false);
  assert.match(String(metadata.summary), /^available=\d+, selected=Sandbox$/);
  assert(total > available.length, 'those that were rejected are counted');
  assert.deepEqual(
    available.filter(({ selected }) => selected).map(({ provider, model }) => [provider, model]),
    [['Sandbox', 'sandbox/echo']],
  );
  assert.deepEqual(
    available.filter(({ provider }) => provider === 'First').map(({ model, selected }) => [model, selected]),
    [['acme/one', false]],
  );
}

test('who asks how a call was routed is told with the answer, whole and streamed, in every dialect', async () => {
  assertMetadata(JSON.parse(await send('/chat/completions', asked(false))).openrouter_metadata);
  const chunks = (await send('/chat/completions', asked(true)))
    .split('\n\n')
    .filter((one) => one.startsWith('data: {'));
  const told = chunks.map((one) => JSON.parse(one.slice('data: '.length)).openrouter_metadata);
  assertMetadata(told.at(-1));
  assert(
    told.slice(0, -1).every((one) => one === undefined),
    'in the last chunk alone',
  );
  const { messages, ...rest } = asked(false);
  assertMetadata(JSON.parse(await send('/responses', { ...rest, input: 'Hello' })).openrouter_metadata);
  const message = { ...rest, messages, max_tokens: 50 };
  assertMetadata(JSON.parse(await send('/messages', message)).openrouter_metadata);
  const legacy = { 'x-openrouter-experimental-metadata': 'Enabled' };
  assertMetadata(JSON.parse(await send('/chat/completions', asked(false), legacy)).openrouter_metadata);
});

test('a call that nobody answered tells it beside the error', async () => {
  for (const stream of [false, true]) {
    const alone = { ...asked(stream), models: [], provider: {} };
    const { error, openrouter_metadata } = JSON.parse(await send('/chat/completions', alone));
    assert(error.code >= 502, JSON.stringify(error));
    assert.equal(openrouter_metadata.requested, 'acme/one');
    assert.equal(openrouter_metadata.summary, 'available=2');
    assert.equal(openrouter_metadata.strategy, 'direct');
    const quiet = JSON.parse(await send('/chat/completions', alone, {}));
    assert.equal(quiet.openrouter_metadata, undefined);
  }
});

test('who does not ask is not told', async () => {
  for (const headers of [{}, { 'x-openrouter-metadata': 'disabled' }])
    assert.equal(JSON.parse(await send('/chat/completions', asked(false), headers)).openrouter_metadata, undefined);
});

test('a call that nobody knows, and no call, are told in words', async (context) => {
  const unknown = await typed(context, 'explain', 'gen-nobody');
  assert.equal(unknown.code, 1);
  assert.equal(unknown.err, 'There is no receipt gen-nobody.\n');
  const none = await typed(context, 'replay');
  assert.equal(none.code, 2);
  assert.match(none.err, /Which call\?/);
});
