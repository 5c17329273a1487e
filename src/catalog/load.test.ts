import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Catalog } from './catalog.ts';
import { findModel } from './catalog.ts';
import { DIALECT_IDS } from './dialect-table.ts';
import { holdCatalog } from './holder.ts';
import { loadCatalog } from './load.ts';
import { describeProblem } from './problem.ts';

const KNOWS = { dialects: new Set<string>(DIALECT_IDS), quirks: new Map([['openai-chat', new Set(['odd'])]]) };
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catalogue-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const load = (folders = ['a'], environment = {}) =>
  loadCatalog(
    folders.map((folder) => join(root, folder)),
    KNOWS,
    environment,
  );
function loaded(folders?: string[], environment?: { [name: string]: string }): Catalog {
  const result = load(folders, environment);
  if (!result.ok) throw new Error(result.error.map(describeProblem).join('\n'));
  return result.value;
}
function problems(folders?: string[]): string[] {
  const result = load(folders);
  assert.equal(result.ok, false);
  return result.ok ? [] : result.error.map((problem) => describeProblem(problem).slice(root.length + 1));
}
const minimal = (price = 'price = { input = "1", output = "2" }') => {
  write('a/providers/my-host.toml', 'name = "Mine"\nbase_url = "https://x.test/v1/"\n');
  write('a/models/me/tiny.toml', `name = "Tiny"\n[endpoints.my-host]\n${price}\n`);
};

test('a minimal provider and model load, with defaults', () => {
  minimal();
  const catalog = loaded();
  const provider = catalog.providers.get('my-host');
  assert.deepEqual(provider?.auth, { scheme: 'bearer', env: 'MY_HOST_API_KEY' });
  assert.equal(provider?.baseUrl, 'https://x.test/v1');
  assert.deepEqual(
    provider?.dialects.map(({ id }) => id),
    ['openai-chat', 'openai-embeddings', 'openai-speech', 'openai-transcription'],
  );
  assert.equal(provider?.policy.trainsOnData, true, 'what is not stated counts as the worst');
  const endpoint = catalog.endpoints.get('me/tiny@my-host');
  assert.equal(endpoint?.upstreamId, 'tiny');
  assert.equal(endpoint?.price.input, 1_000_000n);
  assert.ok(endpoint?.parameters.has('tools'));
});

test('a price that was forgotten is refused, and one that is a number too', () => {
  minimal('upstream_id = "tiny-1"');
  assert.deepEqual(problems(), [
    'a/models/me/tiny.toml:2: endpoints.my-host.price: price needs input and output; say free = true for what costs nothing',
  ]);
  minimal('price = { input = 0.5, output = "1" }');
  assert.match(problems()[0] ?? '', /^a\/models\/me\/tiny.toml:3: endpoints.my-host.price.input: .*decimal string/);
  minimal('free = true');
  assert.equal(loaded().endpoints.get('me/tiny@my-host')?.price.output, 0n);
});

test('every problem is told with file and line, and nothing loads', () => {
  minimal();
  write('a/providers/b.toml', 'base_url = "https://b.test"\n[dialects.openai-chat]\nquirks = ["even"]\n');
  write('a/providers/c.toml', 'base_url = "https://c.test"\n\n[dialects.smoke-signals]\n');
  write('a/providers/d.toml', 'base_url = "https://d.test"\ncolour = "red"\n');
  write('a/providers/e.toml', 'base_url = "https://e.test"\npolicy = { per_request = true }\n[dialects.gemini]\n');
  write('a/models/api/x.toml', '[endpoints.nobody]\nprice = { input = "1", output = "1" }\n');
  write('a/models/me/broken.toml', 'name = "x\n');
  const found = problems();
  assert.ok(found.includes('a/providers/b.toml:3: dialects.openai-chat.quirks: openai-chat has no quirk even'));
  assert.ok(found.some((text) => text.startsWith('a/providers/c.toml:3: dialects.smoke-signals: unknown dialect')));
  assert.ok(found.includes('a/providers/d.toml:2: colour: unknown key'));
  assert.ok(found.includes("a/providers/e.toml:2: policy.per_request: gemini cannot carry the caller's wishes"));
  assert.ok(found.includes('a/models/api/x.toml:1: api is a page of its own and cannot be an author'));
  assert.ok(found.includes('a/models/api/x.toml:1: endpoints.nobody: there is no provider nobody'));
  assert.ok(found.some((text) => text.startsWith('a/models/me/broken.toml:1: Invalid TOML')));
});

test('what would fail only when it is called is refused at load', () => {
  minimal();
  const at = (text: string) => {
    write('a/providers/b.toml', text);
    return problems();
  };
  assert.deepEqual(at('base_url = "https://"\n'), ['a/providers/b.toml:1: base_url: is not a URL']);
  assert.deepEqual(at('base_url = "https://$' + '{OPEN"\n'), ['a/providers/b.toml:1: base_url: is not a URL']);
  assert.deepEqual(at('base_url = "https://b.test"\ndocs = "javascript:alert(1)"\n'), [
    'a/providers/b.toml:2: docs: must start with http:// or https://',
  ]);
  assert.deepEqual(at('base_url = "https://b.test"\n[dialects.openai-chat.headers]\n"x y" = "1"\n'), [
    'a/providers/b.toml:3: dialects.openai-chat.headers.x y: must be the name of an HTTP header',
  ]);
  assert.deepEqual(at('base_url = "https://b.test"\nauth = { scheme = "header", name = "x\\nkey" }\n'), [
    'a/providers/b.toml:2: auth.name: must be the name of an HTTP header',
  ]);
  assert.deepEqual(at('base_url = "https://b.test"\nalso_at = ["https://c.test"]\n'), [
    'a/providers/b.toml:2: also_at: only servers on this machine (local = true) are looked for',
  ]);
});

test('a file from any editor: a byte order mark is no fault, other encodings and sizes are', () => {
  minimal();
  write('a/providers/b.toml', '\ufeffbase_url = "https://b.test"\r\n');
  assert.equal(loaded().providers.get('b')?.baseUrl, 'https://b.test');
  writeFileSync(
    join(root, 'a/providers/b.toml'),
    Buffer.from('base_url = "https://b.test"\nname = "Caf\xe9"\n', 'latin1'),
  );
  assert.deepEqual(problems(), ['a/providers/b.toml:2: is not UTF-8']);
  write('a/providers/b.toml', `base_url = "https://b.test"\n${'#'.repeat(2 ** 20)}`);
  assert.deepEqual(problems(), ['a/providers/b.toml:1: is larger than 1048576 bytes']);
});

test('a provider that does not load is told once, not again by every model it serves', () => {
  minimal();
  write('a/providers/my-host.toml', 'colour = "red"\n');
  assert.deepEqual(problems(), ['a/providers/my-host.toml:1: colour: unknown key']);
});

test('a search costs what its host says, unless the model’s own file does', () => {
  minimal('price = { input = "1", output = "2" }');
  write('a/models/me/other.toml', '[endpoints.my-host]\nprice = { input = "1", output = "2", web_search = "0.035" }\n');
  write('b/providers/my-host.toml', 'price = { web_search = "0.01" }\n');
  const { endpoints } = loaded(['a', 'b']);
  const searches = ['me/tiny@my-host', 'me/other@my-host'].map((id) => endpoints.get(id)?.price.webSearch);
  assert.deepEqual(searches, [10_000_000_000n, 35_000_000_000n]);
});

test('a tier is its host’s endpoint at another price, and each knows what the others ask', () => {
  minimal('features = ["tools", "logprobs"]\ncontext = 4096\nprice = { input = "1", output = "2" }');
  write('b/models/me/tiny.toml', '[endpoints."my-host/flex"]\nprice = { input = "0.5", output = "1" }\n');
  const { endpoints } = loaded(['a', 'b']);
  const [ordinary, flex] = [endpoints.get('me/tiny@my-host'), endpoints.get('me/tiny@my-host/flex')];
  assert.deepEqual([ordinary?.tier, flex?.tier], [null, 'flex']);
  assert.deepEqual([flex?.context, flex?.upstreamId, flex?.parameters.has('logprobs')], [4096, 'tiny', true]);
  for (const endpoint of [ordinary, flex])
    assert.deepEqual(
      [endpoint?.tierPrices.get('default')?.input, endpoint?.tierPrices.get('flex')?.input],
      [1_000_000n, 500_000n],
    );
  write('b/models/me/tiny.toml', '[endpoints."my-host/flex"]\ncontext = 1024\n');
  assert.match(
    problems(['a', 'b'])[0] ?? '',
    /my-host\/flex.price: price needs input and output/,
    'not its host’s price',
  );
});

test("an operator's folder lies over the shipped one, path by path", () => {
  minimal('features = ["tools", "logprobs"]\nprice = { input = "1", output = "2", input_cache_read = "0.5" }');
  write('b/models/me/tiny.toml', '[endpoints.my-host]\nfeatures = ["json"]\n[endpoints.my-host.price]\ninput = "3"\n');
  write('b/models/me/own+free.toml', '[endpoints."my-host/fp8"]\nfree = true\n');
  const catalog = loaded(['a', 'b']);
  const endpoint = catalog.endpoints.get('me/tiny@my-host');
  assert.deepEqual(
    [endpoint?.price.input, endpoint?.price.output, endpoint?.price.inputCacheRead],
    [3_000_000n, 2_000_000n, 500_000n],
  );
  assert.equal(endpoint?.parameters.has('tools'), false, 'arrays replace');
  assert.equal(catalog.endpoints.get('me/own:free@my-host/fp8')?.quantization, 'fp8');
});

test("variables in URLs are filled, and a named base URL replaces the file's", () => {
  minimal();
  const url = ['https://$', '{REGION}.test/$', '{STAGE:-v1}'].join('');
  write('a/providers/clouded.toml', `base_url = "${url}"\nauth = { scheme = "none" }\n`);
  write('a/providers/here.toml', 'base_url = "http://127.0.0.1:1/v1"\nlocal = true\n');
  write('a/providers/3rd.toml', 'base_url = "https://b.test"\n');
  const catalog = loaded(['a'], {
    REGION: 'eu',
    HERE_BASE_URL: 'http://127.0.0.1:9/v1/',
    _3RD_BASE_URL: 'https://third.test',
  });
  assert.equal(catalog.providers.get('clouded')?.baseUrl, 'https://eu.test/v1');
  assert.equal(catalog.providers.get('here')?.baseUrl, 'http://127.0.0.1:9/v1');
  assert.equal(catalog.providers.get('3rd')?.baseUrl, 'https://third.test');
});

test('bare and dashed names and ids of hosts are aliases unless they are ambiguous', () => {
  minimal();
  const price = 'price = { input = "1", output = "1" }';
  write(
    'a/models/me/big-4.5.toml',
    `aliases = ["old-big"]\n[endpoints.my-host]\nupstream_id = "big-20250101"\n${price}\n`,
  );
  write('a/models/you/tiny.toml', `[endpoints.my-host]\n${price}\n`);
  const catalog = loaded();
  for (const name of ['big-4.5', 'big-4-5', 'me/big-4-5', 'big-20250101', 'old-big'])
    assert.equal(findModel(catalog, name)?.id, 'me/big-4.5', name);
  assert.equal(findModel(catalog, 'tiny'), undefined);
});

test('a reload counts up; a failed one keeps what was', () => {
  minimal();
  const held = holdCatalog((loads) => loadCatalog([join(root, 'a')], KNOWS, {}, loads));
  assert.ok(held.ok);
  const before = held.value.current();
  write('a/models/me/tiny.toml', 'nonsense = true\n');
  assert.equal(held.value.reload().ok, false);
  assert.equal(held.value.current(), before);
  minimal('free = true');
  assert.ok(held.value.reload().ok);
  assert.match(held.value.current().version, /^2\.[0-9a-f]{10}$/);
});

test('an endpoint serves what its model puts out, or the operations that its file names, each in a dialect of that one', () => {
  minimal();
  write('a/models/me/vectors.toml', 'output = ["embeddings"]\n[endpoints.my-host]\nprice = { input = "1" }\n');
  write(
    'a/models/me/both.toml',
    'output = ["text", "embeddings"]\n[endpoints.my-host]\noperations = ["chat", "embeddings"]\nprice = { input = "1", output = "2" }\n',
  );
  const { endpoints } = loaded();
  const spoken = (id: string): readonly string[] => {
    const endpoint = endpoints.get(id);
    assert.ok(endpoint);
    return [endpoint, ...endpoint.others].map(({ operation, dialect }) => `${operation} in ${dialect.id}`);
  };
  assert.deepEqual(spoken('me/tiny@my-host'), ['chat in openai-chat']);
  assert.deepEqual(spoken('me/vectors@my-host'), ['embeddings in openai-embeddings']);
  assert.deepEqual(spoken('me/both@my-host'), ['chat in openai-chat', 'embeddings in openai-embeddings']);
  assert.deepEqual(
    endpoints.get('me/both@my-host')?.others.map(({ id }) => id),
    ['me/both@my-host'],
    'it is the same endpoint, with one health and one price',
  );

  write('a/providers/my-host.toml', 'base_url = "https://x.test/v1/"\n[dialects.gemini]\n');
  assert.deepEqual(problems(), [
    'a/models/me/both.toml:3: endpoints.my-host.operations: my-host does not offer a dialect for embeddings',
    'a/models/me/vectors.toml:2: endpoints.my-host.dialect: my-host does not offer a dialect for embeddings',
  ]);
});

test('others may learn from models with open weights whose licence says so, unless their own file says otherwise', () => {
  minimal();
  const endpoint = '[endpoints.my-host]\nprice = { input = "1", output = "2" }\n';
  for (const [slug, facts] of [
    ['open-one', 'open_weights = true'],
    ['open-one+free', 'open_weights = true'],
    ['open-two', 'open_weights = true\ndistillable = false'],
    ['open-closed', ''],
    ['other', 'open_weights = true'],
    ['named', 'distillable = true'],
  ])
    write(`a/models/me/${slug}.toml`, `name = "x"\n${facts}\n${endpoint}`);
  const licence = 'name = "MIT"\nsource = "https://opensource.org/license/mit"\n';
  write('a/distillable.toml', `[[licences]]\n${licence}models = ["me/open-*"]\n`);
  const { models } = loaded();
  const told = [...models.values()].filter(({ distillable }) => distillable).map(({ id }) => id);
  assert.deepEqual(told.sort(), ['me/named', 'me/open-one', 'me/open-one:free']);
  write('a/distillable.toml', `[[licences]]\n${licence}model = ["me/open-*"]\n`);
  assert.match(problems().join('\n'), /^a\/distillable\.toml:/);
});
