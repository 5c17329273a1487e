import type { Identity } from '../../facts/federation.ts';
import type { PersonRole } from '../../facts/principal.ts';

/** Somebody of an account, who signs in to the console. The first owner of an account has its id. */
export type Person = {
  /** A UUID, or the account's id. */
  readonly id: string;
  readonly accountId: string;
  /** In lower case; nobody else of the instance has it. Null = known by a link alone. */
  readonly email: string | null;
  readonly name: string | null;
  readonly role: PersonRole;
  readonly hasPassword: boolean;
  readonly createdAt: number;
  readonly updatedAt: number | null;
};

/** Who may become a person by a link. Only the link's digest is kept. */
export type Invitation = {
  /** A UUID. */
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly role: PersonRole;
  /** Workspaces that the person will be in, beside the default one. */
  readonly workspaceIds: readonly string[];
  /** The person or the key that invites. */
  readonly createdBy: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
};

export type PersonChange = Partial<Pick<Person, 'email' | 'name' | 'role'>>;

/** How somebody came in. */
export type Means = 'link' | 'password' | 'invitation' | 'provider' | 'passkey';
/** Why an identity elsewhere is this person: by an address that was verified there, or because it let them in. */
export type IdentityMeans = 'address' | 'invitation' | 'domain' | 'group';

/** A key of an authenticator, by which somebody comes in without a password. */
export type Passkey = {
  /** Base64url, as the authenticator has it. */
  readonly id: string;
  readonly personId: string;
  /** COSE, in base64url. */
  readonly publicKey: string;
  /** Uses that the authenticator has counted; 0 = it counts none. */
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly createdAt: number;
  readonly usedAt: number | null;
};

/** A person's session in the console, by the SHA-256 of its cookie. Times in milliseconds since 1970. */
export type SessionRecord = {
  readonly hash: string;
  readonly accountId: string;
  readonly personId: string;
  readonly expiresAt: number;
  /** Null = it was begun by a version that did not write it down. */
  readonly createdAt: number | null;
  readonly address: string | null;
  readonly agent: string | null;
  readonly means: Means | null;
};

/** A link that works once: it lets its person in, or sets a new password. */
export type SignIn = {
  readonly hash: string;
  readonly kind: 'sign-in' | 'reset';
  readonly accountId: string;
  /** Null = the account's owner who is there longest. */
  readonly personId: string | null;
  readonly expiresAt: number;
};

export type Range = { readonly offset: number; readonly limit: number };
export type People = { readonly people: readonly Person[]; readonly total: number };
/** `last-owner`: an account keeps one. `taken`: somebody has this address. */
export type Changed = 'changed' | 'missing' | 'last-owner' | 'taken';

/** Where people, their invitations and sessions are kept. Everything is found by key; lists come in pages. */
export type PeopleStore = {
  readonly find: (ids: readonly string[]) => Promise<ReadonlyMap<string, Person>>;
  readonly byEmail: (email: string) => Promise<{ readonly person: Person; readonly password: string | null } | null>;
  /** Of one person, as `hashPassword` made it. */
  readonly passwordOf: (id: string) => Promise<string | null>;
  /** Somebody without a password, who comes in by a link. False = somebody has the id or the address. */
  readonly add: (person: Omit<Person, 'hasPassword' | 'updatedAt'>) => Promise<boolean>;
  /** Oldest first. `workspaceId`: who is in it, owners and admins without being told. */
  readonly list: (accountId: string, range: Range) => Promise<People>;
  readonly inWorkspace: (of: Member, range: Range) => Promise<People>;
  /** Workspaces that a person was added to. */
  readonly workspacesOf: (personId: string) => Promise<readonly string[]>;
  /** How many were added, or removed. Whoever is not of the account is not. */
  readonly addTo: (of: Member, ids: readonly string[], now: number) => Promise<number>;
  readonly removeFrom: (of: Member, ids: readonly string[]) => Promise<number>;
  /** Ends nobody's session, except for a role that changed, which every session has at once. */
  readonly change: (
    of: Pick<Person, 'id' | 'accountId'>,
    change: PersonChange & { readonly updatedAt: number },
  ) => Promise<Changed>;
  /** Takes sessions, links and memberships along; the keys that the person made are switched off. */
  readonly remove: (of: Pick<Person, 'id' | 'accountId'>, now: number) => Promise<'removed' | 'missing' | 'last-owner'>;
  /** Ends all sessions but one, and every link to a new password. */
  readonly setPassword: (
    id: string,
    password: string | null,
    but: { readonly session: string | null; readonly now: number },
  ) => Promise<boolean>;
  /** `taken`: somebody of the account has the address. `full`: too many wait already. One of the same address is replaced. */
  readonly invite: (hash: string, invitation: Invitation, most: number) => Promise<'invited' | 'taken' | 'full'>;
  readonly invitations: (accountId: string, now: number, range: Range) => Promise<Invitations>;
  readonly invitation: (hash: string, now: number) => Promise<Invitation | null>;
  readonly invitationOf: (of: Pick<Invitation, 'id' | 'accountId'>, now: number) => Promise<Invitation | null>;
  readonly withdraw: (of: Pick<Invitation, 'id' | 'accountId'>) => Promise<boolean>;
  /** Makes the person, and uses the invitation up. False = it is gone, or somebody has its address. */
  readonly accept: (
    hash: string,
    person: Pick<Person, 'id' | 'name'> & { readonly password: string | null },
    now: number,
  ) => Promise<boolean>;
  /** The newest that is open, whichever account invites. */
  readonly invitationFor: (
    email: string,
    now: number,
  ) => Promise<{ readonly hash: string; readonly invitation: Invitation } | null>;
  /** Whose identity it is; the person may be gone. */
  readonly identity: (
    identity: Identity,
  ) => Promise<{ readonly personId: string; readonly means: IdentityMeans } | null>;
  /** False = it is somebody's. */
  readonly addIdentity: (
    identity: Identity,
    of: { readonly personId: string; readonly means: IdentityMeans; readonly now: number },
  ) => Promise<boolean>;
  readonly identitiesOf: (personId: string) => Promise<readonly (Identity & { readonly createdAt: number })[]>;
  /** Makes the person with the identity. False = somebody has the address. */
  readonly join: (
    person: Pick<Person, 'id' | 'accountId' | 'name' | 'role'> & { readonly email: string },
    identity: Identity,
    by: { readonly means: IdentityMeans; readonly now: number },
  ) => Promise<boolean>;
  /** `envelope`: the sealed secret. */
  readonly secondFactor: (
    personId: string,
  ) => Promise<{ readonly envelope: string; readonly isConfirmed: boolean } | null>;
  /** False = one is on. */
  readonly beginSecondFactor: (personId: string, envelope: string, now: number) => Promise<boolean>;
  readonly confirmSecondFactor: (personId: string, step: number, hashes: readonly string[]) => Promise<boolean>;
  /** Takes a code's step; false = it or a later one was taken. */
  readonly useStep: (personId: string, step: number) => Promise<boolean>;
  readonly useRecovery: (personId: string, hash: string) => Promise<boolean>;
  readonly removeSecondFactor: (personId: string) => Promise<boolean>;
  /** False = it is somebody's, or the person has `most`. */
  readonly addPasskey: (
    personId: string,
    passkey: Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'transports' | 'name'>,
    when: { readonly now: number; readonly most: number },
  ) => Promise<boolean>;
  readonly passkeysOf: (personId: string) => Promise<readonly Passkey[]>;
  readonly passkey: (id: string) => Promise<Passkey | null>;
  /** `askedAt`: when its challenge was made. False = one as young was answered before. */
  readonly usePasskey: (
    id: string,
    use: { readonly counter: number; readonly askedAt: number; readonly now: number },
  ) => Promise<boolean>;
  readonly removePasskey: (personId: string, id: string) => Promise<boolean>;
  /** How many there were. */
  readonly removePasskeys: (personId: string) => Promise<number>;
  readonly addSignIn: (signIn: SignIn, now: number) => Promise<void>;
  readonly signIn: (hash: string, now: number) => Promise<SignIn | null>;
  /** Takes the link away and says whose it was: it works once. */
  readonly takeSignIn: (hash: string, now: number) => Promise<SignIn | null>;
  /** Who owns the account, longest; null = there is no such account. */
  readonly firstOwner: (accountId: string) => Promise<Person | null>;
  /** Of one person at most so many at once: the oldest ends. */
  readonly addSession: (session: SessionRecord, now: number, most: number) => Promise<void>;
  readonly findSessions: (hashes: readonly string[]) => Promise<ReadonlyMap<string, SessionRecord>>;
  /** Newest first. */
  readonly sessionsOf: (personId: string, now: number) => Promise<readonly SessionRecord[]>;
  readonly removeSession: (hash: string) => Promise<void>;
  /** One of the person's, or all but one. How many there were. */
  readonly endSessions: (
    personId: string,
    which: { readonly hash: string } | { readonly but: string | null },
  ) => Promise<number>;
};
export type Member = { readonly accountId: string; readonly workspaceId: string; readonly isDefault: boolean };
export type Invitations = { readonly invitations: readonly Invitation[]; readonly total: number };
