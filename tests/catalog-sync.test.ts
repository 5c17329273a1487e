/** `catalog sync` against a server that answers as models.dev does, and as it should not. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadCatalog } from '../src/catalog/load.ts';
import { syncCatalogue } from '../src/cli/catalog-sync.ts';
import { KNOWN } from '../src/cli/catalogue.ts';

const data = mkdtempSync(join(tmpdir(), 'sync-'));
const answers: { [path: string]: (request: IncomingMessage, response: ServerResponse) => void } = {};
const server = createServer((request, response) => answers[request.url ?? '']?.(request, response));
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
after(() => {
  server.close();
  rmSync(data, { recursive: true });
});

const SETTINGS = `
canonical = "router"
ignore = ["by-the-month"]
reasoning_on_request = []
tokenizers = []
[hosts.router]
provider = "router"
[hosts.lab]
provider = "lab"
author = "lab"
[authors]
[same]
[latest]
[cache_write_1h]
`;
const model = (id: string, more: object = {}) => ({
  [id]: {
    id,
    name: id.split('/').at(-1),
    release_date: '2026-01-02',
    attachment: false,
    tool_call: true,
    reasoning: false,
    open_weights: false,
    modalities: { input: ['text'], output: ['text'] },
    limit: { context: 100_000, output: 8_000 },
    cost: { input: 1, output: 2.5 },
    ...more,
  },
});
/** As the live api.json has it. */
const host = (id: string, ...models: object[]) => ({
  [id]: {
    id,
    name: id,
    env: ['K'],
    npm: '@ai-sdk/x',
    api: 'https://x.test',
    doc: 'https://x.test',
    models: Object.assign({}, ...models),
  },
});
const LIVE = {
  ...host('router', model('lab/one'), model('lab/two'), model('lab/three'), model('other/four'), model('other/five')),
  ...host('lab', model('one', { cost: { input: 0.9999999, output: 2 } })),
  ...host('by-the-month', model('x')),
  ...host('newcomer', model('y')),
};

function put(path: string, text: string): void {
  mkdirSync(dirname(join(data, path)), { recursive: true });
  writeFileSync(join(data, path), text);
}
const read = (path: string): string => readFileSync(join(data, path), 'utf8');
const files = (): string[] =>
  readdirSync(join(data, 'models'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.toml'))
    .sort();
const serve = (body: unknown): void => {
  answers['/api.json'] = (_request, response) => response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const sync = (more: object = {}) =>
  syncCatalogue({ from: `${origin}/api.json`, data, keep: false, dryRun: false, ...more });
async function said(more: object = {}): Promise<string> {
  const done = await sync(more);
  return done.ok ? done.value : `refused: ${done.error}`;
}

beforeEach(async () => {
  for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
  put('sync.toml', SETTINGS);
  put('authors.toml', 'lab = "The Lab"\n');
  put('providers/router.toml', 'name = "Router"\nbase_url = "https://router.test/v1"\nreseller = true\n');
  put('providers/lab.toml', 'name = "Lab"\nbase_url = "https://lab.test/v1"\n');
  mkdirSync(join(data, 'models'));
  serve(LIVE);
});

test('the live listing is written once; a second run changes nothing', async () => {
  assert.equal(
    await said(),
    'Hosts that data/sync.toml does not know, left out: newcomer\n' +
      '5 models, 6 endpoints on 2 providers; 5 added, 0 changed, 0 removed.',
  );
  assert.deepEqual(files(), ['lab/one.toml', 'lab/three.toml', 'lab/two.toml', 'other/five.toml', 'other/four.toml']);
  assert.match(read('models/lab/one.toml'), /\[endpoints\.lab\.price\]\ninput = "1\.00"\noutput = "2\.00"\n/);
  assert.match(await said(), /0 added, 0 changed, 0 removed\.$/);
});

test('redirects, compression and entity tags are the usual ones', async () => {
  answers['/old'] = (_request, response) => response.writeHead(308, { location: '/packed' }).end();
  answers['/packed'] = (request, response) => {
    assert.match(request.headers['accept-encoding'] ?? '', /gzip/);
    assert.match(request.headers['user-agent'] ?? '', /^Switchwright\//);
    response.writeHead(200, { 'content-encoding': 'gzip', etag: '"1"', 'content-type': 'application/json' });
    response.end(gzipSync(JSON.stringify(LIVE)));
  };
  answers['/loop'] = (_request, response) => response.writeHead(302, { location: '/loop' }).end();
  assert.match(await said({ from: `${origin}/old` }), /5 added/);
  assert.match(await said({ from: `${origin}/loop` }), /^refused: .*\/loop cannot be read: .*redirect/);
});

test('what is no listing is refused with a reason, and changes nothing', async () => {
  await sync();
  const before = files().map((name) => read(`models/${name}`));
  answers['/missing'] = (_request, response) => response.writeHead(404).end('no');
  answers['/cut'] = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"router":');
    response.destroy();
  };
  answers['/bomb'] = (_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(65 * 2 ** 20, 32)));
  const refused = async (path: string) => (await said({ from: origin + path })).replaceAll(origin, '');
  assert.equal(await refused('/missing'), 'refused: /missing answered 404.');
  assert.match(await refused('/cut'), /^refused: \/cut cannot be read: /);
  assert.equal(await refused('/bomb'), 'refused: /bomb is larger than 67108864 bytes.');
  assert.match(await said({ from: join(data, 'nowhere.json') }), /^refused: .*nowhere\.json cannot be read: ENOENT/);
  for (const [body, reason] of [
    ['<html>', 'is not JSON.'],
    [JSON.stringify(LIVE).slice(0, 900), 'is not JSON.'],
    ['[1, 2]', 'Nothing that looks like a listing'],
    ['null', 'Nothing that looks like a listing'],
    [{ error: { message: 'gone' } }, 'Nothing that looks like a listing'],
    [host('router', model('lab/one')), '4 of 5 models are missing, which looks like a broken listing'],
  ] as const) {
    serve(body);
    assert.ok((await said()).includes(reason), JSON.stringify(body).slice(0, 60));
  }
  assert.deepEqual(
    files().map((name) => read(`models/${name}`)),
    before,
  );
});

test('hostile and unknown members neither break the files nor leave the folder', async () => {
  const odd = model('lab/odd', {
    name: '  Odd\n"name"\u007f \ud800 \\',
    release_date: '2026-02-30',
    knowledge: 7,
    modalities: { input: ['text', 'smell'], output: ['text'], future: [] },
    limit: { context: 1e5, output: -3, input: 'x' },
    cost: { input: 0.1 + 0.2, output: 1e-9, cache_read: 1e300, tiers: [{ tier: { size: 10 } }, null], moon: { a: 1 } },
    reasoning_options: [{ type: 'effort', values: ['low', 'cosmic'] }, 3],
    benchmarks: [
      { name: '', score: 1 },
      { name: 'B', score: 'high', source: 'https://b.test' },
    ],
    reasoning: true,
    invented_in_2027: { deep: [1, { a: null }] },
  });
  serve({
    ...LIVE,
    ...host(
      'router',
      ...Object.values(LIVE.router ?? {}).filter((value) => typeof value === 'object' && !Array.isArray(value)),
      odd,
      model('../../escaped'),
      model('api/models'),
      model('lab/a/b'),
      model('lab/no-price', { cost: { input: 'cheap' } }),
      model('lab/per-token', { cost: { input: 5_000_000, output: 5_000_000 } }),
      { 'lab/null': null, __proto__: { polluted: true } },
    ),
    $schema: 'https://x.test',
    version: 3,
  });
  assert.match(await said(), /^Hosts that .*newcomer\n6 models/);
  assert.ok(files().includes('lab/odd.toml'));
  const text = read('models/lab/odd.toml');
  assert.match(text, /^name = "Odd \\"name\\"\\u007f \ufffd \\\\"$/m);
  assert.match(text, /^input = "0\.30"\noutput = "0\.000001"$/m);
  assert.match(text, /^efforts = \["low"\]$/m);
});

test('what people know better stays: curated files win, files by hand are never touched', async () => {
  put('curated/models/lab/one.toml', 'name = "One, by hand"\n[endpoints.lab.price]\ninput = "7"\n');
  put('models/lab/two.toml', 'name = "Two"\n[endpoints.lab]\nprice = { input = "1", output = "1" }\n');
  put('models/mine/own.toml', '[endpoints.lab]\nprice = { input = "1", output = "1" }\n');
  const dry = await said({ dryRun: true });
  assert.ok(dry.includes('\n= lab/two (kept by hand)\n'), dry);
  await sync();
  const loaded = loadCatalog([data], KNOWN, {});
  assert.ok(loaded.ok);
  assert.equal(loaded.value.models.get('lab/one')?.name, 'One, by hand');
  assert.equal(loaded.value.endpoints.get('lab/one@lab')?.price.input, 7_000_000n);
  assert.equal(loaded.value.models.get('lab/two')?.endpoints.length, 1);
  assert.ok(loaded.value.models.has('mine/own'));
});

test('a dry run tells every change and makes none; the run after it makes them', async () => {
  await sync();
  const models = {
    ...LIVE.router?.models,
    ...model('lab/one', { cost: { input: 1, output: 3, cache_read: 0.1 } }),
    ...model('lab/six'),
  };
  delete (models as { [id: string]: object })['other/five'];
  serve({ ...LIVE, router: { ...LIVE.router, models } });
  const told = [
    '+ lab/six',
    '- other/five',
    '~ lab/one',
    '    ~ endpoints.router.price.output: "2.50" → "3.00"',
    '    + endpoints.router.price.input_cache_read = "0.10"',
    'Hosts that data/sync.toml does not know, left out: newcomer',
    '5 models, 6 endpoints on 2 providers; 1 added, 1 changed, 1 removed: nothing was written.',
  ].join('\n');
  assert.equal(await said({ dryRun: true }), told);
  assert.ok(files().includes('other/five.toml'));
  assert.match(await said(), /^- other\/five\.toml is no longer listed\n/);
  assert.ok(!files().includes('other/five.toml'));
});

test('a sync after which the catalogue would not load is refused, with the place', async () => {
  put('curated/models/lab/one.toml', '[endpoints.nobody]\nfree = true\n');
  assert.equal(
    await said(),
    'refused: The catalogue would not load afterwards; no file was changed:\n' +
      `  ${join(data, 'curated/models/lab/one.toml')}:1 endpoints.nobody: there is no provider nobody`,
  );
  assert.deepEqual(files(), []);
  put('sync.toml', 'canonical = 1\n');
  assert.match(await said(), /^refused: The settings of the sync have problems:\n {2}\S+sync\.toml:1 canonical: /);
});

test('the live listing tells less than a snapshot: benchmarks and identities of before stay', async () => {
  const benchmarks = [{ name: 'B', score: 3, metric: '%', source: 'https://b.test' }];
  const linked = { base_model: 'lab/two' };
  const snapshot = {
    models: { 'lab/two': { ...model('lab/two')['lab/two'], benchmarks } },
    providers: {
      ...LIVE,
      ...host('lab', model('one'), model('codename', linked)),
      router: { ...LIVE.router, models: { ...LIVE.router?.models, ...model('lab/two', linked) } },
    },
  };
  serve(snapshot);
  await sync();
  assert.match(
    read('models/lab/two.toml'),
    /\[\[benchmarks\]\]\nname = "B"[\s\S]*\[endpoints\.lab\]\nupstream_id = "codename"/,
  );
  const { base_model: _link, ...plain } = linked;
  serve({ ...LIVE, ...host('lab', model('one'), model('codename', plain)) });
  assert.match(await said({ dryRun: true }), /0 added, 0 changed, 0 removed/);
});
