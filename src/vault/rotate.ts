import { masterIdOf, type Place } from './envelope.ts';
import type { SecretStore } from './store.ts';
import type { Vault } from './vault.ts';

/** Sealed anew at a time: a few milliseconds of work. */
const BATCH = 100;

/** What rotation has done: how many are sealed by the present master now, and which could not be opened. */
export type Rotated = { readonly sealed: number; readonly unopened: readonly (Place & { readonly master: string })[] };

/**
 * Seals everything anew that another master has sealed. It may run beside calls and changes, and be killed and run
 * again: each text is put in the place of the very envelope that it came from, and every master that is still needed
 * goes on opening what is its own.
 */
export async function rotate(vault: Vault, store: SecretStore): Promise<Rotated> {
  const current = vault.current();
  if (!current) throw new Error('There is no master secret to seal by.');
  const unopened: Rotated['unopened'][number][] = [];
  let sealed = 0;
  let after: Place | null = null;
  for (;;) {
    const batch = await store.sealedByOthers(current.id, after, BATCH);
    for (const each of batch) {
      after = each.place;
      const secret = vault.open(each.place, each.envelope);
      if (!secret.ok) {
        unopened.push({ ...each.place, master: masterIdOf(each.envelope) ?? '' });
        continue;
      }
      const anew = vault.seal(each.place, secret.value);
      if (!anew.ok) throw new Error(anew.error.message);
      // Who changed it meanwhile has sealed it by what is current.
      if (await store.replace(each, anew.value)) sealed++;
    }
    if (batch.length < BATCH) return { sealed, unopened };
  }
}
