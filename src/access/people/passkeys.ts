import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import type { World } from '../../base/world.ts';
import type { Vault } from '../../vault/vault.ts';
import type { NewSecret } from '../secret.ts';
import type { Passkey, PeopleStore, Person } from './person.ts';

/** How long somebody may look at the page before they touch the authenticator. */
const ASKED_MS = 10 * 60_000;
/** Of one person. */
export const PASSKEYS_MAX = 20;
export const PASSKEY_NAME_LENGTH_MAX = 60;
/** What a browser answers is some hundred bytes, and a few thousand where an authenticator explains itself. */
export const PASSKEY_ANSWER_LENGTH_MAX = 32_768;
/** Ed25519, P-256, RSA: what authenticators have (WebAuthn Level 3, 5.8.5, read 2026-11-29). */
const ALGORITHMS = [-8, -7, -257];

/** Where the page is that asks: passkeys are bound to its host. */
export type Site = { readonly origin: string };

/** What the browser is asked for, as WebAuthn's JSON has it. */
export type PasskeyOptions = JsonObject;

export type Passkeys = {
  /** Null = there can be none: no host by a name, no TLS, no secret to sign by. */
  readonly optionsToCreate: (person: Person, site: Site) => Promise<PasskeyOptions | null>;
  /** `text`: what the browser answered. */
  readonly create: (
    person: Person,
    answer: { readonly text: string; readonly name: string },
    site: Site,
  ) => Promise<'created' | 'wrong' | 'full'>;
  readonly of: (personId: string) => Promise<readonly Passkey[]>;
  readonly remove: PeopleStore['removePasskey'];
  readonly removeAll: PeopleStore['removePasskeys'];
  /** Whoever has one says with it who they are. Null = there can be none. */
  readonly optionsToUse: (site: Site) => PasskeyOptions | null;
  /** Whose passkey answered; null = nobody's. */
  readonly use: (text: string, site: Site) => Promise<Person | null>;
};

type Parts = {
  readonly store: { readonly people: PeopleStore };
  readonly world: World;
  readonly newSecret: NewSecret;
  readonly vault: Vault;
};

/**
 * What a host is called in passkeys; null = it can have none. A browser offers them to pages that come by TLS, or from this
 * machine under its name, and never to an address.
 */
export function relyingPartyOf({ origin }: Site): string | null {
  const { protocol, hostname } = new URL(origin);
  if (/^[\d.]+$/.test(hostname) || hostname.startsWith('[')) return null;
  return protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost') ? hostname : null;
}

/** Challenges name their time, and only we can make one: nothing is kept of those who never answer. */
function challenging({ world, newSecret, vault }: Parts) {
  const markOf = (text: string, about: string): Buffer | null => {
    const key = vault.current()?.keyFor('passkeys');
    return key ? createHmac('sha256', key).update(`${about} ${text}`).digest() : null;
  };
  return {
    make: (about: string): string | null => {
      const text = `${world.now()}.${newSecret().slice(0, 32)}`;
      const mark = markOf(text, about);
      return mark && Buffer.from(`${text}.${mark.toString('hex')}`).toString('base64url');
    },
    /** When it was made; null = it is none of ours, or too old. */
    madeAt: (challenge: string, about: string): number | null => {
      const [at = '', random = '', mark = ''] = Buffer.from(challenge, 'base64url').toString().split('.');
      const expected = markOf(`${at}.${random}`, about);
      const given = Buffer.from(mark, 'hex');
      if (!expected || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
      return Number(at) + ASKED_MS > world.now() ? Number(at) : null;
    },
  };
}

const USE = 'use';
const creationBy = (personId: string): string => `create ${personId}`;
const descriptor = ({ id, transports }: Passkey): JsonObject => ({ type: 'public-key', id, transports });

export function openPasskeys(parts: Parts): Passkeys {
  const { people } = parts.store;
  const challenges = challenging(parts);
  return {
    of: people.passkeysOf,
    remove: people.removePasskey,
    removeAll: people.removePasskeys,
    optionsToCreate: async (person, site) => {
      const rpId = relyingPartyOf(site);
      const challenge = rpId && challenges.make(creationBy(person.id));
      if (!rpId || !challenge) return null;
      const label = person.email ?? person.name ?? 'owner';
      return {
        rp: { id: rpId, name: rpId },
        // Who it is stands on the authenticator, so that nobody need enter it.
        user: { id: Buffer.from(person.id).toString('base64url'), name: label, displayName: person.name ?? label },
        challenge,
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: (await people.passkeysOf(person.id)).map(descriptor),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        timeout: ASKED_MS,
      };
    },
    create: async (person, { text, name }, site) => {
      const made = await readCreation(
        text,
        site,
        (challenge) => challenges.madeAt(challenge, creationBy(person.id)) !== null,
      );
      if (!made) return 'wrong';
      const passkey = { ...made, name: name.trim().slice(0, PASSKEY_NAME_LENGTH_MAX) || 'Passkey' };
      const added = await people.addPasskey(person.id, passkey, { now: parts.world.now(), most: PASSKEYS_MAX });
      return added ? 'created' : 'full';
    },
    optionsToUse: (site) => {
      const rpId = relyingPartyOf(site);
      const challenge = rpId && challenges.make(USE);
      if (!rpId || !challenge) return null;
      return { challenge, rpId, allowCredentials: [], userVerification: 'required', timeout: ASKED_MS };
    },
    use: async (text, site) => {
      const answer = answerIn(text);
      const found = answer && (await people.passkey(answer.id));
      if (!answer || !found) return null;
      let madeAt: number | null = null;
      const counter = await readUse(answer as never, site, {
        passkey: found,
        isOurs: (challenge) => {
          madeAt = challenges.madeAt(challenge, USE);
          return madeAt !== null;
        },
      });
      if (counter === null || madeAt === null) return null;
      // One answer counts once: of each passkey only one to a younger question does.
      if (!(await people.usePasskey(found.id, { counter, askedAt: madeAt, now: parts.world.now() }))) return null;
      return (await people.find([found.personId])).get(found.personId) ?? null;
    },
  };
}

/** Only what has the form of an answer; what it says is checked by those who know. */
function answerIn(text: string): (JsonObject & { readonly id: string; readonly response: JsonObject }) | null {
  if (text.length > PASSKEY_ANSWER_LENGTH_MAX) return null;
  const answer = parseJson(text);
  if (!isObject(answer) || !isObject(answer.response)) return null;
  const { id, rawId, type, response } = answer;
  if (typeof id !== 'string' || !/^[\w-]{1,1400}$/.test(id) || rawId !== id || type !== 'public-key') return null;
  const isText = Object.values(response).every(
    (value) => value === null || typeof value === 'string' || Array.isArray(value),
  );
  return isText ? { ...answer, id, response } : null;
}

type IsOurs = (challenge: string) => boolean;
type Made = Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'transports'>;

async function readCreation(text: string, site: Site, isOurs: IsOurs): Promise<Made | null> {
  const answer = answerIn(text);
  const rpId = relyingPartyOf(site);
  if (!answer || !rpId || typeof answer.response.attestationObject !== 'string') return null;
  // What few use is loaded where it is used.
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  try {
    const attestation = decodeAttestationObject(Buffer.from(answer.response.attestationObject, 'base64url') as never);
    const { size } = attestation.get('attStmt');
    // Nobody asks which make it is. A chain of certificates would have lists of revocations fetched from where it says.
    if (attestation.get('fmt') !== 'none' || size !== 0) return null;
    const verified = await verifyRegistrationResponse({
      response: { clientExtensionResults: {}, ...answer } as unknown as RegistrationResponseJSON,
      expectedChallenge: isOurs,
      expectedOrigin: site.origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified.verified) return null;
    const { credential } = verified.registrationInfo;
    return {
      id: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: transportsIn(answer.response.transports),
    };
  } catch {
    return null;
  }
}

const transportsIn = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.filter((each) => typeof each === 'string' && /^[a-z-]{1,20}$/.test(each)).slice(0, 10)
    : [];

/** The authenticator's count of uses; null = it is no answer of this passkey. */
async function readUse(
  answer: AuthenticationResponseJSON,
  site: Site,
  { passkey, isOurs }: { readonly passkey: Passkey; readonly isOurs: IsOurs },
): Promise<number | null> {
  const rpId = relyingPartyOf(site);
  if (!rpId) return null;
  const { userHandle } = answer.response;
  if (userHandle && Buffer.from(userHandle, 'base64url').toString() !== passkey.personId) return null;
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  try {
    const verified = await verifyAuthenticationResponse({
      response: { ...answer, clientExtensionResults: {} },
      expectedChallenge: isOurs,
      expectedOrigin: site.origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
      },
    });
    return verified.verified ? verified.authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}
