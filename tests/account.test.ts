/** Keys, credit, receipts and activity as OpenRouter's own validating client sees them, over a loopback server. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import { objectionTo } from '../src/access/may.ts';
import { digestOf } from '../src/access/secret.ts';
import type { Fault } from '../src/base/fault.ts';
import { nano } from '../src/base/money.ts';
import type { Principal } from '../src/facts/principal.ts';
import { isHold } from '../src/ledger/ledger.ts';
import { cents, receiptOf, requestOf } from '../src/storage/testing/sample.ts';
import { API_KEY, MANAGEMENT_KEY, startAccounts } from './accounts.ts';

const accounts = await startAccounts();
const { world, access, ledger, url, user, manager, statusOf } = accounts;
after(accounts.close);

async function spend(keyId: string, cost: bigint, model?: string): Promise<string> {
  const request = requestOf(world.newId('gen'), keyId, nano(cost), world.now());
  const hold = await ledger.hold(request);
  assert.ok(isHold(hold));
  await hold.settle(receiptOf(request, nano(cost), { user: 'someone', ...(model !== undefined && { model }) }));
  return request.generationId;
}
const API_KEY_HASH = digestOf(API_KEY);

test('a generation can be read the moment it is settled, and only by its account', async () => {
  const id = await spend(API_KEY_HASH, cents(3));
  const { data } = await user.generations.getGeneration({ id });
  assert.equal(data.id, id);
  assert.equal(data.totalCost, 0.03);
  assert.equal(data.providerName, 'The Host');
  assert.equal(data.nativeTokensReasoning, 10);
  assert.equal(data.tokensPrompt, 120);
  assert.equal(data.externalUser, 'someone');
  assert.deepEqual(await statusOf('/generation?id=gen-none', API_KEY), [404, 'Generation gen-none not found']);
  assert.equal((await statusOf('/generation', API_KEY))[0], 400);
});

test('a receipt belongs to its key: of the account’s others only a management key may read it', async () => {
  const id = await spend(API_KEY_HASH, cents(0));
  const { secret, key } = await access.keys.create({ name: 'another' });
  const path = `/generation?id=${id}`;
  assert.deepEqual(await statusOf(path, secret), [404, `Generation ${id} not found`]);
  assert.equal((await statusOf(path, MANAGEMENT_KEY))[0], 200);
  assert.equal((await statusOf(path, API_KEY))[0], 200);
  await access.keys.remove(key.hash);
});

test('a key is made, used to its limit, changed and deleted; its text is seen once', async () => {
  const made = await manager.apiKeys.create({
    requestBody: { name: 'made here', limit: 0.1, limitReset: 'daily', expiresAt: new Date('2027-01-01T00:00:00Z') },
  });
  assert.match(made.key, /^sk-sw-v1-[0-9a-f]{64}$/);
  const { hash } = made.data;
  assert.equal(made.data.limitRemaining, 0.1);
  await spend(hash, cents(4));
  const mine = await new OpenRouter({ serverURL: url, apiKey: made.key }).apiKeys.getCurrentKeyMetadata();
  assert.equal(mine.data.usageDaily, 0.04);
  assert.equal(mine.data.limitRemaining, 0.06);
  assert.equal(mine.data.isManagementKey, false);
  const listed = await manager.apiKeys.list();
  assert.ok(listed.data.some((key) => key.hash === hash && key.usage === 0.04));
  assert.ok(!JSON.stringify(listed).includes(made.key));
  const changed = await manager.apiKeys.update({ hash, requestBody: { name: 'renamed', disabled: true } });
  assert.equal(changed.data.name, 'renamed');
  assert.deepEqual(await statusOf('/key', made.key), [401, 'This API key is disabled']);
  await manager.apiKeys.update({ hash, requestBody: { disabled: false } });
  assert.equal((await manager.apiKeys.get({ hash })).data.disabled, false);
  world.advance(60 * 86_400_000);
  assert.deepEqual(await statusOf('/key', made.key), [401, 'This API key has expired']);
  assert.equal((await manager.apiKeys.delete({ hash })).deleted, true);
  assert.deepEqual(await statusOf('/key', made.key), [401, 'Invalid API key']);
  assert.equal((await statusOf(`/keys/${hash}`, MANAGEMENT_KEY))[0], 404);
});

test('credit and activity are told in dollars; today is not among the completed days', async () => {
  await ledger.credit({ id: 'p1', accountId: 'owner', amount: cents(1000), reason: 'a payment' });
  const credits = await manager.credits.getCredits();
  assert.equal(credits.data.totalCredits, 10);
  assert.equal(credits.data.totalUsage, 0.07);
  await spend(API_KEY_HASH, cents(2));
  const before = await manager.analytics.getUserActivity();
  assert.deepEqual(before.data, []);
  world.advance(86_400_000);
  const { data } = await manager.analytics.getUserActivity();
  assert.equal(data.length, 1);
  assert.equal(data[0]?.usage, 0.02);
  assert.equal(data[0]?.providerName, 'The Host');
  assert.equal((await statusOf('/activity?date=yesterday', MANAGEMENT_KEY))[0], 400);
});

test('a key tells what may be spent as a budget, when it was used, and the free calls of today', async () => {
  type Told = { readonly data: { readonly [name: string]: unknown } };
  const told = async (path: string, key: string): Promise<Told['data']> => {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
    return ((await answer.json()) as Told).data;
  };
  const made = await manager.apiKeys.create({ requestBody: { name: 'budgeted', limit: 0.1, limitReset: 'monthly' } });
  const { hash } = made.data;
  assert.equal((await told(`/keys/${hash}`, MANAGEMENT_KEY)).last_used_at, null);
  await spend(hash, cents(4));
  const day = new Date(world.now()).toISOString().slice(0, 10);
  assert.equal(
    (await told(`/keys/${hash}`, MANAGEMENT_KEY)).last_used_at,
    `${day}T00:00:00.000Z`,
    'elsewhere, on that day',
  );
  const { budgets, effective_budget, free_model_daily_requests } = await told('/key', made.key);
  assert.deepEqual(budgets, [effective_budget]);
  const next = new Date(world.now());
  assert.deepEqual(effective_budget, {
    scope: 'key_limit',
    budget_id: null,
    guardrail_id: null,
    include_byok: false,
    limit_usd: 0.1,
    spend_usd: 0.04,
    remaining_usd: 0.06,
    reset_interval: 'monthly',
    resets_at: new Date(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1)).toISOString(),
  });
  assert.equal((await told(`/keys/${hash}`, MANAGEMENT_KEY)).last_used_at, new Date(world.now()).toISOString());
  const before = (free_model_daily_requests as { used: number }).used;
  await spend(hash, cents(0), 'acme/one:free');
  const after = (await told('/key', made.key)).free_model_daily_requests as {
    used: number;
    remaining: number;
    limit: number;
  };
  assert.equal(after.used, before + 1);
  assert.equal(after.limit - after.used, after.remaining);
  assert.deepEqual((await told('/key', API_KEY)).budgets, []);
});

test('what an account pays later is no debt', async () => {
  const left = async (): Promise<readonly number[]> => {
    const { data } = await manager.credits.getCredits();
    return [data.totalCredits, Math.round((data.totalCredits - data.totalUsage) * 100) / 100];
  };
  const [credits = 0, balance = 0] = await left();
  assert.ok(balance >= 0);
  await spend(API_KEY_HASH, cents(100 * Math.ceil(balance + 1)));
  const [more = 0, nothing] = await left();
  assert.ok(more > credits);
  assert.equal(nothing, 0);
});

test('who may not is told so in the words clients know', async () => {
  assert.deepEqual(await statusOf('/key'), [401, 'Missing Authentication header']);
  assert.equal((await statusOf('/credits', API_KEY))[0], 403);
  assert.deepEqual(await statusOf('/keys', API_KEY), [403, 'Only management keys can perform this operation']);
  const post = (body: unknown): Promise<[number, string]> =>
    statusOf('/keys', MANAGEMENT_KEY, { method: 'POST', body: JSON.stringify(body) });
  assert.deepEqual(await post({}), [400, 'name: Invalid input: expected string, received undefined']);
  assert.equal((await post({ name: 'x', limit: -1 }))[0], 400);
  assert.equal((await post({ name: 'x', limit_reset: 'hourly' }))[0], 400);
  const inference = objectionTo(await callerOf(MANAGEMENT_KEY), 'call');
  assert.equal(inference?.code, 'permission_denied');
  assert.equal(objectionTo(await callerOf(API_KEY), 'call'), null);
});

test('a console session comes from a link that works once, and not from another site', async () => {
  const token = await access.newSignIn('owner');
  const redeemed = await access.redeemSignIn(token);
  assert.ok(redeemed);
  assert.equal(await access.redeemSignIn(token), null);
  const cookie = `other=1; switchwright_session=${redeemed.session}`;
  assert.equal(accountOf(await access.find({ cookie })), 'owner');
  assert.equal(accountOf(await access.find({ cookie, 'sec-fetch-site': 'cross-site' })), null);
  assert.equal(accountOf(await access.find({ cookie, 'sec-fetch-site': 'same-site' })), null);
  await access.signOut(redeemed.session);
  assert.equal(accountOf(await access.find({ cookie })), null);
});

const accountOf = (answer: Principal | Fault): string | null => ('accountId' in answer ? answer.accountId : null);

async function callerOf(key: string): Promise<Principal> {
  const caller = await access.find({ 'x-api-key': key });
  assert.ok('keyId' in caller);
  return caller;
}

test('what the prompt cache saved is told, as long as the prices of then are those of now', async () => {
  const discount = async (cost: bigint): Promise<unknown> => {
    const { data } = await user.generations.getGeneration({ id: await spend(API_KEY_HASH, cost) });
    return data.cacheDiscount;
  };
  assert.equal(await discount(1_056_000n), 0.000054, '20 tokens read at a tenth of $3');
  assert.equal(await discount(cents(1)), null);
});
