import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { World } from '../base/world.ts';
import { newSecret } from '../storage/open.ts';
import type { SecretStore } from '../vault/store.ts';
import { openVault, type Secrets, type Vault } from '../vault/vault.ts';
import type { Configuration } from './configuration.ts';

/** Where the master secret is that no environment gives: one secret a line, the first one seals. */
export const secretFile = ({ dataDirectory }: Pick<Configuration, 'dataDirectory'>): string =>
  join(dataDirectory, 'secret');

type Given = Pick<Configuration, 'dataDirectory' | 'secret' | 'oldSecrets'>;

/** Those of the environment come first; what was sealed by the file's before opens all the same. */
export const readSecrets = (given: Given): Secrets => [
  ...(given.secret === null ? [] : [given.secret]),
  ...given.oldSecrets,
  ...secretsInFile(secretFile(given)),
];

export function secretsInFile(file: string): Secrets {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The first start makes one, for our own user alone. Two starts at once make the same one: only one of them can place it. */
export function makeSecretFile(given: Given): void {
  const file = secretFile(given);
  if (given.secret !== null || existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = writeDraft(file, [newSecret()]);
  try {
    linkSync(draft, file);
    syncFolder(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** All at once: whoever reads it finds the old ones or the new ones, whenever the machine dies. */
export function writeSecretFile(given: Given, secrets: Secrets): void {
  const file = secretFile(given);
  renameSync(writeDraft(file, secrets), file);
  syncFolder(file);
}

const HEAD = [
  '# The secrets of this gateway (provider keys and the like) are sealed by the first of these lines; others still open',
  '# what they have sealed. Keep a copy with your backups: without it they cannot be read again.',
];

function writeDraft(file: string, secrets: Secrets): string {
  const draft = `${file}.${process.pid}.new`;
  rmSync(draft, { force: true });
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${[...HEAD, ...secrets].join('\n')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return draft;
}

function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** The vault of a process, and why nothing can be kept in it, for the operator; null = all is well. */
export type OpenedVault = { readonly vault: Vault; readonly obstacle: string | null };

/**
 * Opens the vault with the secrets of this process; the owner of a store names its master there. A process whose secret
 * is not the store's, such as a second machine that has made itself one, seals nothing that others could not open.
 */
export async function openVaultFor(
  configuration: Configuration,
  { store, world, names }: { readonly store: SecretStore; readonly world: World; readonly names: boolean },
): Promise<OpenedVault> {
  if (names) makeSecretFile(configuration);
  let storesOwn: string | null = null;
  let held: readonly string[] = [];
  const read = (): Secrets => readSecrets(configuration);
  const vault = openVault({
    read,
    newRandom: newSecret,
    now: world.elapsed,
    isAccepted: () => storesOwn !== null && held.includes(storesOwn),
  });
  const learn = async (): Promise<void> => {
    held = vault.ids();
    const [current] = held;
    storesOwn = names && current !== undefined ? await store.name(current, held) : await store.master();
  };
  await learn();
  store.onChange(() => {
    vault.refresh();
    // A store in trouble tells of its changes again when it is over it.
    learn().catch(() => {});
  });
  return { vault, obstacle: vault.current() ? null : obstacleOf(configuration, held) };
}

function obstacleOf(configuration: Configuration, held: readonly string[]): string {
  const where = configuration.secret === null ? secretFile(configuration) : 'SWITCHWRIGHT_SECRET';
  if (held.length === 0) return `there is no master secret in ${where}: provider keys can be neither kept nor read`;
  return (
    `the secret in ${where} is not the one that this store's provider keys are sealed by: they can be neither kept nor ` +
    'read. Give every machine the same SWITCHWRIGHT_SECRET, or the same file; old ones go to SWITCHWRIGHT_SECRET_OLD'
  );
}
