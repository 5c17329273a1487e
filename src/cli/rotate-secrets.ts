import { newSecret } from '../storage/open.ts';
import { lockOf } from '../storage/slot.ts';
import { realWorld } from '../upstream/world.ts';
import { masterOf } from '../vault/master.ts';
import { rotate } from '../vault/rotate.ts';
import type { SecretStore } from '../vault/store.ts';
import { openVault } from '../vault/vault.ts';
import type { Configuration } from './configuration.ts';
import { readSecrets, secretFile, secretsInFile, writeSecretFile } from './master-secret.ts';
import { openVisit } from './store.ts';

/**
 * `switchwright rotate-secrets`: seals everything anew, beside a gateway that serves. Where the secret is in the data
 * folder it makes a new one first; where the environment gives it, the operator has, and keeps the one before in
 * `SWITCHWRIGHT_SECRET_OLD` until this is done. Whoever kills it in the middle runs it again.
 */
export async function rotateSecretsCommand(configuration: Configuration): Promise<number> {
  const storage = await openVisit(configuration);
  const lock = lockOf(`${secretFile(configuration)}.lock`);
  try {
    // Two that make a new secret each would lose one of them.
    if (!lock) throw new Error('Another rotation is under way in this data folder.');
    const { secretStore: store } = storage;
    if (configuration.secret === null) await nextInFile(configuration, store);
    const world = realWorld();
    const read = () => readSecrets(configuration);
    const vault = openVault({ read, newRandom: newSecret, now: world.elapsed });
    const master = vault.current();
    if (!master) throw new Error('There is no master secret yet: start the gateway first, or set SWITCHWRIGHT_SECRET.');
    const named = await store.name(master.id, vault.ids());
    if (named !== master.id)
      throw new Error(
        'The secrets of this store are sealed by another master secret than those given here: name it in SWITCHWRIGHT_SECRET_OLD.',
      );
    await store.announce();
    const { sealed, unopened } = await rotate(vault, store);
    // What a process sealed just before it heard of the new secret.
    const again = await rotate(vault, store);
    await store.announce();
    console.log(`${sealed + again.sealed} sealed anew, by the master secret ${master.id}.`);
    for (const { table, column, row, master: by } of unopened)
      console.error(`${table}.${column} ${row} cannot be opened: it was sealed by ${by || 'nobody known'}.`);
    return unopened.length > 0 ? 1 : 0;
  } finally {
    lock?.close();
    await storage.close();
  }
}

/** A new first line, unless the last rotation had begun one; lines that open nothing any more are dropped. */
async function nextInFile(configuration: Configuration, store: SecretStore): Promise<void> {
  const secrets = secretsInFile(secretFile(configuration));
  const [first] = secrets;
  if (first === undefined) throw new Error('There is no master secret yet: start the gateway first.');
  const current = masterOf(first).id;
  const isBegun = (await store.master()) !== current || (await store.sealedByOthers(current, null, 1)).length > 0;
  if (!isBegun) writeSecretFile(configuration, [newSecret(), first]);
}
