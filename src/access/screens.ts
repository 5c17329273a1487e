import { assert } from '../base/assert.ts';
import { type BuiltinSlug, detectorsOf } from '../content/builtins.ts';
import { keywordPattern, PATTERN_LENGTH_MAX, readPattern } from '../content/pattern.ts';
import { type ContentRule, type Screen, screenOf } from '../content/rule.ts';
import type { Screens } from '../facts/policy.ts';
import type { BuiltinFilter, ContentFilter, Guardrail, Scanned } from './guardrails.ts';
import type { Applied } from './guards.ts';

/** A rule, and which texts it reads. */
type Reading = ContentRule & { readonly scan: readonly Scanned[] };

export const readsTexts = ({ settings }: Guardrail): boolean =>
  (settings.content_filters?.length ?? 0) + (settings.content_filter_builtins?.length ?? 0) > 0;

/** What these guardrails read texts for, as machines. */
export function screensOf(applied: readonly Applied[]): Screens {
  const rules = applied.flatMap(({ guardrail: { settings } }, owner) => [
    ...(settings.content_filter_builtins ?? []).flatMap((builtin) => builtinRules(builtin, owner)),
    ...(settings.content_filters ?? []).map((filter) => customRule(filter, owner)),
  ]);
  const reading = (where: Scanned): readonly Reading[] => rules.filter(({ scan }) => scan.includes(where));
  const prompt = reading('prompt');
  return {
    user: screenFor(prompt),
    prompt: screenFor(prompt.filter(({ userOnly }) => !userOnly)),
    answer: screenFor(reading('answer')),
    owners: applied.map(({ guardrail: { id, name }, on }) => ({ id, name, on })),
  };
}

const screenFor = (rules: readonly ContentRule[]): Screen | null => (rules.length === 0 ? null : screenOf(rules));

const INJECTION: BuiltinSlug = 'regex-prompt-injection';
const BOTH: readonly Scanned[] = ['prompt', 'answer'];

/** Who wants to lead a model astray says it in a prompt. */
export const scanOf = ({ slug, scan }: BuiltinFilter): readonly Scanned[] =>
  scan ?? (slug === INJECTION ? ['prompt'] : BOTH);

const builtinRules = (builtin: BuiltinFilter, owner: number): readonly Reading[] =>
  detectorsOf(builtin.slug as BuiltinSlug).map(({ name: _, ...detector }) => ({
    ...detector,
    action: builtin.action,
    kind: builtin.slug,
    owner,
    scan: scanOf(builtin),
    ...(builtin.scan_scope === 'user_only' && { userOnly: true as const }),
  }));

function customRule({ action, label, pattern, keywords, scan }: ContentFilter, owner: number): Reading {
  const read = readPattern(keywords ? keywordPattern(keywords) : pattern, keywords ? null : PATTERN_LENGTH_MAX);
  assert(read.ok, 'a pattern was read when it was saved');
  return { label: label ?? '[REDACTED]', action, pattern: read.value, kind: 'custom', owner, scan: scan ?? BOTH };
}
