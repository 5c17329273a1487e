import type { AccessChange } from '../access/store.ts';
import type { Scope } from '../ledger/store.ts';

/**
 * What processes tell each other once it is committed: a word, and whose affair it is where that is known, so that a
 * change of one key makes nobody read the others again. A word alone is everybody's: the command line has written to the
 * file, or nobody knows what was missed.
 */
export const ACCESS = 'access';
/** Any limit may have changed. */
export const LIMITS = 'limits';
const RECALL = 'recall';
/** Receivers of receipts have come or gone. */
export const DESTINATIONS = 'destinations';

/** The master secret has changed, wherever it is read from. */
export const SECRETS = 'secrets';
/** Which workspaces log contents has changed. */
export const CONTENTS = 'contents';
export const isSecretNotice = (notice: string): boolean => notice === SECRETS;

/** What one process has met at providers, for the others (`upstream/shared-health.ts`); it begins with who tells it. */
const MET = 'met';
export const metNotice = (process: string, text: string): string => `${MET} ${process} ${text}`;
/** Null = it is nothing of the kind, or what this process has told itself. */
export function met(notice: string, process: string): string | null {
  const [word, from, ...text] = notice.split(' ');
  return word === MET && from !== process ? text.join(' ') : null;
}

/** What whoever may have missed something is told. */
export const EVERYTHING: readonly string[] = [SECRETS, ACCESS, LIMITS, DESTINATIONS, CONTENTS];

/** Those who cannot listen read in a table what was told, within this time; then it is forgotten (`liveness.ts`). */
export const NOTICED_MS = 60_000;

export const keyNotice = (hash: string): string => `${ACCESS} key ${hash}`;
export const sessionNotice = (hash: string): string => `${ACCESS} session ${hash}`;
/** What somebody is or may has changed, or their sessions ended. */
export const personNotice = (id: string): string => `${ACCESS} person ${id}`;
/** Keys at providers have changed: those that an account pays itself, or the operator's. */
export const ownKeysNotice = (accountId: string): string => `${ACCESS} own ${accountId}`;
/** What guardrails say of the account's calls has changed. */
export const guardNotice = (accountId: string): string => `${ACCESS} guard ${accountId}`;
export const OPERATOR_KEYS = `${ACCESS} operator`;
/** Destinations that workspaces have set up for their receipts have changed. */
export const RECEIVERS = 'receivers';
/** A preset changed: the rest of the notice is its place. */
const PRESET = 'preset';
export const presetNotice = (place: string): string => `${PRESET} ${place}`;
export const presetChange = (notice: string): string | null =>
  notice.startsWith(`${PRESET} `) ? notice.slice(PRESET.length + 1) : null;
/** A limit of the scope changed, or what is in it. */
export const limitNotice = (scope: Scope): string => `${LIMITS} ${scope}`;
/** A process ran short of the scope. */
export const recallNotice = (scope: Scope): string => `${RECALL} ${scope}`;

export function accessChange(notice: string): AccessChange | null {
  const [word, kind, hash] = notice.split(' ', 3);
  if (word !== ACCESS) return null;
  if (kind === 'operator') return { kind };
  if (kind === 'person' && hash !== undefined) return { kind, id: hash };
  if ((kind === 'own' || kind === 'guard') && hash !== undefined) return { kind, accountId: hash };
  return (kind === 'key' || kind === 'session') && hash !== undefined ? { kind, hash } : { kind: 'everything' };
}

/** Null = it is about no limit; `all` = about every one. */
export function limitChange(notice: string): Scope | 'all' | null {
  if (notice === LIMITS) return 'all';
  return notice.startsWith(`${LIMITS} `) ? (notice.slice(LIMITS.length + 1) as Scope) : null;
}

export const recalled = (notice: string): Scope | null =>
  notice.startsWith(`${RECALL} `) ? (notice.slice(RECALL.length + 1) as Scope) : null;
