import { Machine } from './machine.ts';
import { type Node, neededBy } from './pattern.ts';

export type Action = 'redact' | 'block' | 'flag';
/** Most severe first. */
export const ACTIONS: readonly Action[] = ['block', 'redact', 'flag'];

/** What is looked for in texts, and what becomes of it. */
export type ContentRule = {
  /** What stands in its place, and what it is called: `[EMAIL]`. */
  readonly label: string;
  readonly action: Action;
  readonly pattern: Node;
  /** What has the form may still be none: a number without the right check digit. Nothing longer than a hundred units is. */
  readonly isTrue?: (found: string) => boolean;
  /** Only a text that this is found in can hold a match; absent = follows from the pattern. It must take linear time. */
  readonly hint?: RegExp;
  /** What it looks for: the name of a kind that is kept here, or `custom`. */
  readonly kind: string;
  /** Which guardrail's it is, an index that its maker understands. */
  readonly owner: number;
  /** Of a prompt it reads what users say, and nothing else. */
  readonly userOnly?: true;
};

/** Rules that read a text together, and their machine. */
export type RuleSet = { readonly rules: readonly ContentRule[]; readonly machine: Machine };

export const ruleSetOf = (rules: readonly ContentRule[]): RuleSet => ({
  rules,
  machine: new Machine(rules.map(({ pattern }) => pattern)),
});

/** Machines for parts of a set, as texts need them. */
const PARTS_MAX = 64;

/** The same rules, and for a whole text those of them that could find something in it. */
export type Screen = RuleSet & { readonly within: (text: string) => RuleSet | null };

export function screenOf(rules: readonly ContentRule[]): Screen {
  const whole = ruleSetOf(rules);
  const needs = rules.map(({ pattern, hint }) => hint ?? neededBy(pattern));
  const parts = new Map<string, RuleSet>();
  return {
    ...whole,
    within: (text) => {
      let mask = '';
      let found = 0;
      for (const need of needs) {
        const may = typeof need === 'string' ? text.includes(need) : need.test(text);
        mask += may ? '1' : '0';
        if (may) found++;
      }
      if (found === 0) return null;
      if (found === rules.length) return whole;
      const known = parts.get(mask);
      if (known) return known;
      const part = ruleSetOf(rules.filter((_, at) => mask[at] === '1'));
      if (parts.size >= PARTS_MAX) parts.clear();
      parts.set(mask, part);
      return part;
    },
  };
}
