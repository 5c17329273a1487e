import { z } from 'zod';
import { type Fault, fault } from '../../../base/fault.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import { CATEGORIES } from '../../../catalog/model.ts';

export const SORTS = [
  'most-popular',
  'top-weekly',
  'newest',
  'pricing-low-to-high',
  'pricing-high-to-low',
  'context-high-to-low',
  'throughput-high-to-low',
  'latency-low-to-high',
  'intelligence-high-to-low',
  'coding-high-to-low',
  'agentic-high-to-low',
  'design-arena-elo-high-to-low',
] as const;
export type Sort = (typeof SORTS)[number];

const number = z.coerce.number({ error: ({ code }) => (code === 'invalid_type' ? 'must be a number' : undefined) });
const whole = number.int('must be a whole number').nonnegative();
const amount = number.nonnegative();
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter(Boolean),
);

/** The query of `GET /models`. What is not listed here is ignored, as new clients may send new filters. */
export const MODELS_QUERY = z.object({
  offset: whole.optional(),
  limit: whole.min(1).max(1000).optional(),
  /** Anthropic's way of asking for the next page. */
  after_id: z.string().optional(),
  q: z.string().max(200).optional(),
  sort: z.enum(SORTS).optional(),
  category: z.enum(CATEGORIES).optional(),
  supported_parameters: list.optional(),
  input_modalities: list.optional(),
  output_modalities: list.optional(),
  context: whole.optional(),
  min_price: amount.optional(),
  max_price: amount.optional(),
  min_output_price: amount.optional(),
  max_output_price: amount.optional(),
  arch: z.string().optional(),
  model_authors: list.optional(),
  providers: list.optional(),
  distillable: z.enum(['true', 'false']).optional(),
  zdr: z.enum(['true', 'false']).optional(),
  region: z.enum(['eu', 'us']).optional(),
  min_age_days: whole.optional(),
  max_age_days: whole.optional(),
  min_intelligence_index: number.optional(),
  max_intelligence_index: number.optional(),
  min_coding_index: number.optional(),
  max_coding_index: number.optional(),
  min_agentic_index: number.optional(),
  max_agentic_index: number.optional(),
  /** Nothing measures it yet, so that no model passes a bound. */
  min_tool_success_rate: amount.optional(),
  max_tool_success_rate: amount.optional(),
  /** Ours: only what a provider that is on here serves, or only what none does. */
  callable: z.enum(['true', 'false']).optional(),
  /** Ours: the test provider's models, which no list shows otherwise. */
  sandbox: z.enum(['true', 'false']).optional(),
});
export type ModelsQuery = z.output<typeof MODELS_QUERY>;

/** Reads and checks the query; an empty value counts as absent. */
export function readQuery(query: { readonly [name: string]: string | undefined }): Result<ModelsQuery, Fault> {
  const written = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== ''));
  const read = MODELS_QUERY.safeParse(written);
  if (read.success) return ok(read.data);
  const issue = read.error.issues[0];
  const param = issue?.path.join('.') ?? '';
  return failed(fault('invalid_request', `${param}: ${issue?.message ?? 'is not valid'}`, { param }));
}
