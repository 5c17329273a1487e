/** An account as a file has it: told first, done at once or not at all. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { eventually } from '../eventually.ts';
import { MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { typed } from './typed.ts';

const files = mkdtempSync(join(tmpdir(), 'switchwright-organization-'));
const gateway = await startGateway();
after(async () => {
  await gateway.stop();
  rmSync(files, { recursive: true, force: true });
});

const FILE = `
[[workspaces]]
slug = "research"
name = "Research"
budgets = { daily = 2.5, monthly = 40 }
rpm_limit = 600
members = ["ada@example.com"]

[[members]]
email = "Ada@Example.com"
name = "Ada"
budgets = { weekly = 5 }

[[keys]]
name = "ci"
workspace = "research"
member = "ada@example.com"
limit = 0.75
limit_reset = "daily"
tpm_limit = 100000
expires_at = 2031-01-01T00:00:00Z

[[guardrails]]
name = "echo alone"
workspace = "research"
allowed_models = ["sandbox/echo"]
on = { keys = ["ci"] }

[[presets]]
slug = "terse"
workspace = "research"
system_prompt = "Be terse."
fields = { model = "sandbox/echo", temperature = 0 }
`;

const apply = (context: TestContext, text: string, ...options: readonly string[]) => {
  const file = join(files, 'org.toml');
  writeFileSync(file, text);
  return typed(context, join(gateway.folder, 'data'), ['apply', file, ...options]);
};
const ask = async (path: string, key = MANAGEMENT_KEY) => {
  const answer = await fetch(`${gateway.base}${path}`, { headers: { authorization: `Bearer ${key}` } });
  return (await answer.json()) as { data: { [field: string]: unknown }[] };
};
const call = (key: string, model: string) =>
  fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  });
const acts = async (): Promise<readonly unknown[]> =>
  (await ask('/organization/audit-log?limit=100')).data.map(({ act }) => act);

test('a plan is told and nothing is done; with --yes all of it is, once, and calls are held to it', async (context) => {
  const planned = await apply(context, FILE);
  assert.equal(planned.code, 0, planned.err);
  assert.match(planned.out, /^\+ workspace research\n {4}name: Research\n {4}daily budget: none → \$2\.5$/m);
  assert.match(planned.out, /^\+ key research\/ci\n {4}limit: \$0\.75 daily\n {4}tpm_limit: 100000$/m);
  assert.match(planned.out, /6 to make, 0 to change, 0 to remove\. Nothing was changed/);
  assert.doesNotMatch(planned.out, /sk-sw-/);
  assert.deepEqual(
    (await ask('/workspaces')).data.map(({ slug }) => slug),
    ['default'],
  );

  const done = await apply(context, FILE, '--yes');
  assert.equal(done.code, 0, done.err);
  const key = /sk-sw-v1-[0-9a-f]{64}/.exec(done.out)?.[0] ?? '';
  const link = /\/sign-in\?token=[0-9a-f]{64}/.exec(done.out)?.[0] ?? '';
  const workspace = (await ask('/workspaces/research')).data as unknown as { [field: string]: unknown };
  assert.equal(workspace?.name, 'Research');
  const budgets = (await ask('/workspaces/research/budgets')).data;
  assert.deepEqual(
    budgets.map(({ limit_usd }) => limit_usd),
    [2.5, 40],
  );
  const [made] = (await ask(`/keys?workspace_id=${workspace?.id}`)).data;
  assert.deepEqual([made?.limit, made?.limit_reset, made?.expires_at], [0.75, 'daily', '2031-01-01T00:00:00.000Z']);
  const members = (await ask(`/workspaces/${workspace?.id}/members`)).data;
  assert.deepEqual(members.map(({ role }) => role).sort(), ['admin', 'member']);
  assert.equal((await call(key, 'sandbox/echo')).status, 200);
  const refused = await eventually(
    () => call(key, 'sandbox/vision'),
    ({ status }) => status === 404,
  );
  assert.equal(refused.status, 404);
  assert.match(await refused.text(), /echo alone/);
  assert.equal((await call(key, '@preset/terse')).status, 200);
  const page = await fetch(`${gateway.origin}${link}`, { redirect: 'manual' });
  assert.ok(page.status < 400, String(page.status));

  const log = await acts();
  for (const act of [
    'workspace.create',
    'person.create',
    'members.add',
    'key.create',
    'guardrail.create',
    'preset.capture',
  ])
    assert.ok(log.includes(act), act);
  assert.match((await apply(context, FILE, '--yes')).out, /^Everything is so already\.$/m);
  assert.equal((await acts()).length, log.length);
});

test('what differs is changed, what is not named stays, and goes with --prune of the kinds that are named', async (context) => {
  const changed = FILE.replace('daily = 2.5, monthly = 40', 'monthly = 50').replace('limit = 0.75', 'limit = "none"');
  const done = await apply(context, changed, '--yes');
  assert.match(done.out, /^~ workspace research\n {4}monthly budget: \$40 → \$50$/m);
  assert.match(done.out, /limit: \$0\.75 → none/);
  assert.deepEqual(
    (await ask('/workspaces/research/budgets')).data.map(({ limit_usd }) => limit_usd),
    [2.5, 50],
  );

  const few =
    '[[keys]]\nname = "other"\nworkspace = "research"\n[[workspaces]]\nslug = "research"\nbudgets = { monthly = 50 }\n';
  const pruned = await apply(context, few, '--prune', '--yes', '--json');
  const { applied, steps } = JSON.parse(pruned.out) as {
    applied: boolean;
    steps: { change: string; object: string }[];
  };
  assert.ok(applied);
  const removed = steps.filter(({ change }) => change === 'remove').map(({ object }) => object.replace(/ \(.*/, ''));
  // The key that the gateway made at its first start is no management key: nobody named it.
  assert.deepEqual(removed, ['key ci', ...removed.slice(1)]);
  assert.deepEqual(
    (await ask('/workspaces/research/budgets')).data.map(({ limit_usd }) => limit_usd),
    [50],
  );
  assert.ok((await ask('/guardrails?workspace_id=research')).data.length > 0);
  assert.deepEqual(
    (await ask('/keys')).data.map(({ name }) => name),
    ['other'],
  );
});

test('the example of the docs is a plan', async (context) => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/organization.md'), 'utf8');
  const planned = await apply(context, /```toml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  assert.equal(planned.code, 0, planned.err);
  assert.match(planned.out, /^\+ guardrail research\/no training\n(?: {4}.*\n)* {4}on workspace research$/m);
});

test('a guardrail on the organization holds for keys of every workspace', async (context) => {
  const text =
    '[[guardrails]]\nname = "all"\nallowed_models = ["sandbox/echo"]\non = { organization = true }\n[[keys]]\nname = "elsewhere"\n';
  const done = await apply(context, text, '--yes');
  assert.equal(done.code, 0, done.err);
  const key = /sk-sw-v1-[0-9a-f]{64}/.exec(done.out)?.[0] ?? '';
  assert.equal((await call(key, 'sandbox/echo')).status, 200);
  const refused = await eventually(
    () => call(key, 'sandbox/vision'),
    ({ status }) => status === 404,
  );
  assert.equal(refused.status, 404);
  assert.match(await refused.text(), /guardrail \\"all\\" of the organization/);
  const lifted = await apply(context, text.replace('true', 'false'), '--yes');
  assert.match(lifted.out, /no longer on account:owner/);
  const called = await eventually(
    () => call(key, 'sandbox/vision'),
    ({ status }) => status === 200,
  );
  assert.equal(called.status, 200);
});

test('a file that is wrong anywhere changes nothing, and is told all that is wrong', async (context) => {
  const before = await acts();
  const wrong = {
    '[[keys]]\nname = "a"\nworkspace = "nowhere"\n[[workspaces]]\nslug = "fresh"\n':
      /key nowhere\/a: there is no workspace nowhere/,
    '[[workspaces]]\nslug = "Fresh one"\n[[keys]]\nname = "a"\nlimt = 3\n':
      /workspaces\.0\.slug: .*\n {2}keys\.0: .*limt/,
    '[[keys]]\nname = "a"\n[[keys]]\nname = "a"\n': /keys: default\/a is there twice/,
    '[[workspaces]]\nslug = "fresh"\nbudgets = { daily = 5, monthly = 5 }\n':
      /the daily budget must be less than the monthly budget/,
    '[[guardrails]]\nname = "g"\nallowed_modles = ["x/y"]\n': /guardrail default\/g: .*allowed_modles/,
    '[[guardrails]]\nname = "g"\nallowed_models = ["no/such"]\n': /no\/such is no model of this gateway/,
    '[[members]]\nemail = "eve@example.com"\nrole = "owner"\n': /an owner is made in the console alone/,
    '[[keys\n': /line 1: /,
  };
  for (const [text, expected] of Object.entries(wrong)) {
    const answer = await apply(context, text, '--yes');
    assert.equal(answer.code, 1, text);
    assert.match(answer.err, expected);
  }
  assert.deepEqual(await acts(), before);
  assert.deepEqual(
    (await ask('/workspaces')).data.map(({ slug }) => slug),
    ['default', 'research'],
  );
});
