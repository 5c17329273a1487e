import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAccess } from '../../access/access.ts';
import { type Actor, actingAs, actingAsPerson } from '../../access/acting.ts';
import { type AuditEntry, everyEntry } from '../../access/audit-log.ts';
import { isObject, stringOf } from '../../base/json.ts';
import { nano } from '../../base/money.ts';
import { keyScope } from '../../facts/scope.ts';
import { newSecret } from '../open.ts';
import type { Bench } from './bench.ts';

const AT_SHELL: Actor = { kind: 'shell', id: 'root', accountId: 'owner', address: null, asked: 'a test' };
let made = 0;
const nameIn = (entry: AuditEntry | undefined): string => (isObject(entry?.after) ? stringOf(entry.after.name) : '');

function actsOn(bench: Bench) {
  const open = () => openAccess({ store: bench.storage.accessStore, world: bench.world, newSecret });
  const doing = <T>(task: () => Promise<T>, actor = AT_SHELL): Promise<T> =>
    actingAs({ actor, world: bench.world }, task);
  const told = async (object: string): Promise<readonly AuditEntry[]> =>
    open().auditLog.list({ accountId: 'owner', object, limit: 50 });
  return { open, doing, told };
}

/** What the audit log tells, whichever engine keeps it. */
export function auditLogLaws(bench: Bench): void {
  const { open, doing, told } = actsOn(bench);

  test('an act is told with who did it, and what was before and after; what the gateway does by itself is none', async () => {
    const access = open();
    const secret = `sk-${newSecret()}`;
    const wish = { name: 'before', secret, limit: nano(5_000_000_000n) };
    const { key } = await doing(() => access.keys.create(wish));
    await doing(() => access.keys.change(key.hash, { name: 'after', limit: nano(7_000_000_000n) }));
    await access.keys.change(key.hash, { name: 'by itself' });
    await doing(() => access.keys.remove(key.hash), { ...AT_SHELL, kind: 'key', id: 'k', address: '192.0.2.1' });
    await doing(() => access.keys.remove(key.hash));
    const [removed, changed, created, ...others] = await told(key.hash);
    assert.equal(others.length, 0, 'what found nothing to do is no act');
    assert.deepEqual([created?.act, created?.before, created?.actor.id], ['key.create', null, 'root']);
    assert.deepEqual(changed?.act, 'key.change');
    const budget = (amount: number) => ({
      scope: keyScope(key.hash),
      source: '',
      interval: 'lifetime',
      amount,
      with_byok: 0,
    });
    assert.deepEqual(changed?.before, { name: 'before', budget: [budget(5_000_000_000)] });
    assert.deepEqual(changed?.after, { name: 'after', budget: [budget(7_000_000_000)] });
    assert.deepEqual([removed?.act, removed?.after, removed?.actor.address], ['key.delete', null, '192.0.2.1']);
    const everything = JSON.stringify([removed, changed, created]);
    assert.ok(!everything.includes(secret), 'the key itself is nowhere');
    assert.equal((await open().auditLog.list({ accountId: 'other', object: key.hash, limit: 5 })).length, 0);
  });

  test('whoever comes in is told by the name they have then, without their password', async () => {
    const access = open();
    const owner = await access.callerOf('console', 'owner');
    assert.ok(!('code' in owner));
    const email = `told-${++made}@example.com`;
    const nobody: Actor = { kind: 'nobody', id: '', accountId: '', address: '192.0.2.9', asked: 'POST /invitation' };
    const invited = await doing(() => access.people.invite(owner, { email, role: 'viewer', workspaceIds: [] }));
    assert.ok(typeof invited === 'object');
    const client = { address: '192.0.2.9', agent: 'a browser' };
    const wish = { name: 'Told', password: 'seven quiet herons sleep' };
    await doing(() => access.people.accept(invited.token, wish, client), nobody);
    const person = await access.people.byEmail(email);
    const acts = await told(person?.id ?? '');
    assert.deepEqual(
      acts.map(({ act, actor }) => [act, actor.kind, actor.name, actor.address]),
      [
        ['session.begin', 'person', email, '192.0.2.9'],
        ['person.join', 'person', email, '192.0.2.9'],
      ],
    );
    assert.doesNotMatch(JSON.stringify(acts), /herons|scrypt|[0-9a-f]{64}/);
    await doing(() => access.people.remove(owner, person?.id ?? ''));
    const [removed] = await told(person?.id ?? '');
    assert.deepEqual([removed?.act, removed?.after], ['person.remove', null]);
    assert.match(JSON.stringify(removed?.before), new RegExp(email));
  });
}

/** It stays as it was written, and can be read to its end. */
export function keptLogLaws(bench: Bench): void {
  const { open, doing } = actsOn(bench);

  test('entries are never changed, by whoever asks the store', async () => {
    const access = open();
    await doing(() => access.keys.create({ name: 'kept' }));
    const { database } = bench.storage;
    const changing = database.updateTable('audit_log').set({ act: 'nothing' }).where('account_id', '=', 'owner');
    await assert.rejects(changing.execute());
    await assert.rejects(database.deleteFrom('audit_log').where('account_id', '=', 'owner').execute());
    const [last] = await access.auditLog.list({ accountId: 'owner', limit: 1 });
    assert.equal(nameIn(last), 'kept');
  });

  test('a long log is read page by page, in order, to its end', async () => {
    const access = open();
    const person = { id: `busy-${++made}`, accountId: 'owner' };
    for (let at = 0; at < 450; at++)
      await doing(() => actingAsPerson(person, () => access.keys.create({ name: `key ${at}` })));
    const names: string[] = [];
    for await (const entry of everyEntry(access.auditLog, { accountId: 'owner', actor: person.id }))
      names.push(nameIn(entry));
    assert.deepEqual(
      names,
      Array.from({ length: 450 }, (_, at) => `key ${449 - at}`),
    );
  });
}
