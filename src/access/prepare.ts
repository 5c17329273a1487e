import type { World } from '../base/world.ts';
import { keyFrom, type NewKey } from './keys.ts';
import { OWNER_ACCOUNT_ID } from './owner.ts';
import { digestOf, type NewSecret, newKey } from './secret.ts';
import { addSignIn } from './sessions.ts';
import type { AccessStore } from './store.ts';

/** What only the very first start can tell: the first key's text, and the first way into the console. */
export type FirstStart = { readonly apiKey: string | null; readonly signInToken: string | null };

/**
 * Sees to it that there is an account and a key: those the operator names, else, on the first start, a new one. Run
 * by one process, before any serves; running it again changes nothing.
 */
export async function prepareAccess(parts: {
  readonly store: AccessStore;
  readonly world: World;
  readonly newSecret: NewSecret;
  readonly apiKey?: string;
  readonly managementKey?: string;
}): Promise<FirstStart> {
  const { store, world, newSecret } = parts;
  await store.addAccount({ id: OWNER_ACCOUNT_ID, name: 'Owner' }, world.now());
  const hadKeys = await store.hasKeys();
  const add = async (secret: string, wish: NewKey): Promise<void> => {
    const hash = digestOf(secret);
    if (!(await store.findKeys([hash])).has(hash)) await store.addKey(keyFrom(wish, secret, world.now()));
  };
  if (parts.apiKey !== undefined) await add(parts.apiKey, { name: 'Key from the environment' });
  if (parts.managementKey !== undefined)
    await add(parts.managementKey, { name: 'Management key from the environment', isManagement: true });
  if (hadKeys) return { apiKey: null, signInToken: null };

  const signInToken = await addSignIn(parts, { kind: 'sign-in', accountId: OWNER_ACCOUNT_ID, personId: null });
  if (parts.apiKey !== undefined) return { apiKey: null, signInToken };
  const apiKey = newKey(newSecret);
  await add(apiKey, { name: 'First key' });
  return { apiKey, signInToken };
}
