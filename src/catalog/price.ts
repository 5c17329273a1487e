import type { PicoUsd } from '../base/money.ts';
import type { DrawnKind } from '../call/image.ts';
import type { FilmedKind } from '../call/video.ts';
import type { UnitName } from './units.ts';

/** The prices of tokens, in pico-dollars each. Absent ones fall back as `METERED` says (metering/meters.ts). */
export type TokenRates = {
  readonly input: PicoUsd;
  readonly output: PicoUsd;
  readonly inputCacheRead?: PicoUsd;
  /** Written with the default lifetime of five minutes. */
  readonly inputCacheWrite?: PicoUsd;
  readonly inputCacheWrite1h?: PicoUsd;
  readonly inputAudio?: PicoUsd;
  readonly inputAudioCacheRead?: PicoUsd;
  readonly inputImage?: PicoUsd;
  readonly inputVideo?: PicoUsd;
  readonly outputReasoning?: PicoUsd;
  readonly outputAudio?: PicoUsd;
  readonly outputImage?: PicoUsd;
  readonly outputVideo?: PicoUsd;
};

/** The prices of what is counted in pieces, in pico-dollars each; absent = costs nothing beside the tokens. */
export type UnitRates = { readonly [name in UnitName]?: PicoUsd };
/** The price of one token or unit of each kind. */
export type Rates = TokenRates & UnitRates;

/** Minutes of the UTC day, from the first to before the last: from 23:00 to 02:00 where `start` is the later one. */
export type Hours = { readonly start: number; readonly end: number };

/**
 * Prices that hold for prompts strictly longer than `minPromptTokens`, at those hours and on those days of the week (0 =
 * Sunday) where it names any. All conditions must be met; the last match wins, member by member (spec §1.8).
 */
export type PriceOverride = {
  readonly minPromptTokens: number;
  readonly hours?: Hours;
  readonly days?: readonly number[];
  /** Only of pictures that are drawn so. */
  readonly drawn?: Partial<DrawnKind>;
  /** Only of videos that are filmed so. */
  readonly filmed?: Partial<FilmedKind>;
  readonly price: Partial<Rates>;
};

/** What an endpoint costs a caller: rates from which a discount has been taken already. */
export type Price = Rates & {
  readonly overrides: readonly PriceOverride[];
  /** What the vendor lists and how much less is paid (0.25 = a quarter); absent = it is sold at its list price. */
  readonly discounted?: { readonly by: number; readonly list: Price };
};

/** A price at one instant: no override depends on the clock any more. */
export type PriceNow = Omit<Price, 'overrides'> & {
  readonly overrides: readonly (PriceOverride & { readonly hours?: never; readonly days?: never })[];
};

/** The price at an instant, in milliseconds since 1970. Most have no hours, and are returned as they are. */
export function priceAtInstant(price: Price, instant: number): PriceNow {
  if (isTimeless(price)) return price;
  const overrides = price.overrides.flatMap(({ hours, days, ...override }) =>
    isWithin(hours, instant) && isOn(days, instant) ? [override] : [],
  );
  return { ...price, overrides };
}

const isTimeless = (price: Price): price is Price & PriceNow =>
  price.overrides.every(({ hours, days }) => hours === undefined && days === undefined);

const DAY_MINUTES = 1440;

function isWithin(hours: Hours | undefined, instant: number): boolean {
  if (!hours) return true;
  const minute = Math.floor(instant / 60_000) % DAY_MINUTES;
  const { start, end } = hours;
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

const isOn = (days: readonly number[] | undefined, instant: number): boolean =>
  days === undefined || days.includes(new Date(instant).getUTCDay());
