import { parseArgs } from 'node:util';
import { type Access, openAccess } from '../access/access.ts';
import type { NewKey } from '../access/keys.ts';
import { OWNER_ACCOUNT_ID } from '../access/owner.ts';
import type { Key } from '../access/store.ts';
import { formatUsd, usdToNano } from '../base/money.ts';
import { RESETS } from '../base/period.ts';
import { newSecret, type Storage } from '../storage/open.ts';
import { realWorld } from '../upstream/world.ts';
import { type Configuration, originOf } from './configuration.ts';
import { openVisit } from './store.ts';
import { UsageError } from './usage.ts';

/** `switchwright keys …`: works on the store itself, beside a running server, which hears of changes within a second. */
export async function keysCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      limit: { type: 'string' },
      reset: { type: 'string' },
      rpm: { type: 'string' },
      tpm: { type: 'string' },
      parallel: { type: 'string' },
      management: { type: 'boolean', default: false },
    },
  });
  const act = actionFor(positionals, values, configuration);
  const storage = await openVisit(configuration);
  try {
    return await act(openAccess({ store: storage.accessStore, world: realWorld(), newSecret }), storage);
  } finally {
    await storage.close();
  }
}

type KeyOptions = {
  readonly limit?: string;
  readonly reset?: string;
  readonly rpm?: string;
  readonly tpm?: string;
  readonly parallel?: string;
  readonly management: boolean;
};
type Action = (access: Access, storage: Storage) => Promise<number>;

/** What the words ask for; they are judged before the store is opened. */
function actionFor(words: readonly string[], options: KeyOptions, configuration: Configuration): Action {
  const [verb = 'list', argument, ...rest] = words;
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is one word too many.`);
  switch (verb) {
    case 'list':
      return list;
    case 'create': {
      const wish = newKeyFrom(argument, options);
      return (access) => create(access, wish);
    }
    case 'enable':
    case 'disable':
    case 'delete': {
      if (!argument) throw new UsageError('Which key? `keys list` shows the hashes.');
      return (access) => change(access, verb, argument);
    }
    case 'sign-in':
      return (access, storage) => signIn(access, storage, configuration);
    default:
      throw new UsageError(`keys does not know "${verb}".`);
  }
}

async function signIn(access: Access, storage: Storage, configuration: Configuration): Promise<number> {
  await storage.accessStore.addAccount({ id: OWNER_ACCOUNT_ID, name: 'Owner' }, Date.now());
  const token = await access.newSignIn(OWNER_ACCOUNT_ID);
  console.log(`Open in a browser; it works once, within a day:\n${originOf(configuration)}/sign-in?token=${token}`);
  return 0;
}

async function list(access: Access): Promise<number> {
  let offset = 0;
  for (;;) {
    const page = { accountId: OWNER_ACCOUNT_ID, withDisabled: true, offset, limit: PAGE };
    const { keys } = await access.keys.list(page);
    await show(access, keys);
    offset += keys.length;
    if (keys.length < PAGE) break;
  }
  if (offset === 0) console.log('There is no key yet: the first start makes one.');
  return 0;
}

const PAGE = 500;

async function show(access: Access, keys: readonly Key[]): Promise<void> {
  const usage = await access.keys.usage(keys.map((key) => key.hash));
  for (const key of keys) {
    const spent = usage.get(key.hash)?.total.cost;
    const limit = key.limit === null ? 'no limit' : `limit $${formatUsd(key.limit)}${resetText(key)}`;
    const marks = [key.isManagement ? 'management' : '', key.disabled ? 'disabled' : ''].filter(Boolean).join(', ');
    console.log(
      `${key.hash.slice(0, 12)}  ${key.label}  spent $${spent === undefined ? '0' : formatUsd(spent)}  ${limit}  ${key.name}${marks && `  (${marks})`}`,
    );
  }
}

const resetText = (key: Key): string => (key.limitReset === null ? '' : ` ${key.limitReset}`);

async function create(access: Access, wish: NewKey): Promise<number> {
  const { key, secret } = await access.keys.create(wish);
  console.log(`${secret}\nIt is shown only now. Its hash is ${key.hash}.`);
  return 0;
}

function newKeyFrom(name: string | undefined, options: KeyOptions): NewKey {
  if (!name) throw new UsageError('A new key takes a name.');
  const limit = options.limit === undefined ? null : usdToNano(options.limit);
  if (limit === undefined || (limit !== null && limit < 0n))
    throw new UsageError(`--limit takes US dollars, not "${options.limit}".`);
  const limitReset = RESETS.find((reset) => reset === options.reset) ?? null;
  if (options.reset !== undefined && limitReset === null) throw new UsageError(`--reset takes ${RESETS.join(', ')}.`);
  const counts = {
    requests: countFrom('rpm', options.rpm),
    tokens: countFrom('tpm', options.tpm),
    calls: countFrom('parallel', options.parallel),
  };
  return { name, isManagement: options.management, limit, limitReset, counts };
}

function countFrom(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new UsageError(`--${option} takes a whole number from 1, not "${text}".`);
  return count;
}

async function change(access: Access, verb: 'enable' | 'disable' | 'delete', beginning: string): Promise<number> {
  const found = await access.keys.beginning(beginning, 2);
  const [key] = found;
  if (!key || found.length > 1) {
    console.error(
      key ? `The hashes of several keys begin with ${beginning}.` : `No key's hash begins with ${beginning}.`,
    );
    return 1;
  }
  if (verb === 'delete') await access.keys.remove(key.hash);
  else await access.keys.change(key.hash, { disabled: verb === 'disable' });
  console.log(`${verb}d: ${key.name} (${key.hash.slice(0, 12)})`);
  return 0;
}
