import { z } from 'zod';
import { type Fault, fault } from '../../../base/fault.ts';
import { failed, ok, type Result } from '../../../base/result.ts';

type Query = { readonly [name: string]: string | undefined };

/** A query as its schema reads it, or the first complaint in the contract's words. What the schema does not name is ignored. */
export function readQuery<T>(schema: z.ZodType<T>, query: Query): Result<T, Fault> {
  const read = schema.safeParse(query);
  if (read.success) return ok(read.data);
  const issue = read.error.issues[0];
  const param = issue?.path.join('.') ?? '';
  const words = `${param || 'query'}: ${issue?.message ?? 'not valid'}`;
  return failed(fault('invalid_request', words, param ? { param } : {}));
}

/** A whole number of a query, within its bounds; a client that sends an empty value means the default. */
export const whole = (least: number, most: number, otherwise: number) =>
  z
    .string()
    .optional()
    .transform((text) => (text === undefined || text === '' ? otherwise : Number(text)))
    .refine((value) => Number.isSafeInteger(value) && value >= least && value <= most, {
      message: `must be a whole number from ${least} to ${most}`,
    });

/** A UTC day that there is: `2026-11-29`. */
export const day = z.string().refine(isDay, { message: 'must be a day, YYYY-MM-DD' });

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
