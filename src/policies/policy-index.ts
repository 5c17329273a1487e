import { matchesAny } from '../base/pattern.ts';
import type { OperationId } from '../call/operation.ts';
import type { NamedPolicy } from '../catalog/policy.ts';
import { createHours } from './hours.ts';

/** A call, as far as policies tell calls apart. */
export type GovernedCall = {
  readonly keyId: string;
  readonly workspaceId: string;
  readonly operation: OperationId;
  /** Ids in the caller's order; a name that means no model as it was written. */
  readonly models: readonly string[];
  /** One of them stands for models that are chosen only later: what policies hold to of any model may concern it. */
  readonly isRouted: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Is less left to its caller than this? */
  readonly isLeftBelow: (bound: NonNullable<NamedPolicy['when']['budgetLeftBelow']>) => boolean;
};

/** A policy that a call comes under. `isAsked`: it is about the model that was asked for first, and not only for a fallback. */
export type Matched = { readonly policy: NamedPolicy; readonly isAsked: boolean };

export type PolicyIndex = {
  /** In the order in which they count. */
  readonly matching: (call: GovernedCall) => readonly Matched[];
};

type Filed = { readonly policy: NamedPolicy; readonly place: number; readonly isTime: (now: number) => boolean };

/** Of a key's hash, so much names a drawer. */
const KEY_LENGTH = 8;
const NONE: readonly Matched[] = [];

/**
 * Policies in drawers, by the rarest of what they are about, so that a call looks only at those that may be about it,
 * however many others there are.
 */
export function indexPolicies(policies: readonly NamedPolicy[]): PolicyIndex {
  const everywhere: Filed[] = [];
  const aboutModels: Filed[] = [];
  const drawers = { key: new Drawers(), workspace: new Drawers(), model: new Drawers(), author: new Drawers() };
  policies.forEach((policy, place) => {
    const filed = { policy, place, isTime: createHours(policy.when) };
    const { keys, workspaces, models } = policy.when;
    if (models && policy.rules) aboutModels.push(filed);
    if (keys)
      drawers.key.put(
        keys.map((key) => key.slice(0, KEY_LENGTH)),
        filed,
      );
    else if (workspaces) drawers.workspace.put(workspaces, filed);
    else if (models?.every((pattern) => !pattern.includes('*'))) drawers.model.put(models.map(lower), filed);
    else if (models?.every((pattern) => /^[^*]+\//.test(pattern))) drawers.author.put(models.map(authorOf), filed);
    else everywhere.push(filed);
  });
  return {
    matching: (call) => {
      let found: Filed[] | null = everywhere.length > 0 ? [...everywhere] : null;
      const add = (some: readonly Filed[] | undefined): void => {
        if (some) found = found ? [...found, ...some] : [...some];
      };
      add(drawers.key.get(call.keyId.slice(0, KEY_LENGTH)));
      add(drawers.workspace.get(call.workspaceId));
      if (call.isRouted) add(aboutModels);
      if (drawers.model.size + drawers.author.size > 0)
        for (const model of call.models) {
          add(drawers.model.get(lower(model)));
          add(drawers.author.get(authorOf(model)));
        }
      return found ? matchingOf(found, call) : NONE;
    },
  };
}

class Drawers {
  readonly #filed = new Map<string, Filed[]>();
  get size(): number {
    return this.#filed.size;
  }
  put(names: readonly string[], filed: Filed): void {
    for (const name of new Set(names)) {
      const drawer = this.#filed.get(name);
      if (drawer) drawer.push(filed);
      else this.#filed.set(name, [filed]);
    }
  }
  get(name: string): readonly Filed[] | undefined {
    return this.#filed.get(name);
  }
}

const lower = (text: string): string => text.toLowerCase();
const authorOf = (model: string): string => lower(model.split('/', 1)[0] ?? '');

function matchingOf(found: readonly Filed[], call: GovernedCall): readonly Matched[] {
  const matched: Matched[] = [];
  for (const { policy, isTime } of [...new Set(found)].sort((a, b) => a.place - b.place)) {
    if (!isTime(call.now) || !isAbout(policy, call)) continue;
    const { models } = policy.when;
    matched.push({ policy, isAsked: models === undefined || matchesAny(models, call.models[0] ?? '') });
  }
  return matched;
}

function isAbout({ when }: NamedPolicy, call: GovernedCall): boolean {
  const { keys, workspaces, models, operations, budgetLeftBelow } = when;
  if (keys && !keys.some((key) => call.keyId.startsWith(key))) return false;
  if (workspaces && !workspaces.includes(call.workspaceId)) return false;
  if (operations && !operations.includes(call.operation)) return false;
  if (models && !call.isRouted && !call.models.some((model) => matchesAny(models, model))) return false;
  return budgetLeftBelow === undefined || call.isLeftBelow(budgetLeftBelow);
}
