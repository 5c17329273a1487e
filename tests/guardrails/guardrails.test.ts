/** Guardrails over the API: what is said of them, what they are put on, and what becomes of calls that they forbid. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import { firstWorkspace } from '../../src/access/owner.ts';
import { replay } from '../../src/router/replay.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { realWorld } from '../../src/upstream/world.ts';
import { startInstance } from '../rights/instance.ts';

const sandbox = await startSandbox(realWorld(), { pieceMs: 0 });
const instance = await startInstance({
  SANDBOX_BASE_URL: `${sandbox.origin}/v1`,
  SWITCHWRIGHT_EGRESS_ALLOW: '127.0.0.0/8',
});
after(async () => {
  await instance.close();
  await sandbox.close();
});
const { origin, headersOf, hashOf } = instance;
const url = `${origin}/api/v1`;
const secretOf = (who: 'caller' | 'manager'): string => headersOf(who).authorization?.slice('Bearer '.length) ?? '';
const manager = new OpenRouter({ serverURL: url, apiKey: secretOf('manager') });

type Answer = { readonly status: number; readonly body: unknown };
async function ask(
  method: string,
  path: string,
  body?: object,
  who: 'caller' | 'manager' = 'manager',
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method,
    headers: { ...headersOf(who), 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}
const chat = (model: string, more: object = {}): Promise<Answer> =>
  ask('POST', '/chat/completions', { model, messages: [{ role: 'user', content: 'Hello' }], ...more }, 'caller');
const messageOf = ({ body }: Answer): string => (body as { error?: { message?: string } }).error?.message ?? '';

/** Puts a guardrail on the caller's key for as long as `act` takes. */
async function under<T>(wish: object, act: (id: string) => Promise<T>): Promise<T> {
  const made = await ask('POST', '/guardrails', { name: 'Strict', ...wish });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id } = (made.body as { data: { id: string } }).data;
  const put = await ask('POST', `/guardrails/${id}/assignments/keys`, { key_hashes: [hashOf('caller')] });
  assert.deepEqual(put.body, { assigned_count: 1 });
  try {
    return await act(id);
  } finally {
    assert.equal((await ask('DELETE', `/guardrails/${id}`)).status, 200);
  }
}

test('all of it through OpenRouter’s SDK', async () => {
  const { guardrails } = manager;
  const wish = {
    name: 'SDK',
    description: 'of a test',
    allowedModels: ['sandbox/echo'],
    ignoredProviders: ['openai'],
    limitUsd: 12.5,
    resetInterval: 'daily',
    includeByokInBudgets: true,
    enforceZdr: true,
    enforceZdrOther: false,
    enablePaidModelTraining: false,
    allowedDataRegions: ['global'],
  } as const;
  const created = await guardrails.create({
    createGuardrailRequest: {
      ...wish,
      allowedModels: [...wish.allowedModels],
      ignoredProviders: ['openai'],
      allowedDataRegions: ['global'],
    },
  });
  const { id } = created.data;
  assert.equal(created.data.limitUsd, 12.5);
  assert.equal(created.data.enforceZdrAnthropic, true);
  assert.equal(created.data.enforceZdrOther, false);
  assert.equal(created.data.workspaceId, firstWorkspace('owner').id);
  assert.deepEqual((await guardrails.get({ id })).data, created.data);
  const updated = await guardrails.update({ id, updateGuardrailRequest: { name: 'Renamed', allowedModels: null } });
  assert.deepEqual(
    { ...updated.data, updatedAt: null },
    { ...created.data, name: 'Renamed', allowedModels: null, updatedAt: null },
  );
  const page = await guardrails.list({});
  assert.ok(JSON.stringify(page).includes(id));
  const keyHashes = [hashOf('caller')];
  assert.equal((await guardrails.bulkAssignKeys({ id, bulkAssignKeysRequest: { keyHashes } })).assignedCount, 1);
  const keys = JSON.stringify(await guardrails.listGuardrailKeyAssignments({ id }));
  assert.ok(keys.includes(keyHashes[0] ?? '-') && keys.includes('"keyName":"caller"'), keys);
  assert.ok(JSON.stringify(await guardrails.listKeyAssignments({})).includes(id));
  assert.equal((await guardrails.bulkUnassignKeys({ id, bulkUnassignKeysRequest: { keyHashes } })).unassignedCount, 1);
  const memberUserIds = ['owner'];
  assert.equal(
    (await guardrails.bulkAssignMembers({ id, bulkAssignMembersRequest: { memberUserIds } })).assignedCount,
    1,
  );
  const members = JSON.stringify(await guardrails.listGuardrailMemberAssignments({ id }));
  assert.ok(members.includes('"userId":"owner"') && members.includes('"organizationId":"owner"'), members);
  assert.ok(JSON.stringify(await guardrails.listMemberAssignments({})).includes(id));
  assert.equal(
    (await guardrails.bulkUnassignMembers({ id, bulkUnassignMembersRequest: { memberUserIds } })).unassignedCount,
    1,
  );
  assert.equal((await guardrails.delete({ id })).deleted, true);
  await assert.rejects(guardrails.get({ id }), /Guardrail not found/);
});

test('what is done to guardrails is in the audit log, putting them on something included', async () => {
  await under({}, async (id) => {
    const log = JSON.stringify((await ask('GET', '/organization/audit-log?limit=10')).body);
    assert.ok(
      log.includes('guardrail.create') && log.includes('guardrail.assign') && log.includes(id),
      log.slice(0, 600),
    );
  });
});

test('what a guardrail forbids is refused, and its name is told', async () => {
  assert.equal((await chat('sandbox/echo')).status, 200);
  await under({ ignored_models: ['sandbox/echo'] }, async () => {
    const refused = await chat('sandbox/echo');
    assert.equal(refused.status, 404);
    assert.match(messageOf(refused), /guardrail "Strict" of the key: the model is forbidden/);
    assert.equal((await chat('sandbox/lorem')).status, 200);
    assert.equal((await chat('sandbox/echo', { models: ['sandbox/lorem'] })).status, 200, 'its fallback is allowed');
    const plan = await ask('POST', '/plan', { model: 'sandbox/echo' }, 'caller');
    assert.match(JSON.stringify(plan.body), /guardrail \\"Strict\\" of the key/);
  });
  await under({ allowed_models: ['sandbox/lorem'] }, async () => {
    assert.equal((await chat('sandbox/echo')).status, 404);
    assert.equal((await chat('sandbox/lorem')).status, 200);
    const listed = await ask('GET', '/models/user?sandbox=true', undefined, 'caller');
    const ids = (listed.body as { data: { id: string }[] }).data.map(({ id }) => id);
    assert.deepEqual(ids, ['sandbox/lorem']);
  });
  await under({ allowed_providers: ['openai'] }, async () => assert.equal((await chat('sandbox/echo')).status, 404));
  await under({ ignored_providers: ['sandbox'] }, async () => assert.equal((await chat('sandbox/echo')).status, 404));
  assert.equal((await chat('sandbox/echo')).status, 200, 'from the next call on');
});

test('a call says which guardrails it was planned under, and is planned alike again', async () => {
  await under({ ignored_providers: ['openai'], allowed_models: ['sandbox/echo'] }, async () => {
    const answer = await chat('sandbox/echo');
    const generation = (answer.body as { id: string }).id;
    const receipt = await instance.composed.storage.records.find(generation);
    assert.match(receipt?.grounds ?? '', /guardrail \\"Strict\\" of the key/);
    assert.ok(receipt);
    assert.equal(replay(receipt, instance.composed.gateway.catalog())?.outcome, 'same');
  });
});

test('addresses and regions are decided on the head of a request', async () => {
  await under({ allowed_ips: ['192.0.2.0/24', '2001:db8::1'] }, async () => {
    const refused = await chat('sandbox/echo');
    assert.equal(refused.status, 403);
    assert.equal(messageOf(refused), 'The guardrail "Strict" allows no requests from this address.');
  });
  await under({ allowed_ips: ['127.0.0.0/8'] }, async () => assert.equal((await chat('sandbox/echo')).status, 200));
  await under({ allowed_data_regions: ['europe'] }, async () => {
    const refused = await chat('sandbox/echo');
    assert.equal(refused.status, 403);
    assert.match(messageOf(refused), /allows other data regions/);
  });
});

test('the default guardrail of a workspace is there before it is configured, and then holds for all its keys', async () => {
  const workspace = await ask('GET', `/workspaces/${firstWorkspace('owner').id}`);
  const id = (workspace.body as { data: { default_guardrail_id: string } }).data.default_guardrail_id;
  const blank = await ask('GET', `/guardrails/${id}`);
  assert.equal(blank.status, 200);
  assert.equal((blank.body as { data: { ignored_models: null } }).data.ignored_models, null);
  assert.equal((await chat('sandbox/echo')).status, 200);
  assert.equal((await ask('PATCH', `/guardrails/${id}`, { ignored_models: ['sandbox/echo'] })).status, 200);
  const refused = await chat('sandbox/echo');
  assert.match(messageOf(refused), /guardrail "Default guardrail" of the workspace/);
  await under({ ignored_models: ['sandbox/lorem'] }, async () => {
    assert.equal((await chat('sandbox/echo')).status, 404, 'all of them hold');
    assert.equal((await chat('sandbox/lorem')).status, 404);
  });
  assert.equal((await ask('DELETE', `/guardrails/${id}`)).status, 200);
  assert.equal((await chat('sandbox/echo')).status, 200);
});

test('what cannot be heeded is refused beside its field', async () => {
  const wrong: readonly (readonly [body: object, param: string])[] = [
    [{ name: '' }, 'name'],
    [{ limit_usd: 1 }, 'reset_interval'],
    [{ reset_interval: 'daily' }, 'limit_usd'],
    [{ limit_usd: -1, reset_interval: 'daily' }, 'limit_usd'],
    [{ limit_usd: 1, reset_interval: 'hourly' }, 'reset_interval'],
    [{ allowed_models: ['nobody/nothing'] }, 'allowed_models'],
    [{ ignored_providers: ['nobody'] }, 'ignored_providers'],
    [{ allowed_data_regions: [] }, 'allowed_data_regions'],
    [{ allowed_ips: ['10.0.0.0/33'] }, 'allowed_ips.0'],
    [{ allowed_ips: ['example.com'] }, 'allowed_ips.0'],
    [{ enforce_zdr: 'yes' }, 'enforce_zdr'],
    [{ workspace_id: '00000000-0000-4000-8000-00000000ffff' }, 'workspace_id'],
  ];
  for (const [body, param] of wrong) {
    const refused = await ask('POST', '/guardrails', { name: 'Wrong', ...body });
    assert.equal(refused.status, 400, JSON.stringify(body));
    assert.equal((refused.body as { error: { metadata: { param: string } } }).error.metadata.param, param);
  }
  // The words of the newest clients (PyPI `openrouter` 1.3.84): here no host counts as keeping nothing that keeps something.
  const newest = { allow_safety_retention_google: true, allow_safety_retention_other: null };
  await under(newest, async (id) => {
    const { body } = await ask('GET', `/guardrails/${id}`);
    assert.equal((body as { data: typeof newest }).data.allow_safety_retention_google, true);
  });
  const misspelt = await ask('POST', '/guardrails', { name: 'Wrong', ignored_model: ['sandbox/echo'] });
  assert.equal(misspelt.status, 400, 'a rule that is misspelt protects nobody');
  await under({}, async (id) => {
    for (const key_hashes of [[], ['nobodys'], [hashOf('other caller')], [hashOf('manager')]])
      assert.equal((await ask('POST', `/guardrails/${id}/assignments/keys`, { key_hashes })).status, 400);
    const member_user_ids = ['other'];
    assert.equal((await ask('POST', `/guardrails/${id}/assignments/members`, { member_user_ids })).status, 400);
    const limit = await ask('PATCH', `/guardrails/${id}`, { limit_usd: 3 });
    assert.equal(limit.status, 400, 'both or neither');
  });
});
