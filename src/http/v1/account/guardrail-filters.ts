import { z } from 'zod';
import { type BuiltinFilter, type ContentFilter, FILTER_ACTIONS, SCANNED } from '../../../access/guardrails.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import { BUILTINS, NO_PATTERNS } from '../../../content/builtins.ts';
import { keywordPattern, readPattern, stepsOf } from '../../../content/pattern.ts';

const FILTERS_MAX = 100;
const KEYWORDS_MAX = 500;
/** Of all keywords of a guardrail. */
const KEYWORD_CHARACTERS_MAX = 20_000;
/** Steps of machines that a guardrail's patterns take: one of them, and all together. */
const STEPS_MAX = { one: 500, all: 1_500 } as const;

const action = z.enum(FILTER_ACTIONS);
/** Beyond the contract, whose filters read prompts alone: which texts are read. */
const scan = z.array(z.enum(SCANNED)).min(1).max(SCANNED.length).optional();

/** `keywords`: words in the place of a pattern, beyond the contract. */
export const CONTENT_FILTERS = z
  .array(
    z.strictObject({
      action,
      label: z.string().trim().max(100).nullable().optional(),
      pattern: z.string().min(1).max(100_000).optional(),
      keywords: z.array(z.string().trim().min(1).max(100)).min(1).max(KEYWORDS_MAX).optional(),
      scan,
    }),
  )
  .max(FILTERS_MAX)
  .nullable()
  .optional();

/** The label is told and never taken: as in the contract it is passed over. */
export const CONTENT_FILTER_BUILTINS = z
  .array(
    z.strictObject({
      slug: z.string().max(100),
      action,
      label: z.string().max(200).optional(),
      scan_scope: z.enum(['all_messages', 'user_only']).optional(),
      scan,
    }),
  )
  .max(FILTERS_MAX)
  .nullable()
  .optional();

const wrong = (param: string, words: string): Result<never, Fault> =>
  failed(fault('invalid_request', `${param}: ${words}`, { param }));

type Read<T> = Result<readonly T[] | null | undefined, Fault>;

/** Rules that could not be matched in one pass, or would take too many steps, are refused where they stand. */
export function readFilters(said: z.infer<typeof CONTENT_FILTERS>): Read<ContentFilter> {
  if (!said || said.length === 0) return ok(said && null);
  const filters: ContentFilter[] = [];
  let steps = 0;
  let characters = 0;
  for (const [at, { action, label = null, pattern, keywords, scan }] of said.entries()) {
    const param = `content_filters.${at}.pattern`;
    const source = keywords ? keywordPattern(keywords) : pattern;
    if (source === undefined) return wrong(param, 'a pattern, or keywords, must be given');
    if (keywords && pattern !== undefined && pattern !== source)
      return wrong(param, 'a pattern cannot be given beside keywords, which make one');
    const read = keywords ? readPattern(source, null) : readPattern(source);
    if (!read.ok) return wrong(param, `invalid_regex_pattern: ${read.error}`);
    const size = stepsOf(read.value);
    if (!keywords && size > STEPS_MAX.one) return wrong(param, 'invalid_regex_pattern: it repeats too much');
    steps += keywords ? 0 : size;
    if (steps > STEPS_MAX.all) return wrong(param, 'the patterns of this guardrail are too large together');
    characters += keywords ? source.length : 0;
    if (characters > KEYWORD_CHARACTERS_MAX)
      return wrong(
        `content_filters.${at}.keywords`,
        `a guardrail has ${KEYWORD_CHARACTERS_MAX} characters of keywords at most`,
      );
    filters.push({
      action,
      label: labelled(label),
      pattern: source,
      ...(keywords && { keywords }),
      ...(scan && { scan }),
    });
  }
  return ok(filters);
}

/** It stands where something was: without quotes and backslashes it may stand in JSON, too. */
const labelled = (label: string | null): string | null =>
  label === null || label === '' ? null : label.replace(/["\\\p{Cc}]/gu, '');

export function readBuiltins(said: z.infer<typeof CONTENT_FILTER_BUILTINS>): Read<BuiltinFilter> {
  if (!said || said.length === 0) return ok(said && null);
  const seen = new Set<string>();
  for (const [at, { slug }] of said.entries()) {
    const param = `content_filter_builtins.${at}.slug`;
    if (NO_PATTERNS.includes(slug))
      return wrong(param, `${slug} cannot be found by patterns, so this gateway does not promise to find it`);
    if (!BUILTINS.some((known) => known === slug)) return wrong(param, `must be one of ${BUILTINS.join(', ')}`);
    if (seen.has(slug)) return wrong(param, 'stands there twice');
    seen.add(slug);
  }
  return ok(said.map(kept));
}

type SaidBuiltin = NonNullable<z.infer<typeof CONTENT_FILTER_BUILTINS>>[number];
const kept = ({ slug, action, scan_scope, scan }: SaidBuiltin): BuiltinFilter => ({
  slug,
  action,
  ...(scan_scope && { scan_scope }),
  ...(scan && { scan }),
});
