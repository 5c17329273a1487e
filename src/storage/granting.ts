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
  /** Waits for the answer as long as the store can be hoped for; `late` hears of one that nobody waits for any more. */
  const orTrouble = <T>(answer: Promise<T>, late: (value: T) => void = () => {}): Promise<T> =>
    new Promise((resolve, reject) => {
      let isAwaited = true;
      const look = (): void => {
        const found = trouble();
        if (found === null) {
          cancel = world.after(LOOK_MS, look);
          return;
        }
        isAwaited = false;
        reject(new StoreError(found, 'the store does not answer'));
      };
      let cancel = world.after(LOOK_MS, look);
      // In one turn it is decided whose the answer is: between two of them time may pass.
      answer.then(
        (value) => {
          cancel();
          if (isAwaited) resolve(value);
          else late(value);
          isAwaited = false;
        },
        (cause) => {
          cancel();
          reject(cause);
        },
      );
    });
  return async (request) => {
    // What this process has given back or spent must count before it asks for more.
    if (grouping.backlog() > 0) await orTrouble(grouping.settled());
    const asked = client.work('grant', { ...request, process: client.process, now: world.now() });
    const { grant } = await orTrouble(
      asked.then((granted) => {
        heard(granted.epoch);
        return granted;
      }),
      ({ grant }) => {
        if (grant.kind === 'granted') giveBack(leaseOf(request.scope, grant), grant.amount).catch(() => {});
      },
    );
    return grant;
  };
}
