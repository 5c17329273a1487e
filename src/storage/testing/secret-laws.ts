import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAccess } from '../../access/access.ts';
import type { Owned, ProviderKeyWish } from '../../access/provider-keys.ts';
import type { AccessChange } from '../../access/store.ts';
import { Hidden } from '../../base/hidden.ts';
import { rotate } from '../../vault/rotate.ts';
import { openVault, type Secrets } from '../../vault/vault.ts';
import { newSecret, type Storage } from '../open.ts';
import type { Bench, LawWorld } from './bench.ts';

const OURS: Owned = { accountId: 'owner', payer: 'account' };
const WISH: ProviderKeyWish = {
  ...OURS,
  workspaceId: null,
  provider: 'host',
  name: null,
  label: 'sk-...abcd',
  weight: 1,
  disabled: false,
  isFallback: false,
  isRequired: false,
  isByokOnly: false,
  declaredZdr: null,
  allowedModels: null,
  allowedKeys: null,
  allowedMembers: null,
};
const PAGE = { offset: 0, limit: 100 };

const vaultOf = (read: () => Secrets) => openVault({ read, newRandom: newSecret, now: () => 0 });

const rows = async (storage: Storage) => storage.database.selectFrom('provider_key').selectAll().execute();

/** Keys at providers by the secrets of a test. */
function keeper({ world }: Bench) {
  const secrets = [newSecret()];
  const open = (storage: Storage) => {
    const vault = vaultOf(() => secrets);
    return openAccess({ store: storage.accessStore, world, newSecret, vault }).providerKeys;
  };
  const make = async (storage: Storage, wish: Partial<ProviderKeyWish>, secret: string) => {
    const made = await open(storage).create({ ...WISH, ...wish }, new Hidden(secret));
    assert.ok(made.ok && made.value);
    return made.value;
  };
  return { secrets, open, make };
}

/** Sealed keys at providers, as two processes keep, find and rotate them. */
export function secretLaws(bench: Bench, another: (world: LawWorld) => Promise<Storage>): void {
  keptKeyLaws(bench);
  heardKeyLaws(bench, another);
  rotationLaws(bench);
}

function keptKeyLaws(bench: Bench): void {
  const { open, make } = keeper(bench);

  test('a key at a provider is kept sealed, found by its owner alone, changed and taken away', async () => {
    const { storage } = bench;
    const keys = open(storage);
    const first = await make(
      storage,
      { name: 'first', declaredZdr: false, allowedModels: ['a/b', 'ü"\\'] },
      'sk-the-first',
    );
    const second = await make(storage, { workspaceId: 'w' }, 'sk-the-second');
    assert.deepEqual([first.sortOrder, second.sortOrder, first.allowedModels], [0, 1, ['a/b', 'ü"\\']]);
    assert.equal((await keys.reveal(OURS, first.id))?.reveal(), 'sk-the-first');
    for (const other of [{ ...OURS, accountId: 'other' }, { ...OURS, payer: 'operator' } as const]) {
      assert.equal(await keys.find(other, first.id), null);
      assert.equal(await keys.reveal(other, first.id), null);
      assert.deepEqual(await keys.change(other, first.id, { disabled: true }), { ok: true, value: null });
      assert.equal(await keys.remove(other, first.id), false);
      assert.deepEqual(await keys.list({ ...other, ...PAGE }), { keys: [], total: 0 });
    }
    const listed = await keys.list({ ...OURS, workspaceId: 'elsewhere', ...PAGE });
    assert.deepEqual([listed.keys, listed.total], [[first], 1], 'of every workspace, and of no other');
    const changed = await keys.change(OURS, first.id, { secret: new Hidden('sk-another'), label: '...', sortOrder: 7 });
    assert.ok(changed.ok && changed.value);
    assert.deepEqual([changed.value.label, changed.value.sortOrder, changed.value.name], ['...', 7, 'first']);
    assert.equal((await keys.reveal(OURS, first.id))?.reveal(), 'sk-another');
    const { providerKeys } = storage.accessStore;
    assert.deepEqual(
      (await providerKeys.usedBy(['owner', 'other'])).map(({ id }) => id),
      [second.id, first.id],
    );
    await keys.change(OURS, second.id, { disabled: true });
    assert.deepEqual(
      (await providerKeys.usedBy(['owner'])).map(({ id }) => id),
      [first.id],
    );
    assert.deepEqual(await providerKeys.usedByOperator(), []);
    const kept = JSON.stringify(await rows(storage), (_, value) => (typeof value === 'bigint' ? String(value) : value));
    assert.ok(!kept.includes('sk-the') && !kept.includes('sk-another'), kept);
    assert.equal(await keys.remove(OURS, first.id), true);
    assert.equal(await keys.remove(OURS, first.id), false);
    await keys.remove(OURS, second.id);
    assert.deepEqual(await rows(storage), []);
  });

  test('an owner has so many and no more, however many are made at once', async () => {
    const { providerKeys } = bench.storage.accessStore;
    const wishes = Array.from({ length: 12 }, (_, at) => ({
      ...WISH,
      id: `k${String(at).padStart(2, '0')}`,
      accountId: 'bounded',
      sortOrder: 0,
      createdAt: bench.world.now(),
      updatedAt: null,
      envelope: 'sw1.0.x',
    }));
    let made = 0;
    for (const wish of wishes) if (await providerKeys.add(wish, 10)) made++;
    assert.equal(made, 10);
    const { keys } = await providerKeys.list({ ...OURS, accountId: 'bounded', ...PAGE });
    assert.deepEqual(
      keys.map(({ sortOrder }) => sortOrder),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    for (const { id } of keys) await providerKeys.remove({ ...OURS, accountId: 'bounded' }, id);
  });
}

function heardKeyLaws(bench: Bench, another: (world: LawWorld) => Promise<Storage>): void {
  const { open, make } = keeper(bench);
  test('what one process does with a key at a provider the other hears: whose it is, and nothing else', async () => {
    const other = await another(bench.world);
    const changes: AccessChange[] = [];
    other.accessStore.onChange((change) => void changes.push(change));
    // What was done before it listened may still be on its way to it.
    const first = await make(bench.storage, { accountId: 'first' }, 'sk-first');
    while (
      !changes.some((change) => change.kind === 'everything' || (change.kind === 'own' && change.accountId === 'first'))
    )
      await new Promise((next) => setTimeout(next, 5));
    changes.length = 0;
    const mine = await make(bench.storage, { accountId: 'listening' }, 'sk-heard-of');
    const operators = await make(bench.storage, { payer: 'operator' }, 'sk-heard-of-too');
    const heard = (kind: AccessChange['kind']) => changes.some((change) => change.kind === kind);
    const owners = () => changes.flatMap((change) => (change.kind === 'own' ? [change.accountId] : []));
    while (!(owners().includes('listening') && heard('operator')) && !heard('everything'))
      await new Promise((next) => setTimeout(next, 5));
    assert.ok(owners().every((owner) => owner === 'listening' || owner === 'first'));
    assert.equal((await open(other).reveal({ ...OURS, accountId: 'listening' }, mine.id))?.reveal(), 'sk-heard-of');
    assert.ok(changes.every((change) => change.kind !== 'key'));
    await open(other).remove({ ...OURS, accountId: 'listening' }, mine.id);
    await open(other).remove({ ...OURS, payer: 'operator' }, operators.id);
    await open(other).remove({ ...OURS, accountId: 'first' }, first.id);
    await other.close();
  });

  test('the store has one master secret; who holds it names the next, and nobody else', async () => {
    const { secretStore } = bench.storage;
    assert.equal(await secretStore.master(), null);
    const names = await Promise.all(['a', 'b'].map((id) => secretStore.name(id, [id])));
    const [first = ''] = names;
    assert.ok(names.every((name) => name === first) && ['a', 'b'].includes(first));
    assert.equal(await secretStore.name('stranger', ['stranger', 'z']), first);
    assert.equal(await secretStore.name('next', ['next', first]), 'next');
    assert.equal(await secretStore.master(), 'next');
  });
}

function rotationLaws(bench: Bench): void {
  const { secrets, open, make } = keeper(bench);
  test('everything is sealed anew, in turns, beside those who change it; what cannot be opened is told and stays', async () => {
    const { storage } = bench;
    const made = [];
    for (let at = 0; at < 230; at++)
      made.push(await make(storage, { accountId: `account-${at % 2}` }, `sk-number-${at}`));
    const lost = { table: 'provider_key', column: 'secret', row: made[100]?.id ?? '' };
    const envelope = (await rows(storage)).find(({ id }) => id === lost.row)?.secret ?? '';
    const foreign = vaultOf(() => [newSecret()]).seal(lost, new Hidden('sk-of-nobody'));
    assert.ok(foreign.ok && (await storage.secretStore.replace({ place: lost, envelope }, foreign.value)));
    assert.equal(
      await storage.secretStore.replace({ place: lost, envelope }, 'late'),
      false,
      'it has changed meanwhile',
    );
    secrets.unshift(newSecret());
    const vault = vaultOf(() => secrets);
    const racing = made[200];
    assert.ok(racing);
    const [rotated] = await Promise.all([
      rotate(vault, storage.secretStore),
      open(storage).change(racing, racing.id, { secret: new Hidden('sk-changed-meanwhile') }),
    ]);
    assert.deepEqual(
      rotated.unopened.map(({ row }) => row),
      [lost.row],
    );
    assert.ok(rotated.sealed >= 228, `${rotated.sealed}`);
    assert.deepEqual((await rotate(vault, storage.secretStore)).sealed, 0, 'nothing is left');
    secrets.pop();
    for (const [at, key] of made.entries()) {
      if (key.id === lost.row) continue;
      const secret = await open(storage).reveal(key, key.id);
      assert.equal(
        secret?.reveal(),
        key === racing ? 'sk-changed-meanwhile' : `sk-number-${at}`,
        'by the new one alone',
      );
    }
    for (const key of made) await open(storage).remove(key, key.id);
  });
}
