import type { Hidden } from '../base/hidden.ts';
import type { Vault } from '../vault/vault.ts';
import { placeOf } from './provider-keys.ts';
import type { AccessStore } from './store.ts';

/** A key of the operator's at a provider, opened. */
export type OperatorKey = {
  readonly id: string;
  readonly provider: string;
  readonly label: string;
  readonly weight: number;
  readonly secret: Hidden;
};

/** The operator's keys that are kept in the store: all that are switched on, read again when one changes anywhere. */
export type OperatorKeys = {
  /** Another list after each change. */
  readonly current: () => readonly OperatorKey[];
  readonly load: () => Promise<void>;
};

export function openOperatorKeys(parts: {
  readonly store: AccessStore;
  readonly vault: Vault;
  readonly log: (message: string, cause?: unknown) => void;
  /** The list is another one now. */
  readonly changed: () => void;
}): OperatorKeys {
  const { store, vault, log, changed } = parts;
  let keys: readonly OperatorKey[] = [];
  let asked = 0;
  const load = async (): Promise<void> => {
    const turn = ++asked;
    const sealed = await store.providerKeys.usedByOperator();
    if (turn !== asked) return; // a later reading is under way
    keys = sealed.flatMap((key) => {
      const secret = vault.open(placeOf(key), key.envelope);
      if (!secret.ok) log(`the operator's provider key ${key.id} cannot be opened: ${secret.error}`);
      const { id, provider, label, weight } = key;
      return secret.ok ? [{ id, provider, label, weight, secret: secret.value }] : [];
    });
    changed();
  };
  store.onChange(({ kind }) => {
    if (kind !== 'operator' && kind !== 'everything') return;
    load().catch((cause) => log("the operator's provider keys could not be read again", cause));
  });
  return { current: () => keys, load };
}
