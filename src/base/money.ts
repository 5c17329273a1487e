import { assert } from './assert.ts';

/** A price per single unit, in 1e-12 US dollars. `$0.40` per million tokens is 400 000n. */
export type PicoUsd = bigint & { readonly unit: 'pico-usd' };
/** A balance or a cost, in 1e-9 US dollars. */
export type NanoUsd = bigint & { readonly unit: 'nano-usd' };

export const pico = (value: bigint): PicoUsd => value as PicoUsd;
export const nano = (value: bigint): NanoUsd => value as NanoUsd;
export const NO_MONEY: NanoUsd = nano(0n);

const DECIMAL = /^(\d{1,12})(?:\.(\d{1,18}))?$/;

/** Reads a decimal string in units of 10^-`digits`, rounding what is finer upwards. Undefined if it is no plain decimal. */
function parseDecimal(text: string, digits: number): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const fraction = match[2] ?? '';
  const kept = fraction.slice(0, digits).padEnd(digits, '0');
  const finer = /[1-9]/.test(fraction.slice(digits));
  return BigInt(match[1] + kept) + (finer ? 1n : 0n);
}

/** `"0.40"` US dollars per million units → the price of one unit. Finer than a pico-dollar rounds up. */
export function priceFromPerMillion(text: string): PicoUsd | undefined {
  const value = parseDecimal(text, 6);
  return value === undefined ? undefined : pico(value);
}

/** `"0.01"` US dollars per single unit (a request, an image) → its price. */
export function priceFromPerUnit(text: string): PicoUsd | undefined {
  const value = parseDecimal(text, 12);
  return value === undefined ? undefined : pico(value);
}

export function usdToNano(text: string): NanoUsd | undefined {
  const value = parseDecimal(text, 9);
  return value === undefined ? undefined : nano(value);
}

/** Pico-dollars → nano-dollars, rounded once, upwards. */
export function roundUp(value: bigint): NanoUsd {
  assert(value >= 0n, 'a cost is never negative');
  return nano((value + 999n) / 1000n);
}

function formatDecimal(value: bigint, digits: number): string {
  const negative = value < 0n;
  const text = (negative ? -value : value).toString().padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  const whole = text.slice(0, -digits);
  return `${negative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

/** The price of one unit as a decimal string in US dollars: `"0.0000004"`. */
export const formatPrice = (value: PicoUsd): string => formatDecimal(value, 12);
/** A price per million units as a decimal string in US dollars: `"0.4"`. */
export const formatPerMillion = (value: PicoUsd): string => formatDecimal(value, 6);
/** A balance as a decimal string in US dollars. */
export const formatUsd = (value: NanoUsd): string => formatDecimal(value, 9);
/** Only for the rim, where a compatible API demands a JSON number. */
export const usdNumber = (value: NanoUsd): number => Number(value) / 1e9;
