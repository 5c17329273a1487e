import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nano } from '../../base/money.ts';
import type { PaymentNews } from '../../facts/payments.ts';
import type { Bench } from './bench.ts';

const usd = (amount: number) => nano(BigInt(Math.round(amount * 1e9)));
let made = 0;

/** Payments, whatever is told of them and when, and grants. */
export function paymentLaws(bench: Bench): void {
  toldLaws(bench);
  topUpLaws(bench);
  grantLaws(bench);
}

async function account({ storage, world }: Bench): Promise<string> {
  const id = `payer-${process.pid}-${++made}`;
  await storage.accessStore.addAccount({ id, name: id }, world.now());
  return id;
}
const creditsOf = async ({ storage }: Bench, id: string) => (await storage.ledgerStore.balance(id)).credits;

function toldLaws(bench: Bench): void {
  test('a payment’s credits follow from all that is known of it, in whichever order it is told', async () => {
    const { storage, world } = bench;
    const orders = [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [2, 0, 4, 1, 3],
      [3, 3, 1, 0, 0, 4, 2, 1],
    ];
    for (const order of orders) {
      const accountId = await account(bench);
      const paymentId = `pi_${accountId}`;
      const disputed = (disputeId: string, state: 'asked' | 'open' | 'won' | 'lost') =>
        ({ kind: 'disputed', paymentId, disputeId: `${disputeId} ${accountId}`, amount: 100, state }) as const;
      const news: readonly PaymentNews[] = [
        { kind: 'paid', paymentId, accountId, credits: usd(10), charged: 1_100, customer: 'c', card: 'k', topUp: null },
        { kind: 'refunded', paymentId, refunded: 330 },
        { kind: 'refunded', paymentId, refunded: 110 },
        disputed('lost', 'lost'),
        disputed('won', 'won'),
      ];
      for (const at of order) assert.equal(await storage.payments.tell(news[at] as PaymentNews, world.now()), true);
      await storage.payments.tell(disputed('won', 'open'), world.now());
      // 330 and 100 of 1,100 cents went back.
      assert.equal(await creditsOf(bench, accountId), usd(10) - (usd(10) * 430n + 1_099n) / 1_100n, String(order));
    }
    const nobody = {
      kind: 'paid',
      paymentId: 'pi_nobody',
      accountId: 'nobody',
      credits: usd(1),
      charged: 1,
      customer: null,
      card: null,
      topUp: null,
    } as const;
    assert.equal(await storage.payments.tell(nobody, world.now()), false);
    assert.ok((await storage.audit()).findings.every(({ kept, derived }) => kept === derived));
  });
}

function topUpLaws(bench: Bench): void {
  test('an account is topped up by one process at a time, with its card, while it has less than it wants', async () => {
    const { storage, world } = bench;
    const accountId = await account(bench);
    const { payments } = storage;
    const want = { below: usd(5), credits: usd(20) };
    assert.equal(await payments.setTopUp(accountId, want), false, 'there is no card');
    const paid = {
      kind: 'paid',
      accountId,
      customer: 'cus',
      card: 'pm',
      charged: 300,
      credits: usd(3),
      topUp: null,
    } as const;
    await payments.tell({ ...paid, paymentId: `pi_a ${accountId}` }, world.now());
    assert.equal(await payments.setTopUp(accountId, want), true);
    const due = async () => (await payments.takeDue(world.now(), 60_000)).filter((one) => one.accountId === accountId);
    const taken = (await Promise.all([due(), due()])).flat();
    assert.deepEqual(taken, [{ accountId, credits: usd(20), customer: 'cus', card: 'pm', number: 0 }]);
    await payments.tell({ ...paid, paymentId: `pi_b ${accountId}`, credits: usd(1), topUp: 0 }, world.now());
    assert.deepEqual(
      (await due()).map(({ number }) => number),
      [1],
      'the next one is another one',
    );
    await payments.failTopUp(accountId, 'declined');
    assert.deepEqual(await due(), []);
    const now = await payments.account(accountId);
    assert.deepEqual([now.topUp, now.failure, now.topUps], [null, 'declined', 1]);
    assert.equal(await payments.setTopUp(accountId, want), true);
    assert.deepEqual(
      (await due()).map(({ number }) => number),
      [2],
      'whoever turns it on again asks anew',
    );
    await payments.tell({ ...paid, paymentId: `pi_c ${accountId}`, credits: usd(90) }, world.now());
    assert.deepEqual(await due(), []);
  });
}

function grantLaws(bench: Bench): void {
  test('a grant is booked once for each id, and an account can be made to pay beforehand', async () => {
    const { storage } = bench;
    const accountId = await account(bench);
    const grant = { id: `grant:${accountId}`, accountId, amount: usd(4), reason: 'a law' };
    await Promise.all([storage.accounts.grant(grant), storage.accounts.grant(grant)]);
    assert.equal(await creditsOf(bench, accountId), usd(4));
    await storage.accounts.setPrepaid(accountId, true);
    assert.equal((await storage.accounts.find(accountId))?.isPrepaid, true);
    assert.equal(await storage.accounts.find('nobody'), null);
  });
}
