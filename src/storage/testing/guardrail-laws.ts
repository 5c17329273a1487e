/** Laws of guardrails: what is on whom, and what they may spend. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Access, isFault, openAccess } from '../../access/access.ts';
import type { GuardrailSettings, GuardrailWish } from '../../access/guardrails.ts';
import { guardedScope } from '../../access/guardrails.ts';
import { firstWorkspace } from '../../access/owner.ts';
import type { Guard } from '../../facts/policy.ts';
import { keyScope, workspaceScope } from '../../facts/scope.ts';
import { isHold } from '../../ledger/ledger.ts';
import { newSecret, type Storage } from '../open.ts';
import { type Bench, heldBy, type LawWorld } from './bench.ts';
import { cents, receiptOf } from './sample.ts';

const SETTINGS: GuardrailSettings = {
  allowed_models: null,
  ignored_models: ['a/b'],
  allowed_providers: null,
  ignored_providers: null,
  allowed_data_regions: null,
  allowed_ips: null,
  enforce_zdr: null,
  enforce_zdr_anthropic: null,
  enforce_zdr_openai: null,
  enforce_zdr_google: null,
  enforce_zdr_xai: null,
  enforce_zdr_other: null,
  enable_paid_model_training: null,
  enable_free_model_training: null,
  enable_free_model_publication: null,
  content_filters: null,
  content_filter_builtins: null,
};
const WISH: GuardrailWish = { name: 'Rule', description: null, settings: SETTINGS, budget: null, byokInBudget: false };
const spending = (amount: number): Partial<GuardrailWish> => ({
  budget: { amount: cents(amount), interval: 'daily' },
});

type Maker = ReturnType<typeof makerOf>;

/** What makes guardrails, and keys that they are put on. */
function makerOf(bench: Bench) {
  const open = (storage = bench.storage): Access =>
    openAccess({ store: storage.accessStore, world: bench.world, newSecret });
  const made = async (access: Access, wish: Partial<GuardrailWish> = {}) => {
    const guardrail = await access.guardrails.create({ ...WISH, ...wish }, OF);
    assert.ok(guardrail);
    return guardrail;
  };
  const keyed = async (access: Access) => {
    const { key, secret } = await access.keys.create({ name: 'guarded', creatorUserId: 'someone' });
    const guard = async (): Promise<Guard | undefined> => {
      const found = await access.find({ authorization: `Bearer ${secret}` });
      assert.ok(!isFault(found));
      return found.guard;
    };
    return { hash: key.hash, scope: keyScope(key.hash), guard };
  };
  return { open, made, keyed };
}

const OF = { accountId: 'owner', workspaceId: firstWorkspace('owner').id };
const namesOf = (guard: Guard | undefined): readonly string[] | undefined => guard?.rules.map(({ source }) => source);

export function guardrailLaws(bench: Bench, another: ((world: LawWorld) => Promise<Storage>) | null): void {
  const maker = makerOf(bench);
  placeLaws(maker);
  budgetLaws(bench, maker);
  if (another) sharedLaws(bench, maker, another);
}

function placeLaws({ open, made, keyed }: Maker): void {
  test('a guardrail is on nothing until it is put on it, and on nothing once it is taken away', async () => {
    const access = open();
    const { guard, scope, hash } = await keyed(access);
    const guardrail = await made(access);
    assert.equal(await guard(), undefined);
    await access.guardrails.assign(guardrail, [scope], 'somebody');
    assert.deepEqual((await guard())?.rules[0]?.ignore_models, ['a/b']);
    const page = { offset: 0, limit: 10 };
    const listed = await access.guardrails.assignments({ ...OF, guardrailId: guardrail.id, on: 'key' }, page);
    assert.equal(listed.total, 1);
    const [assignment] = listed.assignments;
    assert.deepEqual([assignment?.scope, assignment?.keyName, assignment?.assignedBy], [scope, 'guarded', 'somebody']);
    assert.equal(await access.guardrails.unassign(guardrail, [scope]), 1);
    assert.equal(await access.guardrails.unassign(guardrail, [scope]), 0);
    assert.equal(await guard(), undefined);
    await access.guardrails.assign(guardrail, [scope], null);
    assert.ok(await guard());
    assert.equal(await access.guardrails.remove(guardrail), true);
    assert.equal(await access.guardrails.remove(guardrail), false);
    assert.equal(await guard(), undefined);
    await access.guardrails.assign(guardrail, [scope], null);
    assert.equal(await guard(), undefined, 'one that is gone is put on nothing');
    await access.keys.remove(hash);
  });

  test('those of the workspace, the member and the key are told in this order, and a change is heard of', async () => {
    const access = open();
    const { guard, scope } = await keyed(access);
    const first = await made(access, { name: 'first' });
    const second = await made(access, { name: 'second' });
    const workspace = workspaceScope(OF.workspaceId);
    await access.guardrails.assign(first, [workspace, scope], null);
    await access.guardrails.assign(second, [guardedScope('member', 'owner', 'someone')], null);
    assert.deepEqual(namesOf(await guard()), [
      'guardrail "first" of the workspace',
      'guardrail "second" of the member',
      'guardrail "first" of the key',
    ]);
    const print = (await guard())?.print;
    const changed = await access.guardrails.change(first, {
      ...WISH,
      settings: { ...SETTINGS, allowed_providers: ['c'] },
    });
    assert.ok(changed);
    const now = await guard();
    assert.notEqual(now?.print, print);
    assert.deepEqual(now?.rules[0]?.only, ['c']);
    // A key has one guardrail: another takes its place.
    await access.guardrails.assign(second, [scope], null);
    assert.deepEqual((await guard())?.rules[2]?.source, 'guardrail "second" of the key');
    await access.guardrails.remove(first);
    await access.guardrails.remove(second);
    assert.equal(await guard(), undefined);
  });
}

function budgetLaws(bench: Bench, { open, made }: Maker): void {
  test('a guardrail’s budget is each one’s own, beside its own limit, and its refusal names it', async () => {
    const access = open();
    const [one, other] = [await bench.keyOf(cents(50)), await bench.keyOf()];
    const guardrail = await made(access, { ...spending(10), name: 'Thrift' });
    await access.guardrails.assign(guardrail, [keyScope(one), keyScope(other)], null);
    for (const key of [one, other]) {
      const request = bench.next(key, cents(8));
      await (await heldBy(bench.ledger, request)).settle(receiptOf(request, cents(8)));
      const refused = await bench.ledger.hold(bench.next(key, cents(3)));
      assert.ok(!isHold(refused), 'beyond the budget');
      assert.equal(refused.code, 'permission_denied');
      assert.match(refused.message, /^The daily budget of this key by the guardrail "Thrift" is \$0\.1,/);
      assert.equal(refused.metadata?.guardrail_id, guardrail.id);
    }
    const raised = await access.guardrails.change(guardrail, { ...WISH, ...spending(20) });
    assert.ok(raised);
    const more = bench.next(other, cents(3));
    await (await heldBy(bench.ledger, more)).settle(receiptOf(more, cents(3)));
    await access.guardrails.change(raised, WISH);
    const beyond = bench.next(other, cents(40));
    await (await heldBy(bench.ledger, beyond)).settle(receiptOf(beyond, cents(40)));
    const limited = await bench.ledger.hold(bench.next(one, cents(43)));
    assert.ok(!isHold(limited) && limited.code === 'payment_required', 'the key’s own limit is as it was');
    await access.guardrails.remove(guardrail);
    await bench.sound();
  });

  test('what replaces a guardrail takes its budget away, and a key takes both along', async () => {
    const access = open();
    const key = await bench.keyOf();
    const scope = keyScope(key);
    const strict = await made(access, spending(1));
    const loose = await made(access);
    await access.guardrails.assign(strict, [scope], null);
    assert.ok(!isHold(await bench.ledger.hold(bench.next(key, cents(2)))));
    await access.guardrails.assign(loose, [scope], null);
    const request = bench.next(key, cents(2));
    await (await heldBy(bench.ledger, request)).settle(receiptOf(request, cents(2)));
    await access.guardrails.assign(strict, [scope], null);
    await access.keys.remove(key);
    assert.deepEqual(await access.budgets.list([scope]), []);
    const of = { accountId: 'owner', guardrailId: strict.id, on: 'key' } as const;
    assert.equal((await access.guardrails.assignments(of, { offset: 0, limit: 1 })).total, 0);
    await access.guardrails.remove(strict);
    await access.guardrails.remove(loose);
  });

  test('a workspace that is removed takes its guardrails along, wherever they are', async () => {
    const access = open();
    const wish = { name: 'Guarded', slug: `guarded-${bench.world.newId('w').toLowerCase()}`, description: null };
    const workspace = await access.workspaces.create(wish, { accountId: 'owner', createdBy: null });
    assert.ok(workspace);
    const guardrail = await access.guardrails.create(
      { ...WISH, ...spending(1) },
      { accountId: 'owner', workspaceId: workspace.id },
    );
    assert.ok(guardrail);
    const member = guardedScope('member', 'owner', 'traveller');
    await access.guardrails.assign(guardrail, [member], null);
    assert.equal((await access.budgets.list([member])).length, 1);
    assert.equal(await access.workspaces.remove(workspace), 'removed');
    assert.equal(await access.guardrails.find('owner', guardrail.id), null);
    assert.deepEqual(await access.budgets.list([member]), []);
  });
}

function sharedLaws(bench: Bench, { open, made, keyed }: Maker, another: (world: LawWorld) => Promise<Storage>): void {
  test('another process hears of a guardrail', async () => {
    const [here, elsewhere] = [open(), await another(bench.world)];
    const there = open(elsewhere);
    const { guard, scope } = await keyed(there);
    assert.equal(await guard(), undefined);
    const guardrail = await made(here);
    await here.guardrails.assign(guardrail, [scope], null);
    while ((await guard()) === undefined) await new Promise((next) => setTimeout(next, 5));
    await here.guardrails.remove(guardrail);
    while ((await guard()) !== undefined) await new Promise((next) => setTimeout(next, 5));
    await elsewhere.close();
  });
}
