/** Workspaces, their budgets and members, limits of keys beside money, and keys by consent, through OpenRouter's own client. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import { isFault } from '../src/access/access.ts';
import { digestOf } from '../src/access/secret.ts';
import { isHold } from '../src/ledger/ledger.ts';
import { cents, receiptOf, requestOf } from '../src/storage/testing/sample.ts';
import { API_KEY, MANAGEMENT_KEY, startAccounts } from './accounts.ts';

const accounts = await startAccounts();
const { world, access, ledger, url, origin, manager, statusOf } = accounts;
after(accounts.close);

/** Holds and settles a call of a key as the gateway would; or what it is refused with. */
async function spend(secret: string, usd: number) {
  const caller = await access.find({ authorization: `Bearer ${secret}` });
  assert.ok(!isFault(caller), JSON.stringify(caller));
  const { workspaceId, keyId, scopes } = caller;
  const request = { ...requestOf(world.newId('gen'), keyId, cents(usd * 100), world.now()), workspaceId, scopes };
  const hold = await ledger.hold(request);
  if (!isHold(hold)) return hold;
  await hold.settle(receiptOf(request, cents(usd * 100)));
  return null;
}

const send = (method: string, path: string, body: unknown, key = MANAGEMENT_KEY): Promise<[number, string]> =>
  statusOf(path, key, { method, body: JSON.stringify(body) });

test('a workspace is made, found by its slug, changed and deleted; the default one stays', async () => {
  const { data: made } = await manager.workspaces.create({
    createWorkspaceRequest: { name: 'Production', slug: 'production', description: 'All that counts' },
  });
  assert.equal(made.createdBy, 'owner');
  const { data: found } = await manager.workspaces.get({ id: 'production' });
  assert.deepEqual(found, made);
  const listed = await manager.workspaces.list();
  assert.deepEqual(
    listed.result.data.map(({ slug }) => slug),
    ['default', 'production'],
  );
  const { data: changed } = await manager.workspaces.update({
    id: made.id,
    updateWorkspaceRequest: { name: 'Live', slug: 'live', description: null },
  });
  assert.deepEqual([changed.name, changed.slug, changed.description], ['Live', 'live', null]);
  assert.ok(changed.updatedAt);
  assert.equal((await send('PATCH', '/workspaces/live', { slug: 'default' }))[0], 400);
  assert.equal((await send('POST', '/workspaces', { name: 'x', slug: 'live' }))[0], 400);
  for (const slug of ['Live', 'a--b', '-a', '', 'a'.repeat(51)])
    assert.equal((await send('POST', '/workspaces', { name: 'x', slug }))[0], 400, slug);
  const [status, message] = await send('PATCH', '/workspaces/live', { is_observability_broadcast_enabled: true });
  assert.deepEqual([status, message], [400, 'is_observability_broadcast_enabled: not offered by this gateway']);
  const { data: key } = await manager.apiKeys.create({ requestBody: { name: 'in it', workspaceId: 'live' } });
  assert.equal(key.workspaceId, made.id, 'also where it is named by its slug');
  assert.equal((await send('DELETE', '/workspaces/live', {}))[0], 400, 'there is a key in it');
  await manager.apiKeys.delete({ hash: key.hash });
  assert.equal((await manager.workspaces.delete({ id: 'live' })).deleted, true);
  assert.equal((await statusOf('/workspaces/live', MANAGEMENT_KEY))[0], 404);
  assert.equal((await send('DELETE', '/workspaces/default', {}))[0], 403);
  assert.equal((await statusOf('/workspaces', API_KEY))[0], 403);
  assert.equal((await statusOf('/workspaces?limit=101', MANAGEMENT_KEY))[0], 400);
});

test('by what a workspace has hosts sorted holds for calls that do not say it, and is told', async () => {
  const { data: made } = await manager.workspaces.create({
    createWorkspaceRequest: { name: 'Quick', slug: 'quick', defaultProviderSort: 'latency' },
  });
  assert.equal(made.defaultProviderSort, 'latency');
  const { key, data } = await manager.apiKeys.create({ requestBody: { name: 'quick', workspaceId: made.id } });
  const sortOf = async () => {
    const caller = await access.find({ authorization: `Bearer ${key}` });
    return isFault(caller) ? caller.code : caller.defaultSort;
  };
  assert.equal(await sortOf(), 'latency');
  assert.equal((await send('PATCH', '/workspaces/quick', { default_provider_sort: 'speed' }))[0], 400);
  assert.equal((await send('PATCH', '/workspaces/quick', { default_provider_sort: 'price' }))[0], 200);
  assert.equal(await sortOf(), 'price', 'from the next call on');
  assert.equal((await send('PATCH', '/workspaces/quick', { name: 'Quicker' }))[0], 200);
  assert.equal(await sortOf(), 'price');
  assert.equal((await send('PATCH', '/workspaces/quick', { default_provider_sort: null }))[0], 200);
  assert.equal(await sortOf(), undefined);
  await manager.apiKeys.delete({ hash: data.hash });
  await manager.workspaces.delete({ id: 'quick' });
});

test('a budget of a workspace bounds all its keys together, and is told; a shorter interval has less', async () => {
  await manager.workspaces.create({ createWorkspaceRequest: { name: 'Team', slug: 'team' } });
  const { data: team } = await manager.workspaces.get({ id: 'team' });
  const upsert = (interval: 'daily' | 'monthly' | 'lifetime', limitUsd: number) =>
    manager.workspaces.setBudget({ workspaceRef: 'team', interval, upsertWorkspaceBudgetRequest: { limitUsd } });
  const { data: monthly } = await upsert('monthly', 3);
  assert.deepEqual([monthly.limitUsd, monthly.resetInterval, monthly.workspaceId], [3, 'monthly', team.id]);
  await upsert('daily', 1);
  for (const [interval, limit] of [
    ['weekly', 1],
    ['weekly', 3],
    ['lifetime', 3],
    ['daily', 0],
    ['hourly', 2],
  ] as const)
    assert.equal((await send('PUT', `/workspaces/team/budgets/${interval}`, { limit_usd: limit }))[0], 400, interval);
  const keys = await Promise.all(
    ['one', 'two'].map((name) => manager.apiKeys.create({ requestBody: { name, workspaceId: team.id } })),
  );
  const [one = '', two = ''] = keys.map(({ key }) => key);
  assert.equal(await spend(one, 0.6), null);
  const refused = await spend(two, 0.6);
  assert.equal(refused?.code, 'permission_denied');
  assert.match(refused?.message ?? '', /^The daily budget of this workspace is \$1, of which \$0\.4 is left;/);
  assert.equal(refused?.metadata?.resets_at, '2026-11-22T00:00:00.000Z');
  assert.equal(await spend(two, 0.4), null);
  assert.equal(await spend(API_KEY, 5), null, 'of another workspace');
  await upsert('daily', 2);
  assert.equal(await spend(two, 1), null, 'raised: from the next call on');
  const { data: budgets } = await manager.workspaces.listBudgets({ workspaceRef: 'team' });
  assert.deepEqual(
    budgets.map(({ resetInterval, limitUsd }) => [resetInterval, limitUsd]),
    [
      ['daily', 2],
      ['monthly', 3],
    ],
  );
  const { includeByokInBudgets } = await manager.workspaces.setBudget({
    workspaceRef: 'team',
    interval: 'daily',
    upsertWorkspaceBudgetRequest: { limitUsd: 2, includeByokInBudgets: true },
  });
  assert.equal(includeByokInBudgets, true);
  assert.equal(
    (await manager.workspaces.getBudget({ workspaceRef: 'team', interval: 'monthly' })).includeByokInBudgets,
    true,
  );
  assert.equal((await manager.workspaces.deleteBudget({ workspaceRef: 'team', interval: 'daily' })).deleted, true);
  assert.equal((await statusOf('/workspaces/team/budgets/daily', MANAGEMENT_KEY))[0], 404);
  assert.equal((await spend(two, 1.1))?.metadata?.interval, 'monthly');
});

test('the owner is the one member, of the organization and of every workspace', async () => {
  const { data, totalCount } = (await manager.organization.listMembers()).result;
  assert.deepEqual([data.map(({ id, role }) => [id, role]), totalCount], [[['owner', 'org:admin']], 1]);
  const listed = (await manager.workspaces.listMembers({ id: 'default' })).result;
  assert.equal(listed.data[0]?.userId, 'owner');
  const added = await manager.workspaces.bulkAddMembers({
    id: 'default',
    bulkAddWorkspaceMembersRequest: { userIds: ['owner'] },
  });
  assert.equal(added.addedCount, 1);
  assert.equal((await send('POST', '/workspaces/default/members/add', { user_ids: ['user_x'] }))[0], 404);
  assert.equal((await send('POST', '/workspaces/default/members/remove', { user_ids: ['owner'] }))[0], 403);
  const none = { id: 'default', bulkRemoveWorkspaceMembersRequest: { userIds: ['user_x'] } };
  assert.equal((await manager.workspaces.bulkRemoveMembers(none)).removedCount, 0);
});

test('a key is limited in requests and tokens a minute and calls at once, from the next call on', async () => {
  type Made = { readonly data: { readonly [name: string]: unknown; readonly hash: string }; readonly key: string };
  const headers = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };
  const ask = async (method: string, path: string, body?: unknown): Promise<Made> => {
    const answer = await fetch(url + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Made;
  };
  const { data, key } = await ask('POST', '/keys', { name: 'rated', rpm_limit: 2, max_parallel_requests: 7 });
  assert.deepEqual([data.rpm_limit, data.tpm_limit, data.max_parallel_requests], [2, undefined, 7]);
  assert.deepEqual([await spend(key, 0.01), await spend(key, 0.01)], [null, null]);
  const refused = await spend(key, 0.01);
  assert.deepEqual(
    [refused?.code, refused?.message],
    ['rate_limit_exceeded', 'Rate limit exceeded: this key has 2 requests a minute.'],
  );
  const changed = await ask('PATCH', `/keys/${data.hash}`, { rpm_limit: 3, tpm_limit: 2_000 });
  assert.deepEqual([changed.data.rpm_limit, changed.data.tpm_limit], [3, 2_000]);
  assert.equal(await spend(key, 0.01), null);
  world.advance(60_000);
  await ask('PATCH', `/keys/${data.hash}`, { rpm_limit: null });
  for (let calls = 0; calls < 6; calls++) assert.equal(await spend(key, 0.01), null, 'each of 170 tokens in the end');
  const tokens = 'this key has 2000 tokens a minute. This request needs 1100, and 980 are left.';
  assert.equal((await spend(key, 0.01))?.message, `Rate limit exceeded: ${tokens}`);
  assert.equal((await ask('GET', `/keys/${data.hash}`)).data.rpm_limit, undefined);
  for (const limit of [0, -1, 1.5, '5', 1e12])
    assert.equal((await send('PATCH', `/keys/${data.hash}`, { rpm_limit: limit }))[0], 400, String(limit));
  await ask('DELETE', `/keys/${data.hash}`);
  assert.deepEqual(await access.budgets.list([`tokens#key:${data.hash}`, `calls#key:${data.hash}`]), []);
});

test('a partner brings a key of its own for somebody; one that is in use or can be guessed is refused', async () => {
  const apiKey = `partner-${randomBytes(24).toString('hex')}`;
  const requestBody = { name: 'theirs', external: { user: 'customer-7', apiKey } };
  const made = await manager.apiKeys.create({ requestBody });
  assert.deepEqual([made.key, made.data.externalUser, made.data.hash], [apiKey, 'customer-7', digestOf(apiKey)]);
  assert.equal((await statusOf('/key', apiKey))[0], 200);
  assert.equal((await send('POST', '/keys', { name: 'x', external: { user: 'b', api_key: apiKey } }))[0], 409);
  assert.equal((await send('POST', '/keys', { name: 'x', external: { user: 'b', api_key: 'a'.repeat(40) } }))[0], 400);
  assert.equal((await send('POST', '/keys', { name: 'x', workspace_id: 'nowhere' }))[0], 400);
});

test('a management key neither sees nor changes itself, nor deletes the last one beside it', async () => {
  const own = digestOf(MANAGEMENT_KEY);
  const { data } = await manager.apiKeys.list({ includeDisabled: true });
  assert.ok(data.length > 0 && data.every(({ hash }) => hash !== own));
  for (const method of ['GET', 'PATCH', 'DELETE'])
    assert.equal(
      (await statusOf(`/keys/${own}`, MANAGEMENT_KEY, { method, ...(method === 'PATCH' && { body: '{}' }) }))[0],
      404,
    );
  const token = await access.newSignIn('owner');
  const session = await access.redeemSignIn(token);
  const headers = { cookie: `switchwright_session=${session?.session}`, 'content-type': 'application/json' };
  const last = await fetch(`${url}/keys/${own}`, { method: 'DELETE', headers });
  assert.equal(last.status, 403);
  const off = await fetch(`${url}/keys/${own}`, { method: 'PATCH', headers, body: '{"disabled":true}' });
  assert.equal(off.status, 403);
  const other = await access.keys.create({ name: 'another manager', isManagement: true });
  assert.equal((await manager.apiKeys.delete({ hash: other.key.hash })).deleted, true);
});

const verifierOf = () => randomBytes(32).toString('base64url');
const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

test('a manager’s program promises a key, and whoever has the verifier redeems it, once and in time', async () => {
  const promise = async (more: object = {}) => {
    const verifier = verifierOf();
    const requestBody = { callbackUrl: 'https://app.example/back', codeChallenge: challengeOf(verifier), ...more };
    const { data } = await manager.oAuth.createAuthCode({ requestBody });
    return { verifier, code: data.id };
  };
  const anybody = new OpenRouter({ serverURL: url });
  const first = await promise({ limit: 2, usageLimitType: 'daily', keyLabel: 'An app' });
  const { key, userId } = await anybody.oAuth.exchangeAuthCodeForAPIKey({
    requestBody: { code: first.code, codeVerifier: first.verifier, codeChallengeMethod: 'S256' },
  });
  assert.equal(userId, 'owner');
  const mine = await new OpenRouter({ serverURL: url, apiKey: key }).apiKeys.getCurrentKeyMetadata();
  assert.deepEqual([mine.data.limit, mine.data.limitReset], [2, 'daily']);
  const redeem = (code: string, body: object) =>
    statusOf('/auth/keys', undefined, { method: 'POST', body: JSON.stringify({ code, ...body }) });
  assert.equal((await redeem(first.code, { code_verifier: first.verifier }))[0], 403, 'once');
  const wrong = await promise();
  assert.equal((await redeem(wrong.code, { code_verifier: verifierOf() }))[0], 403);
  assert.equal((await redeem(wrong.code, { code_verifier: wrong.verifier }))[0], 403, 'whoever guesses has used it up');
  const without = await promise();
  assert.equal((await redeem(without.code, {}))[0], 403);
  const plain = await promise({ codeChallenge: 'a-plain-secret', codeChallengeMethod: 'plain' });
  assert.equal((await redeem(plain.code, { code_verifier: 'a-plain-secret' }))[0], 200);
  const confused = await promise();
  assert.equal(
    (await redeem(confused.code, { code_verifier: confused.verifier, code_challenge_method: 'plain' }))[0],
    403,
  );
  const late = await promise();
  world.advance(10 * 60_000);
  assert.equal((await redeem(late.code, { code_verifier: late.verifier }))[0], 403, 'ten minutes');
  assert.equal((await redeem('x', { code_challenge_method: 'S512' }))[0], 400);
  for (const callback_url of ['http://app.example', 'javascript:alert(1)', 'https://a:b@c.example', 'nonsense'])
    assert.equal((await send('POST', '/auth/keys/code', { callback_url }))[0], 400, callback_url);
  assert.equal((await send('POST', '/auth/keys/code', { callback_url: 'https://app.example' }, API_KEY))[0], 403);
});

test('the owner consents on a page; nobody else can, and no other site for them', async () => {
  const verifier = verifierOf();
  const asked = new URLSearchParams({
    callback_url: 'http://localhost:3000/back?state=7',
    code_challenge: challengeOf(verifier),
    limit: '5',
    key_label: '<b>An app</b>',
  });
  const page = `${origin}/auth?${asked}`;
  assert.equal((await fetch(page)).status, 401);
  const session = await access.redeemSignIn(await access.newSignIn('owner'));
  const cookie = `switchwright_session=${session?.session}`;
  const shown = await fetch(page, { headers: { cookie } });
  const text = await shown.text();
  assert.equal(shown.status, 200);
  assert.match(
    text,
    /&lt;b&gt;An app&lt;\/b&gt;<\/strong> asks for an API key of this instance, for up to \$5\. It will be sent to localhost:3000\./,
  );
  assert.doesNotMatch(text, /<b>An app/);
  assert.equal((await fetch(page, { method: 'POST' })).status, 401);
  const elsewhere = { cookie, 'sec-fetch-site': 'cross-site' };
  assert.equal((await fetch(page, { method: 'POST', headers: elsewhere })).status, 401);
  const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
  const agreed = await fetch(page, { method: 'POST', headers });
  assert.equal(agreed.status, 200);
  const back = new URL(/url=(.*)$/.exec(agreed.headers.get('refresh') ?? '')?.[1] ?? '');
  assert.deepEqual([back.origin, back.searchParams.get('state')], ['http://localhost:3000', '7']);
  const code = back.searchParams.get('code') ?? '';
  const redeemed = await new OpenRouter({ serverURL: url }).oAuth.exchangeAuthCodeForAPIKey({
    requestBody: { code, codeVerifier: verifier },
  });
  const mine = await new OpenRouter({ serverURL: url, apiKey: redeemed.key }).apiKeys.getCurrentKeyMetadata();
  assert.equal(mine.data.limit, 5);
  for (const wrong of [
    '',
    '?callback_url=http://evil.example',
    '?callback_url=https://a.example&limit=-1',
    '?code_challenge=%0a',
  ])
    assert.equal((await fetch(`${origin}/auth${wrong}`, { headers: { cookie } })).status, 400, wrong);
  const copied = await fetch(`${origin}/auth?code_challenge=${challengeOf(verifier)}`, { method: 'POST', headers });
  assert.match(await copied.text(), /[0-9a-f]{64}/);
});

test('what belongs to another account is not there: to see, to change, to delete or to make keys in', async () => {
  await accounts.storage.accessStore.addAccount({ id: 'other', name: 'Other' }, world.now());
  const theirs = await access.keys.create({ name: 'their manager', accountId: 'other', isManagement: true });
  const { data: own } = await manager.apiKeys.create({ requestBody: { name: 'ours' } });
  const workspace = (await manager.workspaces.list()).result.data[0];
  assert.ok(workspace);
  await manager.workspaces.setBudget({
    workspaceRef: workspace.id,
    interval: 'monthly',
    upsertWorkspaceBudgetRequest: { limitUsd: 1_000 },
  });
  const ask = async (method: string, path: string, body: object = {}): Promise<number> => {
    const hasBody = method !== 'GET' && method !== 'DELETE';
    return (await statusOf(path, theirs.secret, { method, ...(hasBody && { body: JSON.stringify(body) }) }))[0];
  };
  const known: readonly [string, string, object?][] = [
    ['GET', `/keys/${own.hash}`],
    ['PATCH', `/keys/${own.hash}`, { disabled: true }],
    ['DELETE', `/keys/${own.hash}`],
    ['GET', `/workspaces/${workspace.id}`],
    ['PATCH', `/workspaces/${workspace.id}`, { name: 'Taken' }],
    ['DELETE', `/workspaces/${workspace.id}`],
    ['GET', `/workspaces/${workspace.id}/budgets`],
    ['GET', `/workspaces/${workspace.id}/budgets/monthly`],
    ['PUT', `/workspaces/${workspace.id}/budgets/monthly`, { limit_usd: 1 }],
    ['DELETE', `/workspaces/${workspace.id}/budgets/monthly`],
    ['GET', `/workspaces/${workspace.id}/members`],
    ['POST', `/workspaces/${workspace.id}/members/add`, { user_ids: ['owner'] }],
    ['POST', `/workspaces/${workspace.id}/members/remove`, { user_ids: ['owner'] }],
  ];
  for (const [method, path, body] of known) assert.equal(await ask(method, path, body), 404, `${method} ${path}`);
  assert.equal(await ask('POST', '/keys', { name: 'x', workspace_id: workspace.id }), 400);
  const code = { callback_url: 'https://app.example', workspace_id: workspace.id };
  assert.equal(await ask('POST', '/auth/keys/code', code), 400);
  const other = new OpenRouter({ serverURL: url, apiKey: theirs.secret });
  assert.deepEqual((await other.apiKeys.list({ includeDisabled: true })).data, []);
  const theirWorkspaces = (await other.workspaces.list()).result.data;
  assert.deepEqual([theirWorkspaces.length, theirWorkspaces[0]?.id === workspace.id], [1, false]);
  const { data: made } = await other.apiKeys.create({ requestBody: { name: 'in their own' } });
  assert.equal(made.workspaceId, theirWorkspaces[0]?.id);
  assert.equal((await manager.apiKeys.get({ hash: own.hash })).data.disabled, false);
  assert.equal(
    (await manager.workspaces.getBudget({ workspaceRef: workspace.id, interval: 'monthly' })).data.limitUsd,
    1_000,
  );
});
