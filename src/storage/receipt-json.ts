import { nano } from '../base/money.ts';
import type { Bill } from '../call/event.ts';
import type { Receipt } from '../facts/receipt.ts';

type BillText = { readonly [member in keyof Bill]: Bill[member] extends boolean ? boolean : string | null };

/** A receipt as text; money, which JSON has no integers for, as decimal strings of nano-dollars. */
export function receiptToText(receipt: Receipt): string {
  const { cost, inputCost, outputCost, upstreamCost, isByok } = receipt.bill;
  const bill: BillText = {
    cost: cost.toString(),
    inputCost: inputCost.toString(),
    outputCost: outputCost.toString(),
    upstreamCost: upstreamCost === null ? null : upstreamCost.toString(),
    isByok,
  };
  return JSON.stringify({ ...receipt, bill });
}

/** Reads back what `receiptToText` wrote. */
export function receiptFromText(text: string): Receipt {
  const stored = JSON.parse(text) as Omit<Receipt, 'bill'> & { readonly bill: BillText };
  const { cost, inputCost, outputCost, upstreamCost, isByok } = stored.bill;
  const bill: Bill = {
    cost: nano(BigInt(cost ?? 0)),
    inputCost: nano(BigInt(inputCost ?? 0)),
    outputCost: nano(BigInt(outputCost ?? 0)),
    upstreamCost: upstreamCost === null ? null : nano(BigInt(upstreamCost)),
    isByok,
  };
  return { ...stored, bill };
}
