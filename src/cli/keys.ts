import { type Access, openAccess } from '../access/access.ts';
import type { NewKey } from '../access/keys.ts';
import { OWNER_ACCOUNT_ID } from '../access/owner.ts';
import type { Key } from '../access/store.ts';
import { formatUsd, usdToNano } from '../base/money.ts';
import { RESETS, type Reset } from '../base/period.ts';
import { newSecret } from '../storage/open.ts';
import { realWorld } from '../upstream/world.ts';
import type { Configuration } from './configuration.ts';
import { openVisit } from './visit.ts';

const USAGE =
  'keys list\n' +
  'keys create NAME [--limit USD] [--reset daily|weekly|monthly] [--management]\n' +
  'keys disable HASH, keys enable HASH, keys delete HASH   (the beginning of a hash is enough)\n' +
  'keys sign-in';

/** `switchwright keys …`: works on the store itself, beside a running server, which hears of changes within a second. */
export async function keysCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const storage = await openVisit(configuration);
  try {
    const access = await openAccess({ store: storage.accessStore, world: realWorld(), newSecret });
    const [verb = 'list', ...rest] = words;
    switch (verb) {
      case 'list':
        return await list(access);
      case 'create':
        return await create(access, rest);
      case 'disable':
      case 'enable':
        return await change(access, rest[0], (key) => access.keys.change(key.hash, { disabled: verb === 'disable' }));
      case 'delete':
        return await change(access, rest[0], (key) => access.keys.remove(key.hash));
      case 'sign-in': {
        await storage.accessStore.addAccount({ id: OWNER_ACCOUNT_ID, name: 'Owner' });
        const token = await access.newSignIn(OWNER_ACCOUNT_ID);
        const { host, port } = configuration;
        const reached = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
        console.log(
          `Open in a browser; it works once, within a day:\nhttp://${reached}:${port}/sign-in?token=${token}`,
        );
        return 0;
      }
      default:
        console.error(USAGE);
        return 2;
    }
  } finally {
    await storage.close();
  }
}

async function list(access: Access): Promise<number> {
  const keys = access.keys.list();
  const usage = await access.keys.usage(keys.map((key) => key.hash));
  for (const key of keys) {
    const spent = usage.get(key.hash)?.total.cost;
    const limit = key.limit === null ? 'no limit' : `limit $${formatUsd(key.limit)}${resetText(key)}`;
    const marks = [key.isManagement ? 'management' : '', key.disabled ? 'disabled' : ''].filter(Boolean).join(', ');
    console.log(
      `${key.hash.slice(0, 12)}  ${key.label}  spent $${spent === undefined ? '0' : formatUsd(spent)}  ${limit}  ${key.name}${marks && `  (${marks})`}`,
    );
  }
  if (keys.length === 0) console.log('There is no key yet: the first start makes one.');
  return 0;
}

const resetText = (key: Key): string => (key.limitReset === null ? '' : ` ${key.limitReset}`);

async function create(access: Access, words: readonly string[]): Promise<number> {
  const wish = newKeyFrom(words);
  if (!wish) {
    console.error(USAGE);
    return 2;
  }
  const { key, secret } = await access.keys.create(wish);
  console.log(`${secret}\nIt is shown only now. Its hash is ${key.hash}.`);
  return 0;
}

function newKeyFrom(words: readonly string[]): NewKey | null {
  let name = '';
  let wish: Omit<NewKey, 'name'> = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--management') wish = { ...wish, isManagement: true };
    else if (word === '--limit') {
      const limit = usdToNano(words[++at] ?? '');
      if (limit === undefined) return null;
      wish = { ...wish, limit };
    } else if (word === '--reset') {
      const limitReset = RESETS.find((reset) => reset === words[at + 1]) as Reset | undefined;
      at++;
      if (!limitReset) return null;
      wish = { ...wish, limitReset };
    } else if (word.startsWith('--') || name !== '') return null;
    else name = word;
  }
  return name === '' ? null : { ...wish, name };
}

async function change(access: Access, hash: string | undefined, act: (key: Key) => Promise<unknown>): Promise<number> {
  const found = access.keys.list().filter((key) => hash && key.hash.startsWith(hash));
  const [key] = found;
  if (!key || found.length > 1) {
    console.error(key ? `Several keys begin with ${hash}.` : `No key begins with ${hash ?? '…'}.`);
    return 1;
  }
  await act(key);
  return 0;
}
