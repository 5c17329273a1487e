import { z } from 'zod';
import { RESOLUTIONS } from '../call/image.ts';
import { VIDEO_RESOLUTIONS } from '../call/video.ts';
import { UNITS, type UnitKey } from './units.ts';

/** The members of a price table, each with its unit: what `[….price]` may say, and `[[….price.overrides]]` beside its conditions. */

const decimal = z
  .string('must be a decimal string such as "0.40", never a number')
  .regex(/^\d{1,12}(\.\d{1,18})?$/, 'must be a decimal string such as "0.40"')
  .optional();

/** US dollars per million tokens. */
const PER_MILLION = {
  input: decimal,
  output: decimal,
  input_cache_read: decimal,
  input_cache_write: decimal,
  input_cache_write_1h: decimal,
  input_audio: decimal,
  input_audio_cache_read: decimal,
  input_image: decimal,
  input_video: decimal,
  output_reasoning: decimal,
  output_audio: decimal,
  output_image: decimal,
  output_video: decimal,
};

/** US dollars apiece. */
const PER_UNIT = Object.fromEntries(Object.values(UNITS).map(({ key }) => [key, decimal])) as {
  readonly [key in UnitKey]: typeof decimal;
};

/** By their names in the contract (`utc_days`), in the order of `Date.getUTCDay`. */
export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** `1030` = 10:30 UTC. */
const clock = z
  .number()
  .int()
  .min(0)
  .max(2400)
  .refine((value) => value % 100 < 60, 'must be a time of day such as 1030 for 10:30');

/** What an override may depend on; `utc_end` goes with its beginning. */
const CONDITIONS = [
  ...(['min_prompt_tokens', 'utc_start', 'utc_days'] as const),
  ...(['image_quality', 'image_resolution', 'image_size'] as const),
  ...(['video_resolution', 'video_audio'] as const),
] as const;

const override = z
  .strictObject({
    ...PER_MILLION,
    ...PER_UNIT,
    min_prompt_tokens: z.number().int().nonnegative().optional(),
    utc_start: clock.optional(),
    utc_end: clock.optional(),
    utc_days: z.array(z.enum(WEEKDAYS)).min(1).optional(),
    image_quality: z.enum(['low', 'medium', 'high', 'xhigh', 'max', 'standard', 'hd']).optional(),
    image_resolution: z.enum(RESOLUTIONS).optional(),
    video_resolution: z.enum(VIDEO_RESOLUTIONS).optional(),
    video_audio: z.enum(['with', 'without']).optional(),
    image_size: z
      .string()
      .regex(/^[1-9]\d{1,4}x[1-9]\d{1,4}$/, 'must be pixels such as "1536x1024"')
      .optional(),
  })
  .refine((given) => CONDITIONS.some((name) => isGiven(given[name])), {
    error: `needs a condition: ${CONDITIONS.join(', ')} (and utc_end)`,
  })
  .refine(
    ({ utc_start, utc_end }) => isGiven(utc_start) === isGiven(utc_end) && (utc_start !== utc_end || !isGiven(utc_end)),
    {
      error: 'utc_start and utc_end stand together and differ',
    },
  );

function isGiven(value: unknown): boolean {
  return value !== undefined;
}

/** A part of the price that is taken off: `"0.25"` = a quarter. */
const discount = z.string().regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'must be a part of one such as "0.25"');

/** What a provider's file may say for all its models. */
export const PROVIDER_PRICE_FILE = z.strictObject({ web_search: decimal });

export const PRICE_FILE = z.strictObject({
  ...PER_MILLION,
  ...PER_UNIT,
  discount: discount.optional(),
  overrides: z.array(override).optional(),
});

/** A `price` table as a file has it. */
export type PriceFile = z.output<typeof PRICE_FILE>;
/** A condition under which other prices hold, as a file has it. */
export type OverrideFile = NonNullable<PriceFile['overrides']>[number];
