import { createHash, hkdfSync } from 'node:crypto';
import { PRODUCT } from '../base/product.ts';

/**
 * The one secret that all others are sealed by. It seals nothing itself: each purpose has a key of its own, derived by
 * HKDF-SHA-256 (RFC 5869), so that what is known of one says nothing of another.
 */
export type Master = {
  /** Names it in everything that is sealed by it, and tells nothing of it: 16 hex characters, derived like the keys. */
  readonly id: string;
  /** 32 bytes. */
  readonly keyFor: (purpose: string) => Buffer;
};

/** Fewer characters than these cannot hold 128 bits of chance, whatever their alphabet is. */
export const MASTER_LENGTH_MIN = 32;

const SALT = createHash('sha256').update(`${PRODUCT.slug} vault 1`).digest();
const ID_BYTES = 8;
const KEY_BYTES = 32;

export function masterOf(secret: string): Master {
  const derive = (purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, SALT, purpose, bytes));
  const keys = new Map<string, Buffer>();
  return {
    id: derive('id', ID_BYTES).toString('hex'),
    keyFor: (purpose) => {
      const known = keys.get(purpose);
      if (known) return known;
      const key = derive(`key of ${purpose}`, KEY_BYTES);
      keys.set(purpose, key);
      return key;
    },
  };
}
