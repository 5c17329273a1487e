import { createHmac, timingSafeEqual } from 'node:crypto';
import { PRODUCT } from '../../base/product.ts';

/** What every authenticator understands (RFC 6238; Google Authenticator's Key URI Format, both read 2026-11-29). */
const STEP_MS = 30_000;
const DIGITS = 6;
/** The clock of a phone may be one step before or behind. */
const DRIFT_STEPS = 1;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, without padding. */
export function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET.charAt((held >> (bits - 5)) & 31);
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET.charAt((held << (5 - bits)) & 31) : text;
}

/** The code of a step of 30 seconds (RFC 4226, 5.3). */
export function codeAt(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fff_ffff) % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** Of which step the code is, now or a little before or after; null = of none. */
export function stepOf(secret: Buffer, code: string, now: number): number | null {
  const given = Buffer.from(code.replaceAll(/\s/g, ''));
  if (given.length !== DIGITS) return null;
  const present = Math.floor(now / STEP_MS);
  for (let step = Math.max(0, present - DRIFT_STEPS); step <= present + DRIFT_STEPS; step++)
    if (timingSafeEqual(Buffer.from(codeAt(secret, step)), given)) return step;
  return null;
}

/** What an authenticator is shown. */
export const keyUri = (secret: Buffer, email: string): string =>
  `otpauth://totp/${encodeURIComponent(`${PRODUCT.name}:${email}`)}?${new URLSearchParams({ secret: base32(secret), issuer: PRODUCT.name }).toString().replaceAll('+', '%20')}`;
