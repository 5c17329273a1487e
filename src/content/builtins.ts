import { assert } from '../base/assert.ts';
import * as checks from './checks.ts';
import { INJECTIONS } from './injections.ts';
import { type Node, readPattern } from './pattern.ts';
import type { ContentRule } from './rule.ts';
import { OTHER_SECRETS, SECRETS } from './secrets.ts';

/** A rule of ours, without what becomes of a match. */
export type Detector = Pick<ContentRule, 'label' | 'pattern' | 'isTrue' | 'hint'> & { readonly name: string };

export const BUILTINS = [
  'email',
  'phone',
  'ssn',
  'credit-card',
  'iban',
  'ip-address',
  'secrets',
  'regex-prompt-injection',
] as const;
export type BuiltinSlug = (typeof BUILTINS)[number];
/** Of the contract's, but no pattern finds them: they would have to be understood. */
export const NO_PATTERNS: readonly string[] = ['person-name', 'address'];

export const labelOf = (slug: string): string =>
  slug === 'regex-prompt-injection'
    ? '[PROMPT_INJECTION]'
    : slug === 'secrets'
      ? '[SECRET]'
      : `[${slug.toUpperCase().replaceAll('-', '_')}]`;

/** The rules behind a name; they are made when the first guardrail has it. */
export function detectorsOf(slug: BuiltinSlug): readonly Detector[] {
  const known = made.get(slug);
  if (known) return known;
  const detectors = MAKERS[slug]();
  made.set(slug, detectors);
  return detectors;
}
const made = new Map<BuiltinSlug, readonly Detector[]>();

function patternOf(source: string): Node {
  const read = readPattern(source);
  assert(read.ok, `a pattern of ours cannot be read: ${source}`);
  return read.value;
}

type Parts = { readonly source: string; readonly hint: RegExp; readonly isTrue?: Detector['isTrue'] };
const one = (slug: BuiltinSlug, { source, hint, isTrue }: Parts): readonly Detector[] => [
  { name: slug, label: labelOf(slug), pattern: patternOf(source), hint, ...(isTrue && { isTrue }) },
];

const MAKERS: { readonly [slug in BuiltinSlug]: () => readonly Detector[] } = {
  email: () => one('email', { source: '[\\p{L}\\p{N}._%+-]+@(?:[\\p{L}\\p{N}-]+\\.)+\\p{L}{2,}', hint: /@/ }),
  phone: () =>
    one('phone', {
      source: '\\+\\d(?:[ .()-]{0,2}\\d){7,14}\\b|(?:\\(\\d{3}\\) ?|\\b\\d{3}[ .-])\\d{3}[ .-]\\d{4}\\b',
      hint: /\d(?:[ .()-]{0,2}\d){6}/,
      isTrue: checks.isPhoneNumber,
    }),
  ssn: () =>
    one('ssn', {
      source: '\\b\\d{3}([- ])\\d{2}[- ]\\d{4}\\b',
      hint: /\d{3}[- ]\d{2}[- ]\d{4}/,
      isTrue: checks.isSocialSecurityNumber,
    }),
  'credit-card': () =>
    one('credit-card', {
      source: '\\b\\d(?:[ -]?\\d){12,18}\\b',
      hint: /\d(?:[ -]?\d){12}/,
      isTrue: checks.isCardNumber,
    }),
  iban: () =>
    one('iban', {
      source: '(?i)\\b[a-z]{2}\\d{2}(?:[ -]?[a-z0-9]){11,30}\\b',
      hint: /[A-Za-z]{2}\d{2}/,
      isTrue: checks.isIban,
    }),
  'ip-address': () =>
    one('ip-address', {
      source:
        '\\b\\d{1,3}(?:\\.\\d{1,3}){3}\\b|\\b(?:[0-9A-Fa-f]{1,4}:){1,7}(?::?[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,7}|:)|::1\\b',
      hint: /\d\.\d{1,3}\.\d|::|[0-9A-Fa-f]:[0-9A-Fa-f]/,
      isTrue: checks.isAddress,
    }),
  secrets: () => [
    ...SECRETS.map(([name, beginning, rest]) => secretOf(name, `\\b${beginning}${rest}`, new RegExp(beginning))),
    ...OTHER_SECRETS.map(([name, source, hint]) => secretOf(name, source, hint)),
  ],
  'regex-prompt-injection': () =>
    INJECTIONS.map(([name, source, hint]) => ({
      name,
      label: labelOf('regex-prompt-injection'),
      pattern: patternOf(source),
      hint,
    })),
};

const secretOf = (name: string, source: string, hint: RegExp): Detector => ({
  name,
  label: `[SECRET:${name}]`,
  pattern: patternOf(source),
  hint,
});
