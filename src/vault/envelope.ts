import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Master } from './master.ts';

/** Where a sealed text stands: it opens there and nowhere else. */
export type Place = { readonly table: string; readonly column: string; readonly row: string };

const FORMAT = 'sw1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ENVELOPE = /^sw1\.([0-9a-f]{16})\.([A-Za-z0-9_-]+)$/;

/** The key of a purpose: each column has its own. */
const purposeOf = ({ table, column }: Place): string => `${table}.${column}`;
/** No name of a table or column holds a line break, and the id of a row stands last: no two places are written alike. */
const boundTo = (place: Place, master: string): Buffer =>
  Buffer.from([FORMAT, master, place.table, place.column, place.row].join('\n'));

/**
 * `sw1.<master>.<base64url>`: AES-256-GCM over the text, with a nonce of 96 random bits before it and the tag behind it
 * (NIST SP 800-38D; one key takes 2^32 of them). Master, table, column and row are authenticated with it, so that an
 * envelope that somebody copied to another row does not open there.
 */
export function seal(master: Master, place: Place, text: string, random: Uint8Array): string {
  const nonce = random.subarray(0, NONCE_BYTES);
  if (nonce.length !== NONCE_BYTES) throw new Error('a nonce needs 12 random bytes');
  const cipher = createCipheriv('aes-256-gcm', master.keyFor(purposeOf(place)), nonce);
  cipher.setAAD(boundTo(place, master.id));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${FORMAT}.${master.id}.${sealed.toString('base64url')}`;
}

/** The id of the master that an envelope needs; null = it is none. */
export const masterIdOf = (envelope: string): string | null => ENVELOPE.exec(envelope)?.[1] ?? null;

/** What every envelope of a master begins with, for those who look for them in a table. */
export const beginningOf = ({ id }: Pick<Master, 'id'>): string => `${FORMAT}.${id}.`;

/** Null = it was not sealed by this master for this place, or somebody changed it. */
export function open(master: Master, place: Place, envelope: string): string | null {
  const [, id, body] = ENVELOPE.exec(envelope) ?? [];
  if (id !== master.id || body === undefined) return null;
  const bytes = Buffer.from(body, 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', master.keyFor(purposeOf(place)), bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(boundTo(place, id));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
