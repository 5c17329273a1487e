import { type NanoUsd, NO_MONEY, nano, type PicoUsd, roundUp } from '../base/money.ts';
import type { Bill } from '../call/event.ts';
import type { DrawnKind } from '../call/image.ts';
import { promptTokens, type Usage } from '../call/usage.ts';
import type { FilmedKind } from '../call/video.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Endpoint } from '../catalog/model.ts';
import { type Price, type PriceNow, priceAtInstant, type Rates } from '../catalog/price.ts';
import type { Receipt } from '../facts/receipt.ts';
import {
  isOfOutput,
  TOKEN_METERS,
  TOKEN_PRICES,
  type TokenMeter,
  UNIT_METERS,
  UNIT_PRICES,
  type UnitMeter,
} from './meters.ts';

export const NO_BILL: Bill = {
  cost: NO_MONEY,
  inputCost: NO_MONEY,
  outputCost: NO_MONEY,
  upstreamCost: null,
  isByok: false,
};

/**
 * What is charged at: the price of the tier that served (spec §3.5), as a host may serve a lower one than was asked for,
 * or a higher one unasked; of the hour in which the call came in. `instant` in milliseconds since 1970.
 */
export const priceServed = ({ price, tierPrices }: Endpoint, tier: string | null, instant: number): PriceNow =>
  priceAtInstant((tier === null ? undefined : tierPrices.get(tier)) ?? price, instant);

/** What a call costs at an endpoint's prices: disjoint meters × prices (spec §5.2), summed in pico-dollars, rounded up once. */
export function billFor(usage: Usage, price: PriceNow): Bill {
  let { input, output } = costOf(usage, price);
  if (usage.compaction) {
    const summary = costOf(usage.compaction, price);
    input += summary.input;
    output += summary.output;
  }
  const at = priceAt(price, promptTokens(usage), usage);
  const other = (at.request ?? 0n) + times(usage.webSearches, at.webSearch ?? 0n);
  const cost = roundUp(input + output + other);
  const inputCost = roundUp(input);
  return {
    cost,
    inputCost: nano(inputCost > cost ? cost : inputCost),
    outputCost: roundUp(output),
    upstreamCost: null,
    isByok: false,
  };
}

/** The price of tokens and pieces, by the length of their own prompt. */
function costOf(usage: Usage, price: PriceNow): { readonly input: bigint; readonly output: bigint } {
  const at = priceAt(price, promptTokens(usage), usage);
  let input = 0n;
  let output = 0n;
  for (const meter of TOKEN_METERS) {
    if (usage[meter] === 0) continue;
    const cost = times(usage[meter], rateOf(at, meter));
    if (isOfOutput(meter)) output += cost;
    else input += cost;
  }
  for (const meter of UNIT_METERS) {
    if (usage[meter] === 0 || meter === 'webSearches') continue;
    const cost = times(usage[meter], at[UNIT_PRICES[meter]] ?? 0n);
    if (isOfOutput(meter)) output += cost;
    else input += cost;
  }
  return { input, output };
}

/** Most meters of most calls stand at zero: no integer is made for them. */
const times = (count: number, price: bigint): bigint => (count === 0 ? 0n : BigInt(count) * price);

/** What one token of a meter costs: its own price, or that of the next one that stands in. */
function rateOf(at: Rates, meter: TokenMeter): PicoUsd {
  for (const name of TOKEN_PRICES[meter]) {
    const rate = at[name];
    if (rate !== undefined) return rate;
  }
  return isOfOutput(meter) ? at.output : at.input;
}

/** What one of each meter costs in such a call, fallbacks and long-prompt prices resolved: a bill's explanation. */
export type CallRates = {
  readonly tokens: { readonly [M in TokenMeter]: PicoUsd };
  /** Pieces that the endpoint charges for, and `request`. */
  readonly units: { readonly [M in UnitMeter | 'request']?: PicoUsd };
};

export function ratesFor(usage: Usage, price: PriceNow): CallRates {
  const at = priceAt(price, promptTokens(usage), usage);
  const tokens = Object.fromEntries(TOKEN_METERS.map((meter) => [meter, rateOf(at, meter)]));
  const units: { [M in UnitMeter | 'request']?: PicoUsd } = {};
  for (const meter of UNIT_METERS) {
    const rate = at[UNIT_PRICES[meter]];
    if (rate !== undefined) units[meter] = rate;
  }
  if (at.request !== undefined) units.request = at.request;
  return { tokens: tokens as CallRates['tokens'], units };
}

/** The rates behind a receipt's bill, where the catalogue's prices still give that bill: they may have changed since. */
export function ratesOf(
  { usage, bill, endpoint, serviceTier, createdAt }: Receipt,
  catalog: Catalog,
): CallRates | null {
  const found = endpoint === null ? undefined : catalog.endpoints.get(endpoint);
  const prices = found && priceServed(found, serviceTier ?? null, createdAt);
  return prices && billFor(usage, prices).cost === (bill.upstreamCost ?? bill.cost) ? ratesFor(usage, prices) : null;
}

/** What the provider's prompt cache saved (reads), or cost on top (writes: negative). Null if it had no part, or rates are gone. */
export function cacheDiscount(receipt: Receipt, catalog: Catalog): NanoUsd | null {
  const { usage } = receipt;
  if (CACHE_METERS.every(([meter]) => usage[meter] === 0)) return null;
  const rates = ratesOf(receipt, catalog)?.tokens;
  if (!rates) return null;
  let discount = 0n;
  for (const [meter, fresh] of CACHE_METERS) discount += BigInt(usage[meter]) * (rates[fresh] - rates[meter]);
  return nano(discount / 1000n);
}

/** Meters of the cache, with what the same tokens are without it. */
const CACHE_METERS = [
  ['inputCacheRead', 'input'],
  ['inputAudioCacheRead', 'inputAudio'],
  ['inputCacheWrite', 'input'],
  ['inputCacheWrite1h', 'input'],
] as const satisfies readonly (readonly [TokenMeter, TokenMeter])[];

/** What a call is expected to hold beside tokens. */
export type ExpectedPieces = { readonly [M in UnitMeter]?: number };

/** The worst a call can cost: every prompt token at the dearest input price, the whole answer at the dearest output price. */
export function worstCase(
  price: Price,
  promptTokens: number,
  outputTokens: number,
  expected: ExpectedPieces = NO_EXPECTED_PIECES,
): NanoUsd {
  const at = priceAt(price, promptTokens);
  const input = dearest(at.input, at.inputCacheWrite, at.inputCacheWrite1h);
  const output = dearest(at.output, at.outputReasoning);
  let pieces = at.request ?? 0n;
  for (const meter in expected)
    pieces += times(expected[meter as UnitMeter] ?? 0, at[UNIT_PRICES[meter as UnitMeter]] ?? 0n);
  return roundUp(BigInt(promptTokens) * input + BigInt(outputTokens) * output + pieces);
}

const NO_EXPECTED_PIECES: ExpectedPieces = {};

function dearest(first: bigint, ...others: readonly (bigint | undefined)[]): bigint {
  let most = first;
  for (const other of others) if (other !== undefined && other > most) most = other;
  return most;
}

type Made = Pick<Usage, 'drawn' | 'filmed'>;

/** The rates for a prompt of that many tokens, and for pictures and videos of that kind. */
function priceAt(price: Omit<Price, 'discounted'>, prompt: number, made?: Made): Rates {
  let at: Rates = price;
  for (const override of price.overrides)
    if (prompt > override.minPromptTokens && isMadeSo(override, made)) at = { ...at, ...override.price };
  return at;
}

/** Most overrides ask for nothing of the kind. */
function isMadeSo({ drawn, filmed }: Price['overrides'][number], made: Made | undefined): boolean {
  if (drawn && !(made?.drawn && isOfKind(drawn, made.drawn))) return false;
  return !filmed || (made?.filmed !== undefined && isOfKind(filmed, made.filmed));
}

function isOfKind<K extends DrawnKind | FilmedKind>(wanted: Partial<K>, made: K): boolean {
  for (const name in wanted) if (wanted[name] !== undefined && wanted[name] !== made[name]) return false;
  return true;
}
