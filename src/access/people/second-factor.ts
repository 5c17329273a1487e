import { createHmac, timingSafeEqual } from 'node:crypto';
import { Hidden } from '../../base/hidden.ts';
import type { World } from '../../base/world.ts';
import type { Place } from '../../vault/envelope.ts';
import type { Vault } from '../../vault/vault.ts';
import { createGuesses } from '../guesses.ts';
import { digestOf, type NewSecret } from '../secret.ts';
import type { PeopleStore, Person } from './person.ts';
import { base32, keyUri, stepOf } from './totp.ts';

const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** 16 characters of base 32: 80 bits, so that their digests can be kept like those of keys. */
const RECOVERY_LENGTH = 16;
const ASKED_MS = 5 * 60_000;
const TOKEN = /^([\w-]{1,100})\.(\d{1,16})\.(password|provider)\.([0-9a-f]{64})$/;
/** What a second factor is asked for beside. */
export type AskedBy = 'password' | 'provider';

export type NewSecondFactor = { readonly secret: string; readonly uri: string };

/** The second proof of who somebody is, beside the password: a code of an authenticator, or one that helps once. */
export type SecondFactors = {
  readonly isOn: (personId: string) => Promise<boolean>;
  /** What the authenticator is shown; nothing is asked for before it is confirmed. Null = it is on, or no secret can be kept. */
  readonly begin: (person: Person) => Promise<NewSecondFactor | null>;
  /** What `begin` told, again; null = nothing was begun. */
  readonly begun: (person: Person) => Promise<NewSecondFactor | null>;
  /** Switches it on. The only moment at which the codes for emergencies can be read. Null = the code is wrong. */
  readonly confirm: (person: Person, code: string) => Promise<readonly string[] | null>;
  /** False = the code is wrong. */
  readonly remove: (person: Person, code: string) => Promise<boolean>;
  /** By whoever administers: for somebody who has lost both. */
  readonly clear: (personId: string) => Promise<boolean>;
  /** What is handed to whoever has given the right password, for five minutes. Null = no second factor is on. */
  readonly ask: (person: Person, means: AskedBy) => Promise<string | null>;
  /** `gone`: they must begin anew. */
  readonly answer: (
    token: string,
    code: string,
  ) => Promise<{ readonly person: Person; readonly means: AskedBy } | 'wrong' | 'gone' | { readonly waitMs: number }>;
};

type Parts = {
  readonly store: { readonly people: PeopleStore };
  readonly world: World;
  readonly newSecret: NewSecret;
  readonly vault: Vault;
};

const placeOf = (personId: string): Place => ({ table: 'second_factor', column: 'secret', row: personId });

type Checking = { readonly people: PeopleStore; readonly vault: Vault; readonly world: World };

function checking({ people, vault, world }: Checking) {
  const secretOf = (personId: string, envelope: string): Buffer | null => {
    const opened = vault.open(placeOf(personId), envelope);
    return opened.ok ? Buffer.from(opened.value.reveal(), 'hex') : null;
  };
  /** A code works once: the step that it is of is the last one from then on. */
  const isRight = async ({ id }: Person, code: string): Promise<boolean> => {
    const factor = await people.secondFactor(id);
    if (!factor?.isConfirmed) return false;
    const secret = secretOf(id, factor.envelope);
    const step = secret && stepOf(secret, code, world.now());
    if (step !== null) return people.useStep(id, step);
    const recovery = code.toUpperCase().replaceAll(/[^A-Z2-7]/g, '');
    return recovery.length === RECOVERY_LENGTH && people.useRecovery(id, digestOf(recovery));
  };
  return { secretOf, isRight };
}

const shown = (secret: Buffer, { email, id }: Person): NewSecondFactor => ({
  secret: base32(secret),
  uri: keyUri(secret, email ?? id),
});

export function openSecondFactors({ store: { people }, world, newSecret, vault }: Parts): SecondFactors {
  // Who gets here knows the password, so that these cannot be used up by strangers.
  const guesses = createGuesses(world, { burst: 5, perHour: 20 });
  const { secretOf, isRight } = checking({ people, vault, world });
  const markOf = async (personId: string, until: string, means: string): Promise<string | null> => {
    const key = vault.current()?.keyFor('second factors');
    // With another password whoever was asked by the old one begins anew.
    return key
      ? createHmac('sha256', key)
          .update(`${personId} ${until} ${means} ${await people.passwordOf(personId)}`)
          .digest('hex')
      : null;
  };
  const isOn = async (personId: string): Promise<boolean> =>
    (await people.secondFactor(personId))?.isConfirmed ?? false;
  return {
    isOn,
    begin: async (person) => {
      const secret = Buffer.from(newSecret(), 'hex').subarray(0, SECRET_BYTES);
      const sealed = vault.seal(placeOf(person.id), new Hidden(secret.toString('hex')));
      if (!sealed.ok || !(await people.beginSecondFactor(person.id, sealed.value, world.now()))) return null;
      return shown(secret, person);
    },
    begun: async (person) => {
      const factor = await people.secondFactor(person.id);
      const secret = factor && !factor.isConfirmed ? secretOf(person.id, factor.envelope) : null;
      return secret && shown(secret, person);
    },
    confirm: async ({ id }, code) => {
      const factor = await people.secondFactor(id);
      const secret = factor && !factor.isConfirmed ? secretOf(id, factor.envelope) : null;
      const step = secret && stepOf(secret, code, world.now());
      if (step === null) return null;
      const codes = Array.from({ length: RECOVERY_CODES }, () => newRecoveryCode(newSecret));
      return (await people.confirmSecondFactor(id, step, codes.map(digestOf))) ? codes.map(readable) : null;
    },
    remove: async (person, code) => {
      const place = { address: person.id, about: 'off' };
      if (guesses.wait(place) !== null) return false;
      if (await isRight(person, code)) return people.removeSecondFactor(person.id);
      guesses.wrong(place);
      return false;
    },
    clear: people.removeSecondFactor,
    ask: async ({ id }, means) => {
      if (!(await isOn(id))) return null;
      const until = String(world.now() + ASKED_MS);
      return `${id}.${until}.${means}.${(await markOf(id, until, means)) ?? ''}`;
    },
    answer: async (token, code) => {
      const [, id = '', until = '', asked = '', mark = ''] = TOKEN.exec(token) ?? [];
      const means = asked === 'provider' ? 'provider' : 'password';
      const expected = id && Number(until) > world.now() ? await markOf(id, until, means) : null;
      if (!expected || !timingSafeEqual(Buffer.from(mark), Buffer.from(expected))) return 'gone';
      const person = (await people.find([id])).get(id);
      if (!person) return 'gone';
      const place = { address: id, about: 'in' };
      const waitMs = guesses.wait(place);
      if (waitMs !== null) return { waitMs };
      if (await isRight(person, code)) return { person, means };
      const wait = guesses.wrong(place);
      return wait === null ? 'wrong' : { waitMs: wait };
    },
  };
}

const newRecoveryCode = (newSecret: NewSecret): string =>
  base32(Buffer.from(newSecret(), 'hex')).slice(0, RECOVERY_LENGTH);
const readable = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1-');
