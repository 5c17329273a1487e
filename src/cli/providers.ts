import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { openAccess } from '../access/access.ts';
import { maskOf, OPERATORS, PLAIN_KEY, type ProviderKeys } from '../access/provider-keys.ts';
import { Hidden } from '../base/hidden.ts';
import { newSecret } from '../storage/open.ts';
import { credentialGiven } from '../upstream/given-credentials.ts';
import { realWorld } from '../upstream/world.ts';
import { problemText, readCatalogue } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
import { openVaultFor } from './master-secret.ts';
import { openVisit } from './store.ts';
import { UsageError } from './usage.ts';

/** `switchwright providers …`: the operator's keys at providers, beside a running server, which uses them from the next call on. */
export async function providersCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { name: { type: 'string' } },
  });
  const [verb = 'list', argument, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is one word too many.`);
  if (!['list', 'add', 'rotate', 'enable', 'disable', 'delete'].includes(verb))
    throw new UsageError(`providers does not know "${verb}".`);
  if (verb !== 'list' && !argument)
    throw new UsageError(verb === 'add' ? 'Which provider?' : 'Which key? `providers list` shows the ids.');
  const storage = await openVisit(configuration);
  try {
    const world = realWorld();
    const { vault, obstacle } = await openVaultFor(configuration, { store: storage.secretStore, world, names: false });
    if (obstacle !== null && verb !== 'list') throw new Error(`${obstacle}.`);
    const { providerKeys } = openAccess({ store: storage.accessStore, world, newSecret, vault });
    if (verb === 'list') return await list(providerKeys);
    if (verb === 'add')
      return await add(providerKeys, configuration, { slug: argument ?? '', name: values.name ?? null });
    return await change(providerKeys, configuration, { verb, id: argument ?? '' });
  } finally {
    await storage.close();
  }
}

const PAGE = { offset: 0, limit: 100 };

async function list(keys: ProviderKeys): Promise<number> {
  const { keys: found } = await keys.list({ ...OPERATORS, ...PAGE });
  for (const key of found)
    console.log(
      `${key.id}  ${key.provider}  ${key.label}${key.name ? `  ${key.name}` : ''}${key.disabled ? '  (disabled)' : ''}`,
    );
  if (found.length === 0)
    console.log('None is kept in the store. Those of the environment are told by `switchwright doctor`.');
  return 0;
}

/** From standard input: what stands on a command line is read by everybody on the machine. */
async function readKey(configuration: Configuration, slug: string): Promise<Hidden> {
  const catalogue = readCatalogue(configuration);
  if (!catalogue.ok) throw new Error(`The catalogue has problems:\n${problemText(catalogue.error)}`);
  const provider = catalogue.value.providers.get(slug);
  if (!provider) throw new UsageError(`There is no provider "${slug}" in the catalogue.`);
  if (process.stdin.isTTY) console.error('The key, then Ctrl-D:');
  const secret = (await text(process.stdin)).trim();
  const made = credentialGiven(provider, { secret, label: '' }, configuration.environment);
  if (!made.ok) throw new Error(`The key ${made.error}.`);
  return new Hidden(secret);
}

async function add(
  keys: ProviderKeys,
  configuration: Configuration,
  { slug, name }: { readonly slug: string; readonly name: string | null },
): Promise<number> {
  const secret = await readKey(configuration, slug);
  const made = await keys.create(
    { ...PLAIN_KEY, ...OPERATORS, provider: slug, name, label: maskOf(secret.reveal()) },
    secret,
  );
  if (!made.ok) throw new Error(made.error.message);
  if (!made.value) throw new Error('There are as many provider keys as there may be.');
  console.log(`${made.value.id}  ${slug}  ${made.value.label}`);
  return 0;
}

async function change(
  keys: ProviderKeys,
  configuration: Configuration,
  { verb, id }: { readonly verb: string; readonly id: string },
): Promise<number> {
  const key = await keys.find(OPERATORS, id);
  if (!key) {
    console.error(`No key of the store has the id ${id}.`);
    return 1;
  }
  if (verb === 'delete') await keys.remove(OPERATORS, id);
  else if (verb === 'rotate') {
    const secret = await readKey(configuration, key.provider);
    const changed = await keys.change(OPERATORS, id, { secret, label: maskOf(secret.reveal()) });
    if (!changed.ok) throw new Error(changed.error.message);
  } else await keys.change(OPERATORS, id, { disabled: verb === 'disable' });
  console.log(`${verb}d: ${key.provider} ${id}`);
  return 0;
}
