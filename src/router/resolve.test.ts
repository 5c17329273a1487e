import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { loadCatalog } from '../catalog/load.ts';
import { resolveModel, similarModels } from './resolve.ts';

const folder = mkdtempSync(join(tmpdir(), 'resolve-'));
after(() => rmSync(folder, { recursive: true }));

function file(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

for (const slug of ['fast-ai', 'z-maker', 'rockets'])
  file(`providers/${slug}.toml`, `name = "${slug}"\nbase_url = "https://${slug}.example/v1"\n`);
const endpoint = (host: string, id: string): string =>
  `[endpoints.${host}]\nupstream_id = "${id}"\nfeatures = []\nprice = { input = "1", output = "1" }\n`;
file('models/z-maker/glm-4.7.toml', `name = "GLM"\n${endpoint('z-maker', 'glm-4.7')}`);
file('models/rocketsai/large-2512.toml', `name = "Large"\n${endpoint('rockets', 'large-latest')}`);
file('models/open/oss-120b.toml', `name = "OSS"\n${endpoint('fast-ai', 'open/oss-120b')}`);

const loaded = loadCatalog([folder], { dialects: new Set(['openai-chat']), quirks: new Map() }, {});
assert(loaded.ok, JSON.stringify(loaded));
const catalog = loaded.value;
const idOf = (name: string): string | undefined => resolveModel(catalog, name)?.model.id;

for (const [name, id] of Object.entries({
  'zmaker/glm-4.7': 'z-maker/glm-4.7',
  'ZMaker/GLM-4.7': 'z-maker/glm-4.7',
  'fast/open/oss-120b': 'open/oss-120b',
  'fast_ai/oss-120b': 'open/oss-120b',
  'rockets/large-latest': 'rocketsai/large-2512',
  'rocketsai/large-latest': 'rocketsai/large-2512',
  'rockets/large-2512': 'rocketsai/large-2512',
}))
  test(`the vendor in front, spelt another way: ${name}`, () => {
    assert.equal(idOf(name), id);
  });

test('a variant stands behind such a name too', () => {
  assert.equal(resolveModel(catalog, 'rockets/large-latest:nitro')?.sort, 'throughput');
});

for (const name of [
  'rockets/glm-4.7',
  'nobody/large-latest',
  'rockets/',
  '/large-latest',
  'rockets/no-such',
  'rockets',
])
  test(`no model of that host or author: ${name}`, () => {
    assert.equal(idOf(name), undefined);
  });

test('for a name nobody knows those most like it are told, the likest first, and none that is not like it', () => {
  assert.deepEqual(similarModels(catalog, 'z-maker/glm-4.6', 3), ['z-maker/glm-4.7']);
  assert.deepEqual(similarModels(catalog, 'Z-Maker/GLM-4', 3), ['z-maker/glm-4.7']);
  assert.deepEqual(similarModels(catalog, 'open/oss-20b', 3), ['open/oss-120b']);
  assert.deepEqual(similarModels(catalog, 'open/oss-20b', 0), []);
  for (const unlike of ['quartz', 'x', '']) assert.deepEqual(similarModels(catalog, unlike, 3), [], unlike);
});
