/** The examples of docs/policies.md, as an operator copies them, beside the shipped catalogue. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { loadCatalog } from '#src/catalog/load.ts';
import { describeProblem } from '#src/catalog/problem.ts';
import { KNOWN, SHIPPED_CATALOGUE } from '#src/cli/catalogue.ts';

const folder = mkdtempSync(join(tmpdir(), 'policies-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'policies'));

function load(files: { readonly [name: string]: string }) {
  rmSync(join(folder, 'policies'), { recursive: true });
  mkdirSync(join(folder, 'policies'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'policies', `${name}.toml`), text);
  return loadCatalog([SHIPPED_CATALOGUE, folder], KNOWN, {});
}
const problemOf = (text: string): string => {
  const result = load({ wrong: text });
  return result.ok ? 'none' : result.error.map((problem) => describeProblem(problem).split('policies/')[1]).join('\n');
};

test('the examples of the page are policies', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/policies.md'), 'utf8');
  const examples = [...page.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  assert.equal(examples.length, 3);
  const result = load(Object.fromEntries(examples.map((text, place) => [`example-${place}`, text])));
  assert.equal(result.ok ? '' : result.error.map(describeProblem).join('\n'), '');
  const policies = result.ok ? result.value.policies : [];
  assert.deepEqual(
    policies.map(({ name, priority }) => [name, priority]),
    [
      ['example-0', 10],
      ['example-1', 0],
      ['example-2', 0],
    ],
  );
  assert.deepEqual(policies[0]?.when.hours, [{ from: 1_320, to: 360 }]);
  assert.equal(policies[2]?.shadow?.dailyMax, 2_500_000_000n);
});

const WRONG: { readonly [text: string]: string } = {
  '': 'wrong.toml:1: says nothing: it has none of defaults, rules, split, shadow',
  '[rules]\nzdr = false': 'wrong.toml:2: rules.zdr: must be true, or not there: a rule only forbids',
  '[rules]\nonly = ["opnai"]': 'wrong.toml:2: rules.only: there is no provider opnai',
  '[rules]\nmax_price = { prompt = "much" }':
    "wrong.toml:2: rules.max_price.prompt: Invalid type for 'max_price.prompt': expected a price in US dollars, but got a string instead.",
  '[defaults]\nprovider = { sort = "prize" }': 'wrong.toml:2: defaults.provider.sort',
  '[defaults]\nprovider = { sorted = "price" }':
    "wrong.toml:2: defaults.provider: Unrecognized key(s) in object: 'sorted'",
  '[defaults]\nmodels = ["openai/gpt-99"]': 'wrong.toml:2: defaults.models: there is no model openai/gpt-99',
  '[when]\nhours = ["9-5"]\n[rules]\nzdr = true': 'wrong.toml:2: when.hours.0: must be hours such as "22:00-06:00"',
  '[when]\ntimezone = "Mars/Olympus"\n[rules]\nzdr = true':
    'wrong.toml:2: when.timezone: must be a time zone such as "Europe/Berlin"',
  '[when]\nkeys = ["abc"]\n[rules]\nzdr = true': 'wrong.toml:2: when.keys.0: must be the first 8 or more characters',
  '[when]\nmodel = ["x"]\n[rules]\nzdr = true': 'wrong.toml:2: when.model: unknown key',
  '[[split.arms]]\nname = "a"\nweight = 0': 'wrong.toml:1: split.arms: no arm has a weight',
  '[[split.arms]]\nname = "a"\nweight = 1\n[[split.arms]]\nname = "a"\nweight = 2':
    'split.arms: two arms have the same name',
  '[shadow]\nshare = 2\nmax_usd_per_day = 1': 'wrong.toml:2: shadow.share',
  '[shadow]\nshare = 1': 'wrong.toml:1: shadow.max_usd_per_day',
};
for (const [text, told] of Object.entries(WRONG))
  test(`refused: ${JSON.stringify(text)}`, () => {
    assert(problemOf(text).includes(told), problemOf(text));
  });
