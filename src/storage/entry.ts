import type { Receipt } from '../facts/receipt.ts';
import { type CountedReceipt, countedOf } from '../insights/roll-up.ts';
import type { AppRecord } from '../insights/store.ts';
import { receiptToText } from './receipt-json.ts';

/**
 * A receipt as the books take it: its text, and what of it is written or summed up elsewhere, so that nobody who keeps
 * books reads the text again.
 */
export type Entry = {
  readonly id: string;
  readonly accountId: string;
  /** As its receipt names it, or empty. */
  readonly model: string;
  readonly state: string;
  readonly counted: CountedReceipt;
  readonly app: AppRecord | null;
  /** The receipt itself (`receipt-json.ts`). */
  readonly text: string;
};

export function entryOf(receipt: Receipt, text = receiptToText(receipt)): Entry {
  const { id, accountId, model, state, app } = receipt;
  const counted = countedOf(receipt);
  return {
    id,
    accountId,
    model: model ?? '',
    state,
    counted,
    app: app && { id: counted.app, origin: app.origin, title: app.title, categories: app.categories },
    text,
  };
}
