import { formatPerMillion, formatUsd, type NanoUsd, nano, type PicoUsd, roundUp } from '../../base/money.ts';
import type { Rates } from '../../catalog/price.ts';
import { UNIT_NAMES, UNITS } from '../../catalog/units.ts';
import { type Html, html } from './html.ts';

const whole = new Intl.NumberFormat('en-US');
const day = new Intl.DateTimeFormat('en-US', { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' });

/** `1047576` → `1,047,576`. */
export const exactCount = (count: number): string => whole.format(count);

/** `1047576` → `1.05M`, `32768` → `32.8K`: three digits. */
export function shortCount(count: number): string {
  for (const [size, letter] of [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ] as const) {
    if (count >= size * 0.9995) return `${Number((count / size).toPrecision(3))}${letter}`;
  }
  return String(Math.round(count * 100) / 100);
}

/** `0.4` → `0.40`: at least two decimals, never fewer than the value has. */
function decimals(text: string): string {
  const [before = '0', after = ''] = text.split('.');
  return `${whole.format(BigInt(before))}.${after.padEnd(2, '0')}`;
}

/** The price of a million units: `$0.40`. */
export const perMillion = (price: PicoUsd): string => `$${decimals(formatPerMillion(price))}`;
/**
 * What stands for a price by token where there is none: `$0.0025 per search unit`. Undefined where tokens have a price, or
 * nothing has.
 */
export function perUnit(rates: Rates): string | undefined {
  if (rates.input > 0n || rates.output > 0n) return undefined;
  const name = UNIT_NAMES.find((unit) => UNITS[unit].alone && (rates[unit] ?? 0n) > 0n);
  const rate = name && rates[name];
  return name && rate && `${dollars(nano(roundUp(rate)))} per ${UNITS[name].label.toLowerCase()}`;
}

export const dollars = (amount: NanoUsd): string => `$${decimals(formatUsd(amount))}`;

/** Amounts that stand below each other, with as many decimals as the finest of them has. */
export function dollarsInLine(amounts: readonly NanoUsd[]): (amount: NanoUsd) => string {
  const texts = amounts.map(dollars);
  const decimals = Math.max(...texts.map((text) => text.length - text.indexOf('.')));
  return (amount) => {
    const text = dollars(amount);
    return text.padEnd(text.indexOf('.') + decimals, '0');
  };
}

/** Seconds since 1970 → `Apr 14, 2025`, in UTC. 0 = the catalogue does not know. */
export const dayOf = (seconds: number): string => (seconds === 0 ? '–' : day.format(new Date(seconds * 1000)));
export const isoDay = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
/** Milliseconds since 1970 → `2026-11-22 21:52:10 UTC`. */
export const momentOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export const milliseconds = (ms: number): string =>
  ms < 10_000 ? `${whole.format(Math.round(ms))} ms` : `${Math.round(ms / 100) / 10} s`;

/** 0.9987 → `99.87%`. Never rounded up to 100. */
export const percent = (share: number): string =>
  share >= 1 ? '100%' : `${(Math.floor(share * 10_000) / 100).toFixed(share < 0.1 ? 1 : 2)}%`;

/** A number in short, with the exact value on hover, for sorting and for CSV. */
export const count = (value: number): Html =>
  html`<data value="${value}" title="${exactCount(value)}">${shortCount(value)}</data>`;

/** Prices stand with their decimal points in line: digits beyond the cent hang to the right. */
export function price(value: PicoUsd | undefined): Html {
  if (value === undefined) return html`<span class="none">–</span>`;
  const whole = perMillion(value);
  const cents = whole.indexOf('.') + 3;
  const rest = whole.slice(cents);
  return html`<data value="${formatPerMillion(value)}" title="${whole} per million tokens">${whole.slice(0, cents)}${rest && html`<span class="rest">${rest}</span>`}</data>`;
}

const MICROS = 6;
/** A cost in a list: to the millionth of a dollar, so that costs line up; the exact amount on hover. */
export function cost(amount: NanoUsd): Html {
  const exact = formatUsd(amount);
  const rounded = (Number(amount) / 1e9).toFixed(MICROS);
  const shown = amount === 0n ? '$0' : Number(rounded) === 0 ? `<$${10 ** -MICROS}` : `$${rounded}`;
  return html`<data value="${exact}" title="${dollars(amount)}">${shown}</data>`;
}

/** A moment in a list: `Nov 22, 21:52:10`, in UTC, with the whole date on hover. */
export const moment = (ms: number): Html =>
  html`<time datetime="${new Date(ms).toISOString()}" title="${momentOf(ms)}">${clock.format(new Date(ms))}</time>`;
const clock = new Intl.DateTimeFormat('en-US', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/** Dollars that were summed up or divided, to the cent, or two digits of less than that. */
export const about = (value: number): string =>
  value === 0
    ? '$0'
    : value < 0.01
      ? `$${value.toPrecision(2)}`
      : `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
export const perSecond = (value: number): string => `${Math.round(value)} tok/s`;
