import { createHash } from 'node:crypto';
import type { Receipt } from '../facts/receipt.ts';

/** Whether a call belongs to this share of all, 0–1: the calls of one session together, and always the same ones. */
export function isSampled({ id, sessionId }: Pick<Receipt, 'id' | 'sessionId'>, share: number): boolean {
  if (share >= 1) return true;
  const digest = createHash('sha256')
    .update(sessionId ?? id)
    .digest();
  return digest.readUInt32BE(0) / 2 ** 32 < share;
}
