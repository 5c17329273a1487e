import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Access } from '../../../access/access.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalNumber, parseJson, stringOf } from '../../../base/json.ts';
import type { WireHeaders } from '../../../base/world.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';

/**
 * A key for one realtime session, which a server gives to its browser in place of its own: `ek_` and, signed by this
 * instance, whose key it stands for, until when, and the settings that the session begins with. Nothing of it is stored,
 * so every process knows it; it ends with its time, or with the key that it stands for.
 */
export type ClientSecret = {
  readonly keyId: string;
  readonly accountId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly session: JsonObject;
};

const PREFIX = 'ek_';
const PURPOSE = 'realtime client secrets';
const FORM = /^ek_([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;
const UNKNOWN = fault('authentication', 'This client secret is not one of this instance, or its time is over.');

type Keys = Pick<Gateway, 'signingKey'>;

/** Null = this instance has no secret that it could sign with. */
export function writeClientSecret(
  { signingKey }: Keys,
  { keyId, accountId, expiresAt, session }: ClientSecret,
): string | null {
  const payload = Buffer.from(JSON.stringify({ k: keyId, a: accountId, e: expiresAt, s: session })).toString(
    'base64url',
  );
  const key = signingKey(PURPOSE);
  return key && `${PREFIX}${payload}.${signed(key, payload)}`;
}

function readClientSecret({ signingKey, world }: Keys & Pick<Gateway, 'world'>, text: string): ClientSecret | null {
  const [, payload = '', mark = ''] = FORM.exec(text) ?? [];
  const key = payload === '' ? null : signingKey(PURPOSE);
  if (!key || !timingSafeEqual(Buffer.from(signed(key, payload)), Buffer.from(mark))) return null;
  const { k, a, e, s } = objectOf(parseJson(Buffer.from(payload, 'base64url').toString('utf8')));
  const expiresAt = optionalNumber(e) ?? 0;
  if (expiresAt <= world.now() || !isObject(s)) return null;
  return { keyId: stringOf(k), accountId: stringOf(a), expiresAt, session: s };
}

const signed = (key: Buffer, payload: string): string => createHmac('sha256', key).update(payload).digest('base64url');

/** Longer than any other key may be: it holds settings. */
const keyIn = ({ authorization = '' }: WireHeaders): string => /^bearer +(ek_\S+) *$/i.exec(authorization)?.[1] ?? '';

/** The settings that the key of this request was made for; null = it is an ordinary one. */
export const sessionOfKey = (gateway: Gateway, { headers }: IncomingMessage): JsonObject | null =>
  readClientSecret(gateway, keyIn(headers as WireHeaders))?.session ?? null;

/** Who calls, by keys for one session too: who showed one calls as whoever made it. */
export function withClientSecrets(gateway: Gateway): Access {
  const { access } = gateway;
  return {
    ...access,
    authenticate: (headers) => (keyIn(headers) === '' ? access.authenticate(headers) : null),
    find: async (headers): Promise<Principal | Fault> => {
      const text = keyIn(headers);
      if (text === '') return access.find(headers);
      const secret = readClientSecret(gateway, text);
      return secret ? access.callerOf(secret.keyId, secret.accountId) : UNKNOWN;
    },
  };
}
