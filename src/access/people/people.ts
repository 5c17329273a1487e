import { uuidOf } from '../../base/uuid.ts';
import type { World } from '../../base/world.ts';
import { ADDRESS_LENGTH_MAX, isMailAddress } from '../../facts/mail.ts';
import type { PersonRole, Principal } from '../../facts/principal.ts';
import { actingAsPerson } from '../acting.ts';
import type { Guesses } from '../guesses.ts';
import { createGuesses } from '../guesses.ts';
import { may } from '../may.ts';
import { digestOf, type NewSecret } from '../secret.ts';
import type { Client, NewSession, Sessions } from '../sessions.ts';
import { type Enter, openEntering } from './entering.ts';
import { type Cost, createPasswords, objectionToPassword, type Passwords } from './passwords.ts';
import type { Changed, Invitation, PeopleStore, Person, PersonChange, SessionRecord } from './person.ts';

const INVITATION_MS = 7 * 24 * 3_600_000;
/** Of one account. */
const INVITATIONS_MAX = 1_000;
const TOKEN = /^[0-9a-f]{64}$/;
export const EMAIL_LENGTH_MAX = ADDRESS_LENGTH_MAX;
export const NAME_LENGTH_MAX = 100;

/** An address as it is kept and compared; null = it is none. */
export function emailOf(text: string): string | null {
  const email = text.trim().normalize('NFKC').toLowerCase();
  return isMailAddress(email) ? email : null;
}

export type InvitationWish = Pick<Invitation, 'email' | 'role' | 'workspaceIds'>;
/** Why nobody is signed in. `wait`: too many were wrong, so many milliseconds from now; `busy`: too many wait to be checked. */
export type NotSignedIn = 'wrong' | 'busy' | { readonly waitMs: number };
/** What is wrong with what was entered, in words for whoever entered it. */
export type Objection = { readonly field: 'password' | 'old' | 'token'; readonly words: string };

/** The people of accounts: who they are, what they may, how they come in. */
export type People = Pick<
  PeopleStore,
  'identitiesOf' | 'list' | 'inWorkspace' | 'workspacesOf' | 'invitations' | 'invitationOf' | 'withdraw'
> & {
  /** Of the account; null = it has nobody of this id. */
  readonly find: (accountId: string, id: string) => Promise<Person | null>;
  readonly byEmail: (email: string) => Promise<Person | null>;
  readonly addTo: (of: Parameters<PeopleStore['addTo']>[0], ids: readonly string[]) => Promise<number>;
  readonly removeFrom: PeopleStore['removeFrom'];
  /** `forbidden`: it concerns an owner, and whoever asks is none. */
  readonly change: (by: Principal, id: string, change: PersonChange) => Promise<Changed | 'forbidden'>;
  /** One's own name and address. */
  readonly changeOwn: (by: Principal, id: string, change: Pick<PersonChange, 'name' | 'email'>) => Promise<Changed>;
  readonly remove: (by: Principal, id: string) => Promise<'removed' | 'missing' | 'last-owner' | 'forbidden'>;
  /** The only moment at which the token of the link can be read. */
  readonly invite: (
    by: Principal,
    wish: InvitationWish,
  ) => Promise<{ readonly invitation: Invitation; readonly token: string } | 'taken' | 'full' | 'forbidden'>;
  readonly invitation: (token: string) => Promise<Invitation | null>;
  readonly accept: (
    token: string,
    wish: { readonly name: string; readonly password: string },
    client: Client,
  ) => Promise<NewSession | Objection>;
  readonly signIn: (
    entered: { readonly email: string; readonly password: string; readonly device: string | null },
    client: Client,
  ) => Promise<Person | NotSignedIn>;
  /** Sets a new password by the token of a link, and ends all sessions. */
  readonly reset: (token: string, password: string) => Promise<Person | Objection>;
  /** `old`: what the person has now; null where there is none. Ends all sessions but this one. */
  readonly setPassword: (
    person: Person,
    entered: { readonly old: string; readonly password: string; readonly session: string },
    client: Client,
  ) => Promise<Objection | null>;
  /** Whoever another provider vouches for. */
  readonly enter: Enter;
  readonly sessionsOf: (personId: string) => Promise<readonly SessionRecord[]>;
  readonly endSessions: PeopleStore['endSessions'];
};

type Parts = {
  readonly store: { readonly people: PeopleStore };
  readonly world: World;
  readonly newSecret: NewSecret;
  readonly sessions: Sessions;
  /** How slow passwords are to try; tests have less time. */
  readonly passwordCost?: Cost;
};

/** Whether somebody may make a person of this role, or change one. */
export const mayAppoint = (by: Principal | null, role: PersonRole): boolean =>
  may(by, 'manage-members') && (role !== 'owner' || may(by, 'manage-owners'));

const GONE: Objection = { field: 'token', words: 'This link has been used already, or is too old. Ask for a new one.' };
const BUSY: Objection = { field: 'password', words: 'Too many are signing in at the moment. Try again in a minute.' };

const WAIT: Objection = { field: 'old', words: 'Too many wrong passwords came from here. Try again later.' };

export function openPeople(parts: Parts): People {
  const {
    store: { people },
    world,
  } = parts;
  const passwords = createPasswords(parts.passwordCost);
  const guesses = guessesOfPasswords(world);
  const find: People['find'] = async (accountId, id) => {
    const person = (await people.find([id])).get(id);
    return person?.accountId === accountId ? person : null;
  };
  return {
    identitiesOf: people.identitiesOf,
    enter: openEntering(parts),
    list: people.list,
    inWorkspace: people.inWorkspace,
    workspacesOf: people.workspacesOf,
    invitations: people.invitations,
    invitationOf: people.invitationOf,
    withdraw: people.withdraw,
    find,
    byEmail: async (email) => (await people.byEmail(email))?.person ?? null,
    addTo: (of, ids) => people.addTo(of, ids, world.now()),
    removeFrom: people.removeFrom,
    change: async (by, id, change) => {
      const person = await find(by.accountId, id);
      if (!person) return 'missing';
      if (!mayAppoint(by, person.role) || !mayAppoint(by, change.role ?? person.role)) return 'forbidden';
      return people.change(person, { ...change, updatedAt: world.now() });
    },
    changeOwn: async (by, id, change) => {
      const person = by.memberId === id ? await find(by.accountId, id) : null;
      return person ? people.change(person, { ...change, updatedAt: world.now() }) : 'missing';
    },
    remove: async (by, id) => {
      const person = await find(by.accountId, id);
      if (!person) return 'missing';
      return mayAppoint(by, person.role) ? people.remove(person, world.now()) : 'forbidden';
    },
    ...inviting(parts, passwords),
    signIn: (entered, client) => signInByPassword({ people, passwords, guesses }, entered, client),
    ...changingPasswords(parts, passwords, guesses),
    sessionsOf: (personId) => people.sessionsOf(personId, world.now()),
    endSessions: people.endSessions,
  };
}

type Hashed = { readonly hash: string } | Objection;

async function hashed(
  passwords: Passwords,
  newSecret: NewSecret,
  wish: { readonly password: string; readonly about: readonly (string | null)[] },
): Promise<Hashed> {
  const words = objectionToPassword(wish.password, wish.about);
  if (words !== null) return { field: 'password', words };
  const hash = await passwords.hash(wish.password, newSecret());
  return hash === null ? BUSY : { hash };
}

/** How somebody becomes one of the account's people. */
function inviting(
  { store: { people }, world, newSecret, sessions }: Parts,
  passwords: Passwords,
): Pick<People, 'invite' | 'invitation' | 'accept'> {
  return {
    invite: async (by, wish) => {
      if (!mayAppoint(by, wish.role)) return 'forbidden';
      const token = newSecret();
      const createdAt = world.now();
      const invitation: Invitation = {
        ...wish,
        id: uuidOf(newSecret()),
        accountId: by.accountId,
        createdBy: by.memberId ?? by.keyId,
        createdAt,
        expiresAt: createdAt + INVITATION_MS,
      };
      const invited = await people.invite(digestOf(token), invitation, INVITATIONS_MAX);
      return invited === 'invited' ? { invitation, token } : invited;
    },
    invitation: async (token) => (TOKEN.test(token) ? people.invitation(digestOf(token), world.now()) : null),
    accept: async (token, { name, password }, client) => {
      const hash = digestOf(token);
      const invitation = TOKEN.test(token) ? await people.invitation(hash, world.now()) : null;
      if (!invitation) return GONE;
      const made = await hashed(passwords, newSecret, { password, about: [invitation.email, name] });
      if (!('hash' in made)) return made;
      const id = uuidOf(newSecret());
      const { accountId } = invitation;
      const person = { id, name: name.trim() || null, password: made.hash };
      const accepted = await actingAsPerson({ id, accountId }, () => people.accept(hash, person, world.now()));
      return accepted ? sessions.begin({ id, accountId }, 'invitation', client) : GONE;
    },
  };
}

/** By a link, or by the password of before. */
function changingPasswords(
  { store: { people }, world, newSecret, sessions }: Parts,
  passwords: Passwords,
  guesses: Guesses,
): Pick<People, 'reset' | 'setPassword'> {
  return {
    reset: async (token, password) => {
      const id = await sessions.resetBy(token);
      const person = id === null ? undefined : (await people.find([id])).get(id);
      if (!person) return GONE;
      const made = await hashed(passwords, newSecret, { password, about: [person.email, person.name] });
      if (!('hash' in made)) return made;
      if ((await sessions.redeemReset(token)) === null) return GONE;
      const but = { session: null, now: world.now() };
      await actingAsPerson(person, () => people.setPassword(person.id, made.hash, but));
      return person;
    },
    setPassword: async (person, { old, password, session }, { address }) => {
      const known = await people.passwordOf(person.id);
      if (known !== null) {
        // Whoever sits at somebody's open browser guesses no faster than others.
        const place = { address, about: person.id };
        if (guesses.wait(place) !== null) return WAIT;
        const isRight = await passwords.isRight(old, known);
        if (isRight === null) return BUSY;
        if (!isRight) {
          guesses.wrong(place);
          return { field: 'old', words: 'This is not your password.' };
        }
      }
      const made = await hashed(passwords, newSecret, { password, about: [person.email, person.name] });
      if (!('hash' in made)) return made;
      await people.setPassword(person.id, made.hash, { session: digestOf(session), now: world.now() });
      return null;
    },
  };
}

/** Ten wrong passwords at once, then one every ten minutes: for a person at an address, or in a browser that is known. */
const guessesOfPasswords = (world: World): Guesses => createGuesses(world, { burst: 10, perHour: 6 });

/**
 * Wrong passwords count for one person at one place, so whoever guesses from elsewhere keeps nobody out. A browser in which
 * the person has signed in before (`device`) has a count of its own, whatever else comes from its address.
 */
async function signInByPassword(
  { people, passwords, guesses }: { people: PeopleStore; passwords: Passwords; guesses: Guesses },
  { email, password, device }: { readonly email: string; readonly password: string; readonly device: string | null },
  { address }: Client,
): Promise<Person | NotSignedIn> {
  const known = emailOf(email);
  const about = digestOf(known ?? email.slice(0, EMAIL_LENGTH_MAX));
  const place = device === null ? { address, about } : { address: device, about };
  const waitMs = guesses.wait(place);
  if (waitMs !== null) return { waitMs };
  const found = known === null ? null : await people.byEmail(known);
  const isRight = await passwords.isRight(password, found?.password ?? null);
  if (isRight === null) return 'busy';
  if (isRight && found) return found.person;
  const wait = guesses.wrong(place);
  return wait === null ? 'wrong' : { waitMs: wait };
}
