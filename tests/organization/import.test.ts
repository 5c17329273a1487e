/** From LiteLLM and OpenRouter: told first, nobody is re-keyed, and the same twice changes nothing. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import pg from 'pg';
import { digestOf } from '../../src/access/secret.ts';
import { startPostgres } from '../../src/storage/testing/postgres-server.ts';
import { eventually } from '../eventually.ts';
import { MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { typed } from './typed.ts';

const files = mkdtempSync(join(tmpdir(), 'switchwright-import-'));
const gateway = await startGateway();
after(async () => {
  await gateway.stop();
  rmSync(files, { recursive: true, force: true });
});

const ADA = 'sk-from-litellm-Zr8Qm2';
const CI = 'sk-from-litellm-Tn5Wp9';
const NARROW = 'sk-from-litellm-Gk3Xv7';
const LOST = 'sk-from-litellm-Hb6Yc1';
const CONFIG = `
model_list:
  - model_name: house-echo
    litellm_params: { model: openai/gpt-4.1-mini, api_key: os.environ/OPENAI_API_KEY }
  - model_name: own
    litellm_params: { model: openai/parrot, api_base: "http://10.1.2.3:8000/v1" }
  - model_name: far
    litellm_params: { model: openai/parrot, api_base: "https://parrots.example.com/v1", api_key: sk-inline-secret }
general_settings: { master_key: sk-master-of-all }
`;

const TEAMS = [
  {
    team_id: 't-1',
    team_alias: 'Search & Ads',
    max_budget: 100,
    spend: 12.5,
    budget_duration: '30d',
    rpm_limit: 900,
    models: [],
    members_with_roles: [{ role: 'user', user_id: 'u-ada' }],
    blocked: false,
  },
];
const USERS = [
  {
    user_id: 'u-ada',
    user_email: 'Ada@Example.org',
    user_role: 'internal_user',
    max_budget: 20,
    spend: 0,
    budget_duration: '7d',
    models: [],
  },
  { user_id: 'u-bot', user_alias: 'Robot', user_email: null, user_role: 'proxy_admin_viewer', spend: 0, models: [] },
  { user_id: 'default_user_id', user_role: 'proxy_admin', spend: 1, models: [] },
];
const BUDGETS = [{ budget_id: 'b-1', max_budget: 6, budget_duration: '1d', tpm_limit: 5000 }];
const key = (secret: string, of: object) => ({
  token: digestOf(secret),
  key_name: `sk-...${secret.slice(-4)}`,
  spend: 0,
  models: [],
  metadata: {},
  blocked: null,
  ...of,
});
const KEYS = [
  key(ADA, {
    key_alias: 'ada',
    user_id: 'u-ada',
    team_id: 't-1',
    max_budget: 10,
    spend: 4.25,
    expires: '2031-01-02T03:04:05',
  }),
  key(CI, { key_alias: 'ci', team_id: 't-1', budget_id: 'b-1', model_max_budget: { x: 1 } }),
  key(NARROW, { key_alias: 'narrow', models: ['sandbox/echo'], max_parallel_requests: 3 }),
  key(LOST, { key_alias: 'lost', models: ['of-another-world'] }),
  key('sk-ui-session', { key_alias: 'session', team_id: 'litellm-dashboard' }),
];

const ask = async (path: string) => {
  const answer = await fetch(`${gateway.base}${path}`, { headers: { authorization: `Bearer ${MANAGEMENT_KEY}` } });
  return (await answer.json()) as { data: { [field: string]: unknown }[] };
};
const status = async (secret: string, model = 'sandbox/echo'): Promise<number> => {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] });
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  return (await fetch(`${gateway.base}/chat/completions`, { method: 'POST', headers, body })).status;
};
const run = (context: TestContext, ...words: readonly string[]) =>
  typed(context, join(gateway.folder, 'data'), ['import', ...words]);

/** The columns that are read, as LiteLLM's migrations make them (litellm 1.110.2). */
const DDL = `
create table "LiteLLM_TeamTable" (team_id text primary key, team_alias text, organization_id text, admins text[],
  members text[], members_with_roles jsonb default '{}', max_budget double precision, spend double precision default 0,
  models text[], tpm_limit bigint, rpm_limit bigint, max_parallel_requests integer, budget_duration text,
  blocked boolean default false);
create table "LiteLLM_UserTable" (user_id text primary key, user_alias text, user_email text, user_role text,
  max_budget double precision, spend double precision default 0, models text[], tpm_limit bigint, rpm_limit bigint,
  budget_duration text);
create table "LiteLLM_BudgetTable" (budget_id text primary key, max_budget double precision, tpm_limit bigint,
  rpm_limit bigint, budget_duration text);
create table "LiteLLM_VerificationToken" (token text primary key, key_name text, key_alias text,
  spend double precision default 0, expires timestamp(3), models text[], user_id text, team_id text,
  max_parallel_requests integer, metadata jsonb default '{}', blocked boolean, tpm_limit bigint, rpm_limit bigint,
  max_budget double precision, budget_duration text, model_max_budget jsonb default '{}', budget_id text);`;

async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(DDL);
  const tables = { TeamTable: TEAMS, UserTable: USERS, BudgetTable: BUDGETS, VerificationToken: KEYS };
  for (const [table, rows] of Object.entries(tables))
    await client.query(
      `insert into "LiteLLM_${table}" select * from jsonb_populate_recordset(null::"LiteLLM_${table}", $1::jsonb)`,
      [JSON.stringify(rows)],
    );
  await client.end();
}

test('LiteLLM’s database: teams, people, budgets, and keys that go on working', async (context) => {
  const postgres = await startPostgres();
  if (postgres.kind === 'absent') return context.skip(postgres.reason);
  context.after(postgres.stop);
  await fill(postgres.url);
  const from = ['litellm', '--database', postgres.url];
  const planned = await run(context, ...from);
  assert.equal(planned.code, 0, planned.err);
  assert.match(
    planned.out,
    /^\+ workspace search-ads\n {4}name: Search & Ads\n {4}monthly budget: none → \$100\n {4}rpm_limit: none → 900$/m,
  );
  assert.match(planned.out, /^\+ key search-ads\/ada\n {4}limit: \$5\.75\n {4}expires: 2031-01-02T03:04:05\.000Z$/m);
  assert.match(planned.out, /^! keys ci: a budget for each model/m);
  assert.match(planned.out, /^! keys lost: of-another-world is no model here/m);
  assert.doesNotMatch(planned.out, /session|default_user_id/);
  assert.equal(await status(ADA), 401);

  const done = await run(context, ...from, '--apply');
  assert.equal(done.code, 0, done.err);
  assert.deepEqual(
    [
      await eventually(
        () => status(ADA),
        (code) => code === 200,
      ),
      await status(CI),
      await status(NARROW),
      await status(LOST),
    ],
    [200, 200, 200, 401],
  );
  assert.equal(await status(NARROW, 'sandbox/vision'), 404);
  const keys = (await ask('/keys?include_disabled=true')).data;
  const named = (name: string) => keys.find((one) => one.name === name);
  assert.deepEqual([named('ada')?.limit, named('ada')?.limit_reset, named('ada')?.label], [5.75, null, 'sk-...8Qm2']);
  assert.deepEqual([named('ci')?.limit, named('ci')?.limit_reset, named('ci')?.tpm_limit], [6, 'daily', 5000]);
  assert.deepEqual([named('narrow')?.max_parallel_requests, named('lost')?.disabled], [3, true]);
  assert.match((await run(context, ...from, '--apply')).out, /^Everything is so already\.$/m);
});

test('the same tables as files: PostgreSQL’s comma-separated values, and JSON', async (context) => {
  const folder = join(files, 'tables');
  mkdirSync(folder, { recursive: true });
  const csv = [
    'token,key_name,key_alias,spend,expires,models,user_id,team_id,blocked,max_budget,metadata',
    `${digestOf('sk-from-a-file')},sk-...file,"from, ""a file""",0.5,2031-01-02 03:04:05,"{sandbox/echo,""openai/gpt-4.1-mini""}",,t-1,f,2.5,"{""a"": 1}"`,
  ].join('\r\n');
  writeFileSync(join(folder, 'LiteLLM_VerificationToken.csv'), `\uFEFF${csv}\r\n`);
  writeFileSync(join(folder, 'LiteLLM_TeamTable.json'), JSON.stringify(TEAMS));
  const done = await run(context, 'litellm', '--tables', folder, '--apply');
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /^\+ key search-ads\/from, "a file"\n {4}limit: \$2\n/m);
  assert.match(done.out, /allowed_models: none → \["openai\/gpt-4\.1-mini","sandbox\/echo"\]/);
  assert.equal(await status('sk-from-a-file'), 200);
  writeFileSync(join(folder, 'LiteLLM_VerificationToken.csv'), 'token,key_name\n"never closed');
  const broken = await run(context, 'litellm', '--tables', folder, '--apply');
  assert.deepEqual([broken.code, /line 2: a quote is never closed/.test(broken.err)], [1, true]);
});

test('LiteLLM’s config.yaml: names of models, hosts of its own, and what is lost', async (context) => {
  const file = join(files, 'config.yaml');
  writeFileSync(file, CONFIG);
  const told = await run(context, 'litellm', '--config', file);
  assert.equal(told.code, 0, told.err);
  assert.match(told.out, /^\+ models\/openai\/gpt-4\.1-mini\.toml\n {4}aliases = \[.*"house-echo"\]$/m);
  assert.match(
    told.out,
    /^\+ providers\/10-1-2-3-8000\.toml\n {4}name = "10\.1\.2\.3:8000"\n {4}base_url = "http:\/\/10\.1\.2\.3:8000\/v1"$/m,
  );
  assert.match(told.out, /^! models far: a host far away has no price/m);
  assert.match(told.out, /^! openai: its key comes from OPENAI_API_KEY/m);
  assert.match(told.out, /^! general_settings master_key: a management key is made here/m);
  assert.doesNotMatch(told.out, /sk-inline-secret|sk-master-of-all/);
  writeFileSync(file, 'model_list: [\n');
  assert.equal((await run(context, 'litellm', '--config', file)).code, 1);
});

test('OpenRouter: names and limits of keys, and past activity told apart', async (context) => {
  const [keys, activity] = [join(files, 'keys.json'), join(files, 'activity.csv')];
  const listed = [
    { name: 'prod', label: 'sk-or-v1-abc...123', disabled: false, limit: 50, limit_remaining: 12.5, limit_reset: null },
    { name: 'prod', label: 'sk-or-v1-def...456', disabled: true, limit: 5, limit_remaining: 1, limit_reset: 'daily' },
  ];
  writeFileSync(keys, JSON.stringify({ data: listed }));
  writeFileSync(
    activity,
    'generation_id,created_at,cost_total,byok_usage_inference,tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,model_permaslug,provider_name\n' +
      'gen-1,2026-11-20 18:54:30.040,0.25,0,100,20,5,0,openai/gpt-4.1-mini,OpenAI\n' +
      'gen-2,2026-11-20 19:00:00.000,0.5,0,300,40,0,10,openai/gpt-4.1-mini,OpenAI\n',
  );
  const words = ['openrouter', '--keys', keys, '--activity', activity];
  const planned = await run(context, ...words);
  assert.equal(planned.code, 0, planned.err);
  assert.match(planned.out, /Would be imported: 1 rows of 1 days/);
  for (let times = 0; times < 2; times++) {
    const done = await run(context, ...words, '--apply');
    assert.equal(done.code, 0, done.err);
    assert.equal(/sk-sw-v1-/.test(done.out), times === 0, 'a key is shown once');
  }
  const found = (await ask('/keys?include_disabled=true')).data;
  const [first, second] = ['prod', 'prod (2)'].map((name) => found.find((one) => one.name === name));
  assert.deepEqual(
    [first?.limit, first?.limit_reset, second?.limit, second?.limit_reset, second?.disabled],
    [12.5, null, 5, 'daily', true],
  );
  const answer = await fetch(`${gateway.base}/analytics/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      metrics: ['request_count', 'total_usage'],
      dimensions: ['app'],
      granularity: 'day',
      time_range: { start: '2026-11-20T00:00:00Z', end: '2026-11-21T00:00:00Z' },
    }),
  });
  const said = await answer.text();
  assert.equal(answer.status, 200, said);
  assert.match(said, /Imported from OpenRouter/);
  assert.match(said, /0\.75/);
});
