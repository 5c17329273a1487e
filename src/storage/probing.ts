import type { World } from '../base/world.ts';
import type { StoreClient } from './client.ts';

/** How often a store that refused a write is asked whether it takes one again. */
const PROBE_MS = 1_000;

/** After a write that the store refused: asks for a small one again and again until it is taken. */
export function openProbing(
  client: StoreClient,
  world: World,
  recovered: () => void,
): { readonly begin: () => void; readonly end: () => void } {
  let cancel: (() => void) | null = null;
  let isEnded = false;
  const again = (): void => {
    if (!isEnded) cancel = world.after(PROBE_MS, probe);
  };
  const probe = (): void => {
    client.work('beat', { process: client.process, slot: null }).then(() => {
      cancel = null;
      recovered();
    }, again);
  };
  return {
    begin: () => {
      if (cancel === null) again();
    },
    end: () => {
      isEnded = true;
      cancel?.();
    },
  };
}
