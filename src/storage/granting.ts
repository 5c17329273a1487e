import type { World } from '../base/world.ts';
import type { Grant, GrantRequest, LeaseName, LedgerStore, Scope } from '../ledger/store.ts';
import { StoreError } from '../ledger/trouble.ts';
import type { StoreClient } from './client.ts';
import type { Grouping } from './grouping.ts';

/** How often whoever waits for a grant looks whether the store can still be hoped for. */
const LOOK_MS = 250;

type Parts = Pick<LedgerStore, 'trouble' | 'giveBack'> & {
  readonly client: StoreClient;
  readonly world: World;
  readonly grouping: Grouping;
  /** How often the store took this process for dead before it granted. */
  readonly heard: (epoch: number) => void;
};

const leaseOf = (scope: Scope, { minute }: Extract<Grant, { readonly kind: 'granted' }>): LeaseName =>
  minute ? `${scope}@${minute.number}` : scope;

/** Asks the store for a lease. Nobody waits for one that is in trouble: what it grants too late goes back. */
export function openGranting(parts: Parts): (request: GrantRequest) => Promise<Grant> {
  const { client, world, grouping, trouble, heard, giveBack } = parts;
  /** The answer, or a rejection as soon as the store is known to be in trouble. */
  const orTrouble = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = trouble();
        if (found === null) cancel = world.after(LOOK_MS, look);
        else reject(new StoreError(found, 'the store does not answer'));
      };
      let cancel = world.after(LOOK_MS, look);
      answer.then(resolve, reject).finally(() => cancel());
    });
  return async (request) => {
    // What this process has given back or spent must count before it asks for more.
    if (grouping.backlog() > 0) await orTrouble(grouping.settled());
    let isAwaited = true;
    const asked = client.work('grant', { ...request, process: client.process, now: world.now() });
    const heeded = asked.then(({ grant, epoch }) => {
      heard(epoch);
      if (!isAwaited && grant.kind === 'granted') giveBack(leaseOf(request.scope, grant), grant.amount).catch(() => {});
      return grant;
    });
    return orTrouble(heeded).catch((cause) => {
      isAwaited = false;
      throw cause;
    });
  };
}
