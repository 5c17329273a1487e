import { hash } from 'node:crypto';
import { PRODUCT } from '../base/product.ts';

/** 32 random bytes as 64 lower-case hex characters, from the system's generator; handed in, as all randomness is. */
export type NewSecret = () => string;

/**
 * SHA-256 without salt or stretching is enough here: a key has 256 random bits, so neither guessing nor a table helps,
 * and the digest is what compatible APIs call a key's hash.
 */
export const digestOf = (secret: string): string => hash('sha256', secret, 'hex');

export const newKey = (newSecret: NewSecret): string => PRODUCT.keyPrefix + newSecret();

/** Enough to recognise a key in a list, too little to use it. */
export function labelOf(key: string): string {
  const prefix = key.startsWith(PRODUCT.keyPrefix) ? PRODUCT.keyPrefix : key.slice(0, key.startsWith('sk-') ? 3 : 0);
  const rest = key.slice(prefix.length);
  return rest.length < 12 ? `${prefix}...` : `${prefix}${rest.slice(0, 3)}...${rest.slice(-3)}`;
}
