import { type NanoUsd, NO_MONEY, nano, type PicoUsd, roundUp } from '../base/money.ts';
import type { Bill } from '../call/event.ts';
import { promptTokens, type Usage } from '../call/usage.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Price } from '../catalog/price.ts';
import type { Receipt } from '../facts/receipt.ts';

export const NO_BILL: Bill = {
  cost: NO_MONEY,
  inputCost: NO_MONEY,
  outputCost: NO_MONEY,
  upstreamCost: null,
  isByok: false,
};

/** Billed is the tier that served (spec §3.5): a host may serve a lower one than was asked for, or a higher one unasked. */
export const priceServed = ({ price, tierPrices }: Endpoint, tier: string | null): Price =>
  (tier === null ? undefined : tierPrices.get(tier)) ?? price;

/** What a call costs at an endpoint's prices: disjoint meters × prices (spec §5.2), summed in pico-dollars, rounded up once. */
export function billFor(usage: Usage, price: Price): Bill {
  let { input, output } = costOf(usage, price);
  if (usage.compaction) {
    const summary = costOf(usage.compaction, price);
    input += summary.input;
    output += summary.output;
  }
  const at = priceAt(price, promptTokens(usage));
  const other = (at.request ?? 0n) + BigInt(usage.webSearches) * (at.webSearch ?? 0n);
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

/** The tokens' price, by the length of their own prompt. */
function costOf(usage: Usage, price: Price): { readonly input: bigint; readonly output: bigint } {
  const at = priceAt(price, promptTokens(usage));
  const input =
    times(usage.input, at.input) +
    times(usage.inputCacheRead, at.inputCacheRead ?? at.input) +
    times(usage.inputCacheWrite, at.inputCacheWrite ?? at.input) +
    times(usage.inputCacheWrite1h, at.inputCacheWrite1h ?? at.inputCacheWrite ?? at.input) +
    times(usage.inputAudio, at.inputAudio ?? at.input);
  const output =
    times(usage.output, at.output) +
    times(usage.outputReasoning, at.outputReasoning ?? at.output) +
    times(usage.outputAudio, at.outputAudio ?? at.output) +
    times(usage.outputImage, at.outputImage ?? at.output);
  return { input, output };
}

/** Most meters of most calls stand at zero: no integer is made for them. */
const times = (tokens: number, price: bigint): bigint => (tokens === 0 ? 0n : BigInt(tokens) * price);

export const TOKEN_METERS = [
  'input',
  'inputCacheRead',
  'inputCacheWrite',
  'inputCacheWrite1h',
  'inputAudio',
  'output',
  'outputReasoning',
  'outputAudio',
  'outputImage',
] as const satisfies readonly (keyof Usage)[];
export type TokenMeter = (typeof TOKEN_METERS)[number];

/** What one token of each meter costs in such a call, fallbacks and long-prompt prices resolved: a bill's explanation. */
export function ratesFor(usage: Usage, price: Price): { readonly [M in TokenMeter]: PicoUsd } {
  const at = priceAt(price, promptTokens(usage));
  const inputCacheWrite = at.inputCacheWrite ?? at.input;
  return {
    input: at.input,
    inputCacheRead: at.inputCacheRead ?? at.input,
    inputCacheWrite,
    inputCacheWrite1h: at.inputCacheWrite1h ?? inputCacheWrite,
    inputAudio: at.inputAudio ?? at.input,
    output: at.output,
    outputReasoning: at.outputReasoning ?? at.output,
    outputAudio: at.outputAudio ?? at.output,
    outputImage: at.outputImage ?? at.output,
  };
}

/** The rates behind a receipt's bill, where the catalogue's prices still give that bill: they may have changed since. */
export function ratesOf(
  { usage, bill, endpoint, serviceTier }: Receipt,
  catalog: Catalog,
): ReturnType<typeof ratesFor> | null {
  const found = endpoint === null ? undefined : catalog.endpoints.get(endpoint);
  const prices = found && priceServed(found, serviceTier ?? null);
  return prices && billFor(usage, prices).cost === bill.cost ? ratesFor(usage, prices) : null;
}

/** What the provider's prompt cache saved (reads), or cost on top (writes: negative). Null if it had no part, or rates are gone. */
export function cacheDiscount(receipt: Receipt, catalog: Catalog): NanoUsd | null {
  const { inputCacheRead, inputCacheWrite, inputCacheWrite1h } = receipt.usage;
  if (inputCacheRead + inputCacheWrite + inputCacheWrite1h === 0) return null;
  const rates = ratesOf(receipt, catalog);
  if (!rates) return null;
  const saved = (tokens: number, rate: bigint): bigint => BigInt(tokens) * (rates.input - rate);
  const discount =
    saved(inputCacheRead, rates.inputCacheRead) +
    saved(inputCacheWrite, rates.inputCacheWrite) +
    saved(inputCacheWrite1h, rates.inputCacheWrite1h);
  return nano(discount / 1000n);
}

/** The worst a call can cost: every prompt token at the dearest input price, the whole answer at the dearest output price. */
export function worstCase(price: Price, promptTokens: number, outputTokens: number): NanoUsd {
  const at = priceAt(price, promptTokens);
  const input = dearest(at.input, at.inputCacheWrite, at.inputCacheWrite1h);
  const output = dearest(at.output, at.outputReasoning);
  return roundUp(BigInt(promptTokens) * input + BigInt(outputTokens) * output + (at.request ?? 0n));
}

function dearest(first: bigint, ...others: readonly (bigint | undefined)[]): bigint {
  let most = first;
  for (const other of others) if (other !== undefined && other > most) most = other;
  return most;
}

function priceAt(price: Price, prompt: number): Price {
  let at = price;
  for (const override of price.overrides) if (prompt > override.minPromptTokens) at = { ...at, ...override.price };
  return at;
}
