import { z } from 'zod';
import { OPERATION_IDS } from '../call/operation.ts';
import { SPLIT_BY } from './policy.ts';
import { WEEKDAYS } from './price-file.ts';

/** The shape of a file `policies/<name>.toml`. What `provider` tables say is read as a request's `provider` is. */

const text = z.string().min(1).max(200);
const texts = z.array(text).min(1).max(1_000);
const provider = z.record(z.string(), z.unknown());
const decimal = z.union([
  z.string().regex(/^\d{1,12}(\.\d{1,9})?$/, 'must be an amount in US dollars such as "2.50"'),
  z.number().nonnegative().max(1e9).transform(String),
]);

const when = z.strictObject({
  workspaces: texts.optional(),
  keys: z
    .array(z.string().regex(/^(?:[0-9a-f]{8,64}|console)$/, 'must be the first 8 or more characters of a key’s hash'))
    .min(1)
    .max(1_000)
    .optional(),
  models: texts.optional(),
  operations: z.array(z.enum(OPERATION_IDS)).min(1).optional(),
  hours: z
    .array(
      z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be hours such as "22:00-06:00"'),
    )
    .min(1)
    .max(24)
    .optional(),
  days: z.array(z.enum(WEEKDAYS)).min(1).optional(),
  timezone: z.string().refine(isTimezone, 'must be a time zone such as "Europe/Berlin"').optional(),
  budget_left_below_usd: decimal.optional(),
  budget_left_below_percent: z.number().positive().max(100).optional(),
});

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const rules = z.strictObject({
  only_models: texts.optional(),
  ignore_models: texts.optional(),
  only: texts.optional(),
  ignore: texts.optional(),
  quantizations: texts.optional(),
  max_price: provider.optional(),
  zdr: z.literal(true, 'must be true, or not there: a rule only forbids').optional(),
  data_collection: z.literal('deny', 'must be "deny", or not there: a rule only forbids').optional(),
});

const split = z.strictObject({
  by: z.enum(SPLIT_BY).optional(),
  arms: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[\w.-]{1,64}$/, 'must be letters, digits, dots and dashes'),
        weight: z.number().nonnegative().max(1e6),
        model: text.optional(),
        provider: provider.optional(),
      }),
    )
    .min(1)
    .max(32),
});

const shadow = z.strictObject({
  model: text.optional(),
  provider: provider.optional(),
  share: z.number().positive().max(1),
  max_usd_per_day: decimal,
});

export const POLICY_FILE = z.strictObject({
  description: z.string().max(20_000).optional(),
  enabled: z.boolean().optional(),
  priority: z.number().int().min(-1_000_000).max(1_000_000).optional(),
  when: when.optional(),
  defaults: z.strictObject({ models: texts.optional(), provider: provider.optional() }).optional(),
  rules: rules.optional(),
  split: split.optional(),
  shadow: shadow.optional(),
});

/** A file `policies/<name>.toml`, checked. */
export type PolicyFile = z.output<typeof POLICY_FILE>;
