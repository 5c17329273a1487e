import { createFinder, type Finder } from '../base/finder.ts';
import type { World } from '../base/world.ts';
import type { Principal } from '../facts/principal.ts';
import { actingAsPerson } from './acting.ts';
import type { Means, PeopleStore, Person, SessionRecord, SignIn } from './people/person.ts';
import { digestOf, type NewSecret } from './secret.ts';

const SIGN_IN_MS = 24 * 3_600_000;
/** A link to a new password is sent to somebody who waits for it. */
const RESET_MS = 3_600_000;
const SESSION_MS = 30 * 24 * 3_600_000;
/** Who has left where they come from is out here a day later. */
const PROVIDED_SESSION_MS = 24 * 3_600_000;
/** Of one person at once. */
const SESSIONS_MAX = 100;
const TOKEN = /^[0-9a-f]{64}$/;
const AGENT_LENGTH_MAX = 300;

/** Where somebody signs in from: what the connection and the browser tell. */
export type Client = { readonly address: string; readonly agent: string | undefined };
const UNKNOWN: Client = { address: '', agent: undefined };

/** The new session's cookie value and how long it lasts. */
export type NewSession = { readonly session: string; readonly maxAgeS: number };

/** People's way into the console: whatever proves who they are becomes a cookie. Only digests are kept. */
export type Sessions = {
  /** A token for the console's sign-in page; it works once, within a day. Without a person it is the owner's. */
  readonly newSignIn: (accountId: string, personId?: string) => Promise<string>;
  /** Null if the token is unknown, used or too old. */
  readonly redeemSignIn: (token: string, client?: Client) => Promise<NewSession | null>;
  /** A token for the page that sets a new password; it works once, within the hour. */
  readonly newReset: (person: Person) => Promise<string>;
  /** Whose new password the token sets; nothing is used up. */
  readonly resetBy: (token: string) => Promise<string | null>;
  readonly redeemReset: (token: string) => Promise<string | null>;
  /** Of somebody who has proved who they are. */
  readonly begin: (person: Pick<Person, 'id' | 'accountId'>, means: Means, client: Client) => Promise<NewSession>;
  readonly signOut: (session: string) => Promise<void>;
  /** Undefined = it must be looked for; null = nobody's. */
  readonly known: (session: string) => Principal | null | undefined;
  /** Undefined = too many look already. */
  readonly look: (session: string) => Promise<Principal | null | undefined>;
  readonly forget: Finder<Signed>['forget'];
  readonly forgetPerson: (personId: string) => void;
  /** All of an account's. */
  readonly forgetWhere: (accountId: string) => void;
  readonly forgetAll: () => void;
};

type Signed = { readonly record: SessionRecord; readonly person: Principal };
type Parts = { readonly store: { readonly people: PeopleStore }; readonly world: World; readonly newSecret: NewSecret };

/** A token for the console's sign-in page; it works once, within a day. */
export async function addSignIn(
  { store, world, newSecret }: Parts,
  sign: Pick<SignIn, 'kind' | 'accountId' | 'personId'>,
): Promise<string> {
  const token = newSecret();
  const now = world.now();
  const expiresAt = now + (sign.kind === 'reset' ? RESET_MS : SIGN_IN_MS);
  await store.people.addSignIn({ ...sign, hash: digestOf(token), expiresAt }, now);
  return token;
}

const toldBy = ({ address, agent }: Client): Pick<SessionRecord, 'address' | 'agent'> => ({
  address: address || null,
  agent: agent?.slice(0, AGENT_LENGTH_MAX) ?? null,
});

/** `principalsOf`: the people who sessions are of, by their ids; whoever is gone is missing. */
export function openSessions(
  parts: Parts & {
    readonly principalsOf: (personIds: readonly string[]) => Promise<ReadonlyMap<string, Principal>>;
  },
): Sessions {
  const { store, world, newSecret, principalsOf } = parts;
  const finder = createFinder<Signed>({
    world,
    find: async (hashes) => {
      const records = [...(await store.people.findSessions(hashes)).values()];
      const people = await principalsOf(records.map(({ personId }) => personId));
      return new Map(
        records.flatMap((record) => {
          const person = people.get(record.personId);
          return person ? [[record.hash, { record, person }]] : [];
        }),
      );
    },
  });
  const personIn = (signed: Signed | null | undefined): Principal | null | undefined =>
    signed && (signed.record.expiresAt > world.now() ? signed.person : null);
  const begin: Sessions['begin'] = async ({ id, accountId }, means, client) => {
    const session = newSecret();
    const createdAt = world.now();
    const lengthMs = means === 'provider' ? PROVIDED_SESSION_MS : SESSION_MS;
    const record: SessionRecord = {
      hash: digestOf(session),
      accountId,
      personId: id,
      createdAt,
      expiresAt: createdAt + lengthMs,
      ...toldBy(client),
      means,
    };
    await actingAsPerson({ id, accountId }, () => store.people.addSession(record, createdAt, SESSIONS_MAX));
    return { session, maxAgeS: lengthMs / 1000 };
  };
  const take = async (token: string, kind: SignIn['kind']): Promise<SignIn | null> => {
    const now = world.now();
    // One of the other kind stays as it is.
    const found = TOKEN.test(token) ? await store.people.signIn(digestOf(token), now) : null;
    return found?.kind === kind ? store.people.takeSignIn(found.hash, now) : null;
  };
  return {
    newSignIn: (accountId, personId) => addSignIn(parts, { kind: 'sign-in', accountId, personId: personId ?? null }),
    redeemSignIn: async (token, client = UNKNOWN) => {
      const signIn = await take(token, 'sign-in');
      if (!signIn) return null;
      const { people } = store;
      const person =
        signIn.personId === null
          ? await people.firstOwner(signIn.accountId)
          : (await people.find([signIn.personId])).get(signIn.personId);
      return person ? begin(person, 'link', client) : null;
    },
    newReset: ({ id, accountId }) => addSignIn(parts, { kind: 'reset', accountId, personId: id }),
    resetBy: async (token) => {
      const found = TOKEN.test(token) ? await store.people.signIn(digestOf(token), world.now()) : null;
      return found?.kind === 'reset' ? found.personId : null;
    },
    redeemReset: async (token) => (await take(token, 'reset'))?.personId ?? null,
    begin,
    signOut: (session) => store.people.removeSession(digestOf(session)),
    known: (session) => personIn(finder.known(digestOf(session))),
    look: async (session) => personIn(await finder.look(digestOf(session))),
    forgetPerson: (personId) => finder.forgetWhere(({ record }) => record.personId === personId),
    forgetWhere: (accountId) => finder.forgetWhere(({ record }) => record.accountId === accountId),
    forget: finder.forget,
    forgetAll: finder.forgetAll,
  };
}
