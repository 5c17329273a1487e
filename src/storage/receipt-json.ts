import type { Json } from '../base/json.ts';
import { nano } from '../base/money.ts';
import type { Bill } from '../call/event.ts';
import { NO_USAGE } from '../call/usage.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { Continued, Receipt } from '../facts/receipt.ts';

type BillText = { readonly [member in keyof Bill]?: Bill[member] extends boolean ? boolean : string | null };
type Stored = Omit<Receipt, 'bill' | 'usage' | 'attempts' | 'continued' | 'grounds'> & {
  readonly grounds?: Json;
  readonly continued?: readonly (Omit<Continued, 'cost'> & { readonly cost: string })[];
  readonly bill: BillText;
  readonly usage: Partial<Receipt['usage']>;
  readonly attempts: readonly Attempt[];
};

/** What a receipt says unless it says otherwise: not written, so that a store of millions is half as large. */
const BLANK: Partial<Receipt> = {
  operation: 'chat',
  streamed: false,
  state: 'completed',
  model: null,
  endpoint: null,
  provider: null,
  finish: null,
  nativeFinish: null,
  serviceTier: null,
  losses: [],
  fault: null,
  firstContentMs: null,
  app: null,
  userAgent: null,
  user: null,
  sessionId: null,
};
/** The same of an attempt, beside that it was made where the call ended. */
const BLANK_ATTEMPT: Partial<Attempt> = {
  status: null,
  upstreamId: null,
  headersMs: null,
  firstContentMs: null,
  outcome: 'answered',
  fault: null,
  losses: [],
};

/** A receipt as text; money, which JSON has no integers for, as decimal strings of nano-dollars. */
export function receiptToText(receipt: Receipt): string {
  const { bill, usage, attempts, continued, grounds } = receipt;
  const written = departures(receipt, BLANK);
  const place = placeOf(receipt);
  if (continued) written.continued = continued.map((part) => ({ ...part, cost: part.cost.toString() }));
  written.bill = billText(bill);
  written.usage = departures(usage, NO_USAGE);
  written.attempts = attempts.map((attempt) => departures(departures(attempt, BLANK_ATTEMPT), place));
  written.grounds = undefined;
  const text = JSON.stringify(written);
  // They are JSON already: as a text within a text they would have to be escaped.
  return grounds ? `${text.slice(0, -1)},"grounds":${grounds}}` : text;
}

/** Reads back what `receiptToText` wrote, now or in an earlier release, which wrote every member. */
export function receiptFromText(text: string): Receipt {
  const { continued, grounds, ...stored }: Stored = { ...BLANK, ...JSON.parse(text) };
  const { cost, inputCost, outputCost, upstreamCost, isByok } = stored.bill;
  const place = placeOf(stored);
  return {
    ...stored,
    ...(continued && { continued: continued.map((part) => ({ ...part, cost: nano(BigInt(part.cost)) })) }),
    ...(grounds !== undefined && { grounds: JSON.stringify(grounds) }),
    usage: { ...NO_USAGE, ...stored.usage },
    attempts: stored.attempts.map((attempt) => ({ ...BLANK_ATTEMPT, ...place, ...attempt })),
    bill: {
      cost: nano(BigInt(cost ?? 0)),
      inputCost: nano(BigInt(inputCost ?? 0)),
      outputCost: nano(BigInt(outputCost ?? 0)),
      upstreamCost: upstreamCost == null ? null : nano(BigInt(upstreamCost)),
      isByok: isByok === true,
    },
  };
}

const placeOf = ({ endpoint, provider, model }: Pick<Receipt, 'endpoint' | 'provider' | 'model'>) =>
  endpoint === null || provider === null || model === null ? {} : { endpoint, provider, model };

function billText({ cost, inputCost, outputCost, upstreamCost, isByok }: Bill): BillText {
  const written: { -readonly [member in keyof BillText]: BillText[member] } = {};
  if (cost !== 0n) written.cost = cost.toString();
  if (inputCost !== 0n) written.inputCost = inputCost.toString();
  if (outputCost !== 0n) written.outputCost = outputCost.toString();
  if (upstreamCost !== null) written.upstreamCost = upstreamCost.toString();
  if (isByok) written.isByok = true;
  return written;
}

/** The members in which a value is not as blank. */
function departures(value: object, blank: object): Record<string, unknown> {
  const from = value as Record<string, unknown>;
  const as = blank as Record<string, unknown>;
  const kept: Record<string, unknown> = {};
  for (const name in from) {
    const member = from[name];
    if (member === as[name] || (Array.isArray(member) && member.length === 0 && Array.isArray(as[name]))) continue;
    kept[name] = member;
  }
  return kept;
}
