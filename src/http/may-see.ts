import type { Caller } from '../facts/caller.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Gateway } from '../gateway/gateway.ts';

/** A receipt belongs to the key that made the call; of the account's other callers only its managers may read it. */
export const maySee = (caller: Caller | null, { accountId, keyId }: Receipt): boolean =>
  caller !== null && caller.accountId === accountId && (caller.keyId === keyId || caller.isManagement);

/** Rankings, apps and what is used how much are everybody's affair only where the operator says so. */
export const seesBoards = (caller: Caller | null, { boards }: Gateway): boolean =>
  boards === 'public' || caller !== null;
