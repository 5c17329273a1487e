import { type Fault, fault } from '../base/fault.ts';
import { createFinder, type Finder } from '../base/finder.ts';
import { Recent } from '../base/recent.ts';
import type { WireHeaders, World } from '../base/world.ts';
import type { SortPreference } from '../call/call.ts';
import { NO_OWN_KEYS } from '../facts/own-key.ts';
import type { Guard } from '../facts/policy.ts';
import type { Principal } from '../facts/principal.ts';
import {
  accountScope,
  COUNTS,
  countScope,
  keyScope,
  memberScope,
  type Owner,
  type Scope,
  workspaceScope,
} from '../facts/scope.ts';
import { NO_VAULT, type Vault } from '../vault/vault.ts';
import type { AuditLogStore } from './audit-log.ts';
import type { BudgetStore } from './budgets.ts';
import { type Codes, openCodes } from './codes.ts';
import { keyIn, sessionIn } from './credential.ts';
import type { DirectoryStore } from './directory.ts';
import { type Guardrail, type Guardrails, openGuardrails } from './guardrails.ts';
import { type Guards, openGuards } from './guards.ts';
import { createGuesses, type Guesses } from './guesses.ts';
import { type Keys, openKeys } from './keys.ts';
import { NOBODY } from './may.ts';
import { type OwnKeys, openOwnKeys } from './own-keys.ts';
import { firstWorkspace } from './owner.ts';
import { createMailRequests, type MailRequests } from './people/mail-requests.ts';
import { openPasskeys, type Passkeys } from './people/passkeys.ts';
import type { Cost } from './people/passwords.ts';
import { openPeople, type People } from './people/people.ts';
import { CONSOLE_KEY_ID, ownersOfPerson, personByConsoleKey, principalOfPerson } from './people/principals.ts';
import { openSecondFactors, type SecondFactors } from './people/second-factor.ts';
import { openProviderKeys, type ProviderKeys } from './provider-keys.ts';
import { digestOf, type NewSecret } from './secret.ts';
import { openSessions, type Sessions } from './sessions.ts';
import type { AccessChange, AccessStore, Key } from './store.ts';
import { openWorkspaces, type Workspaces } from './workspaces.ts';

export type Access = {
  /** One hash and one look-up in memory; never waits. Null = not known here: `find`. */
  readonly authenticate: (headers: WireHeaders) => Principal | Fault | null;
  /** The same, asking the store where nothing is known here. Rejects if the store is broken. */
  readonly find: (headers: WireHeaders) => Promise<Principal | Fault>;
  /** Whose key a refused request shows, where it is one that was switched off or is too old; null = nobody's. */
  readonly whose: (headers: WireHeaders) => Principal | null;
  /** Who spends by a key now, for work that outlives its request; or why nobody does any more. */
  readonly callerOf: (keyId: string, accountId: string) => Promise<Principal | Fault>;
  readonly guesses: Guesses;
  readonly keys: Keys;
  readonly codes: Codes;
  readonly workspaces: Workspaces;
  readonly directory: DirectoryStore;
  readonly people: People;
  readonly secondFactors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly mailRequests: MailRequests;
  readonly auditLog: AuditLogStore;
  readonly budgets: BudgetStore;
  readonly providerKeys: ProviderKeys;
  readonly guardrails: Guardrails;
  /** What of the list price a call by a key of the account's own is charged, in millionths. */
  readonly byokFeePpm: number;
  readonly redeemSignIn: Sessions['redeemSignIn'];
  readonly newSignIn: Sessions['newSignIn'];
  readonly newReset: Sessions['newReset'];
  readonly resetBy: Sessions['resetBy'];
  readonly beginSession: Sessions['begin'];
  readonly signOut: Sessions['signOut'];
  readonly newSecret: NewSecret;
};

export { CONSOLE_KEY_ID };

export const isFault = (answer: Principal | Fault): answer is Fault => 'code' in answer;

/** A key that there is not: whoever shows one may be guessing. */
export const NO_SUCH_KEY: Fault = Object.freeze(fault('authentication', 'Invalid API key'));
const TOO_MANY = fault('overloaded', 'Too many keys are being looked up at the moment. Please try again.', {
  retryAfterMs: 1_000,
});
/** Of so many keys it is remembered when they were last used, at most twice as many. */
const SEEN_MAX = 16_384;

type Known = { readonly key: Key; readonly principal: Principal; readonly seen: { at: number } };

type Parts = { readonly store: AccessStore; readonly world: World; readonly newSecret: NewSecret };
/** Without a vault no key at a provider can be kept or used. */
type WithVault = Parts & {
  readonly vault?: Vault;
  /** What of the list price a call by a key of the account's own is charged, in millionths; nothing where it is not said. */
  readonly byokFeePpm?: number;
  readonly log?: (message: string) => void;
  readonly passwordCost?: Cost;
};

export function openAccess(parts: WithVault): Access {
  const { store, world, vault = NO_VAULT, byokFeePpm: feePpm = 0, log = () => {} } = parts;
  const seen = new Recent<Known['seen']>(SEEN_MAX);
  const ownKeys = openOwnKeys({ store, world, vault, feePpm, log });
  const around = { store, world, ownKeys, guards: openGuards() };
  const finder = keyFinder(around, seen);
  const principalsOf = peopleFinder(around);
  const sessions = openSessions({ ...parts, principalsOf });
  // Of keys in use, so that a call need not compute it; whoever reads this memory reads the keys of calls in it anyway.
  const digests = new Recent<string>(DIGESTS_MAX);
  store.onChange((change) => {
    digests.clear();
    forget({ finder, sessions, ownKeys }, change);
  });

  const keys = openKeys({ ...parts, seenAt: (hash) => seen.get(hash)?.at || null });

  const judge = (found: Known | null): Principal | Fault => judgeKey(found, world.now());

  return {
    authenticate: (headers) => {
      const secret = keyIn(headers);
      if (secret !== undefined) {
        const digest = digests.get(secret);
        const found = finder.known(digest ?? digestOf(secret));
        if (found === undefined) return null;
        if (found !== null && digest === undefined) digests.set(secret, found.key.hash);
        return judge(found);
      }
      const cookie = sessionIn(headers);
      const person = cookie === undefined ? null : sessions.known(cookie);
      return person === undefined ? null : (person ?? NOBODY);
    },
    find: async (headers) => {
      const secret = keyIn(headers);
      if (secret !== undefined) {
        const found = await finder.look(digestOf(secret));
        return found === undefined ? TOO_MANY : judge(found);
      }
      const cookie = sessionIn(headers);
      const person = cookie === undefined ? null : await sessions.look(cookie);
      return person === undefined ? TOO_MANY : (person ?? NOBODY);
    },
    whose: (headers) => finder.known(digestOf(keyIn(headers) ?? ''))?.principal ?? null,
    callerOf: async (keyId, accountId) => {
      const personId = personByConsoleKey(keyId, accountId);
      if (personId !== null) {
        const person = (await principalsOf([personId])).get(personId);
        return person?.accountId === accountId ? person : NOBODY;
      }
      const found = await finder.look(keyId);
      return found === undefined ? TOO_MANY : judge(found);
    },
    guesses: createGuesses(world),
    keys,
    codes: openCodes({ ...parts, keys }),
    workspaces: openWorkspaces(parts),
    directory: parts.store.directory,
    people: openPeople({ ...parts, sessions }),
    ...proofsOf({ ...parts, vault }),
    auditLog: store.auditLog,
    budgets: store.budgets,
    providerKeys: openProviderKeys({ ...parts, vault }),
    guardrails: openGuardrails(parts),
    byokFeePpm: feePpm,
    redeemSignIn: sessions.redeemSignIn,
    newSignIn: sessions.newSignIn,
    newReset: sessions.newReset,
    resetBy: sessions.resetBy,
    beginSession: sessions.begin,
    signOut: sessions.signOut,
    newSecret: parts.newSecret,
  };
}

/** How people prove who they are, beside their passwords. */
const proofsOf = (
  parts: Parts & { readonly vault: Vault },
): Pick<Access, 'secondFactors' | 'passkeys' | 'mailRequests'> => ({
  secondFactors: openSecondFactors(parts),
  passkeys: openPasskeys(parts),
  mailRequests: createMailRequests(parts.world),
});

type Remembered = { readonly finder: Finder<Known>; readonly sessions: Sessions; readonly ownKeys: OwnKeys };

/** What is known of keys and people no longer holds where something changed. */
function forget({ finder, sessions, ownKeys }: Remembered, change: AccessChange): void {
  switch (change.kind) {
    case 'key':
      return finder.forget(change.hash);
    case 'session':
      return sessions.forget(change.hash);
    case 'person':
      return sessions.forgetPerson(change.id);
    case 'own':
    case 'guard': {
      const { accountId } = change;
      if (change.kind === 'own') ownKeys.forget(accountId);
      finder.forgetWhere(({ key }) => key.accountId === accountId);
      return sessions.forgetWhere(accountId);
    }
    case 'operator':
      return;
    case 'everything':
      ownKeys.forgetAll();
      finder.forgetAll();
      return sessions.forgetAll();
    default:
      return change satisfies never;
  }
}

const NEVER = 0;
const DIGESTS_MAX = 1_000;

/** What of the owners is limited: which counts, and whose money counts what is paid by own keys, too. */
type Limits = {
  readonly counts: ReadonlySet<Scope>;
  readonly counting: ReadonlySet<Scope>;
  /** By what workspaces have hosts sorted. */
  readonly sorts: ReadonlyMap<string, SortPreference>;
  /** Guardrails, by what they are on. */
  readonly applying: ReadonlyMap<Owner, Guardrail>;
};

/** What is asked of the store about whoever is found. */
type Around = Pick<Parts, 'store' | 'world'> & { readonly ownKeys: OwnKeys; readonly guards: Guards };

function keyFinder({ store, world, ownKeys, guards }: Around, seen: Recent<Known['seen']>): Finder<Known> {
  const known = async (key: Key, { counts, counting, applying, sorts }: Limits): Promise<Known> => {
    const when = seen.get(key.hash) ?? { at: NEVER };
    seen.set(key.hash, when);
    const principal = principalOf(key, counts);
    const own = key.isManagement ? NO_OWN_KEYS : await ownKeys.of(principal);
    const byokScopes = ownersOf(key).filter((owner) => counting.has(owner));
    const guard = key.isManagement ? undefined : guards.of(ownersOf(key), applying);
    const sort = key.isManagement ? undefined : sorts.get(key.workspaceId);
    if (own.length === 0 && byokScopes.length === 0 && !guard && !sort) return { key, principal, seen: when };
    const beside = { ownKeys: own, byokScopes, ...guarded(guard), ...(sort && { defaultSort: sort }) };
    return { key, principal: Object.freeze({ ...principal, ...beside }), seen: when };
  };
  return createFinder({
    world,
    find: async (hashes) => {
      const keys = [...(await store.findKeys(hashes)).values()];
      const workspaces = keys.map(({ workspaceId }) => workspaceId);
      const limits = await limitsOf(store, keys.flatMap(ownersOf), workspaces);
      const found = await Promise.all(keys.map((key) => known(key, limits)));
      return new Map(found.map((each) => [each.key.hash, each]));
    },
  });
}

async function limitsOf(store: AccessStore, owners: readonly Owner[], workspaces: readonly string[]): Promise<Limits> {
  if (owners.length === 0) return { counts: new Set(), counting: new Set(), applying: new Map(), sorts: new Map() };
  return {
    counts: new Set(await store.limitedCounts(owners)),
    counting: new Set(await store.countingByok(owners)),
    applying: await store.guardrails.applying(owners),
    sorts: await store.workspaces.sortsOf(workspaces),
  };
}

/** The rules stand by themselves: others than guardrails make such, too. */
const guarded = (guard: Guard | undefined): Pick<Principal, 'guard' | 'rules'> =>
  guard ? { guard, ...(guard.rules.length > 0 && { rules: guard.rules }) } : NO_GUARD;
const NO_GUARD = {};

function judgeKey(found: Known | null, now: number): Principal | Fault {
  if (found === null) return NO_SUCH_KEY;
  const { key, principal } = found;
  if (key.disabled) return fault('authentication', 'This API key is disabled');
  if (key.expiresAt !== null && key.expiresAt <= now) return fault('authentication', 'This API key has expired');
  found.seen.at = now;
  return principal;
}

/** Whose money a key spends, the narrowest first: who fails there takes nothing, not for a moment, of what all share. */
const ownersOf = ({ accountId, workspaceId, creatorUserId, hash }: Key): readonly Owner[] => [
  keyScope(hash),
  ...(creatorUserId === null ? [] : [memberScope(accountId, creatorUserId)]),
  workspaceScope(workspaceId),
  accountScope(accountId),
];

const scopesOf = (owners: readonly Owner[], limited: ReadonlySet<Scope>): readonly Scope[] => [
  ...owners,
  ...owners.flatMap((owner) => COUNTS.map((count) => countScope(count, owner))).filter((scope) => limited.has(scope)),
];

const principalOf = (key: Key, counts: ReadonlySet<Scope>): Principal =>
  Object.freeze({
    scopes: scopesOf(ownersOf(key), counts),
    keyId: key.hash,
    keyLabel: key.label,
    accountId: key.accountId,
    workspaceId: key.workspaceId,
    kind: 'key',
    memberId: key.creatorUserId,
    role: key.isManagement ? 'manager' : 'caller',
  });

/** People as who they call, with what of theirs is limited now. */
const peopleFinder =
  ({ store, ownKeys, guards }: Around) =>
  async (ids: readonly string[]): Promise<ReadonlyMap<string, Principal>> => {
    const people = [...(await store.people.find(ids)).values()];
    const workspaces = people.map(({ accountId }) => firstWorkspace(accountId).id);
    const { counts, counting, applying, sorts } = await limitsOf(store, people.flatMap(ownersOfPerson), workspaces);
    const found = people.map(async (person): Promise<[string, Principal]> => {
      const owners = ownersOfPerson(person);
      const principal = principalOfPerson(person, scopesOf(owners, counts));
      const byokScopes = owners.filter((owner) => counting.has(owner));
      const own = await ownKeys.of(principal);
      const guard = guards.of(owners, applying);
      const defaultSort = sorts.get(principal.workspaceId);
      if (own.length === 0 && byokScopes.length === 0 && !guard && !defaultSort)
        return [person.id, Object.freeze(principal)];
      const beside = { ownKeys: own, byokScopes, ...guarded(guard), ...(defaultSort && { defaultSort }) };
      return [person.id, Object.freeze({ ...principal, ...beside })];
    });
    return new Map(await Promise.all(found));
  };
