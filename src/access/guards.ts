import { Recent } from '../base/recent.ts';
import type { Guard, Guarded, Rule, Screens } from '../facts/policy.ts';
import type { Owner } from '../facts/scope.ts';
import { addressRule } from './address-rule.ts';
import type { Guardrail, GuardrailSettings } from './guardrails.ts';
import { readsTexts, screensOf } from './screens.ts';

/** A guardrail, and what it is on. */
export type Applied = { readonly guardrail: Guardrail; readonly on: Guarded };

/** What guardrails say of calls, made once for each state of each set of them. */
export type Guards = {
  /** What is on the owners of a call's money, which are given narrowest first; undefined = nothing is. */
  readonly of: (owners: readonly Owner[], applying: ReadonlyMap<Owner, Guardrail>) => Guard | undefined;
};

/** Sets of guardrails of which what they say is kept: those of callers in use, at most twice as many. */
const GUARDS_MAX = 1_000;
/** Machines are larger by far: they are made when a call needs them, and kept for so many sets that calls used lately. */
const SCREENS_MAX = 100;

export function openGuards(): Guards {
  const known = new Recent<Guard>(GUARDS_MAX);
  const screens = new Recent<Screens>(SCREENS_MAX);
  const screened = (applied: readonly Applied[], print: string): Screens => {
    const made = screens.get(print) ?? screensOf(applied);
    screens.set(print, made);
    return made;
  };
  return {
    of: (owners, applying) => {
      const applied: Applied[] = [];
      // The widest first, as they are told (openrouter.ai/docs/features/guardrails, read 2026-11-29).
      for (const owner of owners.toReversed()) {
        const guardrail = applying.get(owner);
        if (guardrail) applied.push({ guardrail, on: onOf(owner) });
      }
      if (applied.length === 0) return undefined;
      const print = applied.map(printOf).join(' ');
      const before = known.get(print);
      if (before) return before;
      const reads = applied.some(({ guardrail }) => readsTexts(guardrail));
      const guard = guardOf(applied, print, reads ? () => screened(applied, print) : undefined);
      known.set(print, guard);
      return guard;
    },
  };
}

const printOf = ({ guardrail: { id, updatedAt }, on }: Applied): string => `${id}/${updatedAt ?? 0}/${on}`;

function onOf(owner: Owner): Guarded {
  const kind = owner.slice(0, owner.indexOf(':'));
  return kind === 'account' ? 'organization' : (kind as Exclude<Guarded, 'organization'>);
}

function guardOf(applied: readonly Applied[], print: string, screens: Guard['screens']): Guard {
  const objectionTo = addressRule(applied.map(({ guardrail }) => guardrail));
  const closed = applied.find(({ guardrail: { settings } }) => isElsewhere(settings));
  return Object.freeze({
    print,
    rules: applied.flatMap(rulesOf),
    ...(screens && { screens }),
    ...(objectionTo && { objectionTo }),
    ...(closed && {
      closed: `The guardrail "${closed.guardrail.name}" allows other data regions than this instance's, which is global.`,
    }),
  });
}

/** An instance is in no region but its own. */
const isElsewhere = ({ allowed_data_regions: regions }: GuardrailSettings): boolean =>
  regions !== null && !regions.includes('global');

/** Vendors whose models a demand for zero retention tells apart (openrouter.ai, API of guardrails, read 2026-11-29). */
const VENDORS = {
  anthropic: ['anthropic/*'],
  openai: ['openai/*'],
  google: ['google/*'],
  xai: ['x-ai/*'],
} as const;

/** What a guardrail says of where calls go, in the router's words. */
function rulesOf({ guardrail: { name, settings }, on }: Applied): readonly Rule[] {
  const source = `guardrail "${name}" of the ${on}`;
  const rules: Omit<Rule, 'source'>[] = [];
  const { allowed_models, ignored_models, allowed_providers, ignored_providers } = settings;
  if (allowed_models || ignored_models || allowed_providers || ignored_providers)
    rules.push({
      ...(allowed_models && { only_models: allowed_models }),
      ...(ignored_models && { ignore_models: ignored_models }),
      ...(allowed_providers && { only: allowed_providers }),
      ...(ignored_providers && { ignore: ignored_providers }),
    });
  const demanded = (Object.keys(VENDORS) as (keyof typeof VENDORS)[]).filter(
    (vendor) => settings[`enforce_zdr_${vendor}`] === true,
  );
  if (demanded.length > 0) rules.push({ about: demanded.flatMap((vendor) => VENDORS[vendor]), zdr: true });
  if (settings.enforce_zdr_other === true) rules.push({ except: Object.values(VENDORS).flat(), zdr: true });
  const isFreeBound = settings.enable_free_model_training === false || settings.enable_free_model_publication === false;
  // Whoever learns from what costs nothing may as well publish it: nobody states more than that.
  if (isFreeBound) rules.push({ price: 'free', data_collection: 'deny' });
  if (settings.enable_paid_model_training === false) rules.push({ price: 'paid', data_collection: 'deny' });
  return rules.map((rule) => Object.freeze({ source, ...rule }));
}
