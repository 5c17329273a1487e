import { type Fault, fault } from '../../base/fault.ts';
import type { ContentRule, RuleSet } from '../../content/rule.ts';
import type { GuardEvent, Screens } from '../../facts/policy.ts';

/** One call as its guardrails watch it: what their rules found so far. */
export type Watch = {
  readonly screens: Screens;
  readonly events: () => readonly GuardEvent[];
  /** A rule found something. */
  readonly heard: (where: GuardEvent['where']) => (rule: ContentRule) => void;
};

export function openWatch(screens: Screens): Watch {
  const found = new Map<string, { readonly event: GuardEvent; count: number }>();
  return {
    screens,
    events: () => [...found.values()].map(({ event, count }) => ({ ...event, count })),
    heard: (where) => (rule) => {
      const { owner: at, label, kind, action } = rule;
      const key = `${at} ${where} ${action} ${label}`;
      const known = found.get(key);
      if (known) known.count++;
      else {
        const { id: guardrailId, name, on } = screens.owners[at] ?? NOBODY;
        found.set(key, { event: { guardrailId, name, on, label, kind, action, where, count: 1 }, count: 1 });
      }
    },
  };
}
const NOBODY = { id: '', name: '', on: 'key' } as const;

/** Does a rule change or end what it reads? */
export const changes = ({ rules }: RuleSet): boolean => rules.some(({ action }) => action !== 'flag');

const INJECTION = 'regex-prompt-injection';

/** The refusal of what a rule blocks, in the words of the contract (spec §6.1); of what was found nothing is repeated. */
export function blockedFault(
  { kind, label, owner }: ContentRule,
  { owners }: Screens,
  where: GuardEvent['where'],
): Fault {
  const guardrail = owners[owner] ?? NOBODY;
  const what = where === 'prompt' ? 'Request' : 'Response';
  const isInjection = kind === INJECTION;
  const words = isInjection
    ? `${what} blocked: prompt injection patterns detected`
    : `${what} blocked by content filter: ${label}`;
  const metadata = {
    ...(isInjection && { patterns: [label] }),
    guardrail_id: guardrail.id,
    guardrail_name: guardrail.name,
    guardrail_scope: guardrail.on,
    filter: label,
  };
  return fault('permission_denied', words, { metadata });
}
