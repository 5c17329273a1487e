/** Laws of alerts: one event for one turn, and everybody who waits is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert, AlertEvent } from '../../telemetry/alerts/alert.ts';
import type { Bench } from './bench.ts';

const alertIn = (bench: Bench, accountId: string): Alert => ({
  id: bench.world.newId('alert'),
  accountId,
  name: 'Ours, with 𝄞',
  enabled: true,
  watched: { kind: 'budget', threshold: 0.8, owner: null },
  mails: ['ada@example.com'],
  sealedUrl: null,
  raised: [],
  words: '',
  raisedAt: null,
  createdAt: bench.world.now(),
  updatedAt: bench.world.now(),
});
const eventIn = (bench: Bench, alert: Alert, words = 'It happened.'): AlertEvent => ({
  id: bench.world.newId('event'),
  accountId: alert.accountId,
  alertId: alert.id,
  at: bench.world.now(),
  kind: 'raised',
  words,
  tellings: [{ to: 'ada@example.com', state: 'waiting' }],
  tries: 0,
});

export function alertLaws(bench: Bench): void {
  const alertOf = (accountId: string): Alert => alertIn(bench, accountId);
  const eventOf = (alert: Alert, words?: string): AlertEvent => eventIn(bench, alert, words);

  test('an alert is its account’s, and there are no more than may be', async () => {
    const { alertStore } = bench.storage;
    const [first, second] = [alertOf('alerting'), alertOf('alerting')];
    assert.equal(await alertStore.add(first, 1), true);
    assert.equal(await alertStore.add(second, 1), false);
    assert.deepEqual(await alertStore.find('alerting', first.id), first);
    assert.equal(await alertStore.find('another', first.id), null);
    assert.equal(await alertStore.remove('another', first.id), false);
    const changed = { ...first, name: 'Otherwise', enabled: false, sealedUrl: 'sealed' };
    assert.equal(await alertStore.change(changed), true);
    assert.deepEqual(await alertStore.list('alerting'), [changed]);
    assert.ok(!(await alertStore.enabled()).some(({ id }) => id === first.id));
    assert.equal(await alertStore.remove('alerting', first.id), true);
    assert.equal(await alertStore.change(changed), false);
  });

  test('of several who see the same, one tells it; whoever dies while telling is followed by another', async () => {
    const { alertStore } = bench.storage;
    const alert = alertOf('turning');
    await alertStore.add(alert, 9);
    const events = ['a', 'b', 'c'].map((words) => eventOf(alert, words));
    const turned = await Promise.all(
      events.map((event) => alertStore.turn({ alert, raised: ['account:turning'], event })),
    );
    assert.equal(turned.filter(Boolean).length, 1);
    const [told, ...others] = await alertStore.events('turning', alert.id, 10);
    assert.equal(told?.words, events[turned.indexOf(true)]?.words);
    assert.deepEqual(others, []);
    const now = bench.world.now();
    const raised = await alertStore.find('turning', alert.id);
    assert.deepEqual([raised?.raised, raised?.words, raised?.raisedAt], [['account:turning'], told?.words, now]);

    const mine = (claimed: readonly AlertEvent[]) => claimed.filter(({ alertId }) => alertId === alert.id);
    const [claimed] = mine(await alertStore.claim(now, 60_000, 10));
    assert.equal(claimed?.tries, 1);
    assert.deepEqual(mine(await alertStore.claim(now + 59_000, 60_000, 10)), []);
    const [again] = mine(await alertStore.claim(now + 60_000, 60_000, 10));
    assert.equal(again?.tries, 2);
    await alertStore.told({ ...eventOf(alert), ...again, tellings: [{ to: 'ada@example.com', state: 'sent' }] }, null);
    assert.deepEqual(mine(await alertStore.claim(now + 600_000, 60_000, 10)), []);
    assert.deepEqual((await alertStore.events('turning', alert.id, 1))[0]?.tellings, [
      { to: 'ada@example.com', state: 'sent' },
    ]);
    assert.deepEqual(await alertStore.events('another', alert.id, 1), []);
    await alertStore.remove('turning', alert.id);
    assert.deepEqual(await alertStore.events('turning', alert.id, 10), []);
  });
}
