import type { Cancel } from '../base/world.ts';
import type { Gateway } from '../gateway/gateway.ts';

const EVERY_MS = 10_000;
/** The provider answers, or is asked again with the same key, which charges once. */
const TAKEN_MS = 300_000;

/** Charges saved cards of accounts that have less credit than they want to have, until the answer is known. */
export function topUpAsNeeded({ payments, world, log }: Pick<Gateway, 'payments' | 'world' | 'log'>): Cancel | null {
  if (!payments) return null;
  const { payments: provider, store } = payments;
  let isOver = false;
  const round = async (): Promise<void> => {
    for (const due of await store.takeDue(world.now(), TAKEN_MS)) {
      const key = `top-up ${due.accountId} ${due.number}`;
      const charged = await provider.topUp({ ...due, key }).catch((cause: unknown) => {
        log(`the top-up of ${due.accountId} is tried again`, cause);
        return null;
      });
      if (charged === null || charged === 'charged') continue;
      log(`the card of ${due.accountId} was declined: automatic top-up is turned off`);
      await store.failTopUp(due.accountId, charged.declined);
    }
  };
  const again = (): Cancel =>
    world.after(EVERY_MS, () => {
      round()
        .catch((cause: unknown) => log('accounts could not be topped up', cause))
        .finally(() => {
          if (!isOver) cancel = again();
        });
    });
  let cancel = again();
  return () => {
    isOver = true;
    cancel();
  };
}
