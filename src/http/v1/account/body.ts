import { z } from 'zod';
import { type Fault, fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { type NanoUsd, usdToNano } from '../../../base/money.ts';
import { failed, ok, type Result } from '../../../base/result.ts';

const LIMIT_USD_MAX = 1_000_000_000;
export const usd = z.number().nonnegative().max(LIMIT_USD_MAX);
/** Times carry seconds and end in `Z` (spec §1.0). */
export const instant = z.iso.datetime().nullable();

/** A JSON number of dollars → nano-dollars, by way of its decimal digits; finer than a nano-dollar rounds up. */
export const nanoOf = (value: number | null): NanoUsd | null =>
  value === null ? null : (usdToNano(value.toFixed(12)) ?? null);
export const timeOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));

/** A body as its schema reads it, or the first complaint in the contract's words. */
export function readBody<T>(schema: z.ZodType<T>, body: JsonObject): Result<T, Fault> {
  const read = schema.safeParse(body);
  if (read.success) return ok(read.data);
  const issue = read.error.issues[0];
  const param = issue?.path.join('.') ?? '';
  const words = `${param || 'body'}: ${issue?.message ?? 'not valid'}`;
  return failed(fault('invalid_request', words, param ? { param } : {}));
}

export type PageRange = { readonly offset: number; readonly limit: number };
const PAGE_MAX = 100;

/** What `readPage` reads, for the API's description. */
export const PAGE_QUERY = z.object({
  offset: z.int().min(0).optional(),
  limit: z.int().min(1).max(PAGE_MAX).optional(),
});

/** `offset` and `limit` of a list (spec §1.0): from 0 on, 50 of at most 100. */
export function readPage(query: { readonly [name: string]: string | undefined }, most = 50): Result<PageRange, Fault> {
  const whole = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : Number(text);
  const offset = whole(query.offset, 0);
  const limit = whole(query.limit, most);
  if (!Number.isSafeInteger(offset) || offset < 0)
    return failed(fault('invalid_request', 'offset must be a whole number from 0', { param: 'offset' }));
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_MAX)
    return failed(fault('invalid_request', `limit must be a whole number from 1 to ${PAGE_MAX}`, { param: 'limit' }));
  return ok({ offset, limit });
}
