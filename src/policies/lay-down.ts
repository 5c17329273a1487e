import { placeOf } from '../base/place.ts';
import type { ProviderPreferences, SortPreference } from '../call/call.ts';
import type { NamedPolicy, PolicyArm, PolicyShadow, PolicySplit } from '../catalog/policy.ts';
import type { Arm, Given, Rule } from '../facts/policy.ts';
import type { Matched } from './policy-index.ts';

/** What a call says itself, as far as policies may add to it. */
export type Said = {
  readonly model: string | null;
  readonly models: readonly string[];
  readonly preferences: ProviderPreferences;
  /** The name of its model says how endpoints are sorted (`:nitro`). */
  readonly isSorted: boolean;
  readonly keyId: string;
  readonly user: string | null;
  readonly sessionId: string | null;
  /** A draw from [0, 1). */
  readonly draw: () => number;
};

/** What policies make of a call. `arm` absent = it is in no experiment; `shadow` absent = it is asked once. */
export type LaidDown = Pick<Said, 'model' | 'models' | 'preferences'> & {
  readonly rules: readonly Rule[];
  readonly given: Given;
  readonly arm?: Arm;
  readonly shadow?: PolicyShadow & { readonly policy: string };
};

/**
 * Rules of all policies hold. Where the request leaves something open, its arm says it, else the first policy that does.
 * Of experiments and shadows there is one of each, the first. What is still open then the workspace says.
 */
export function layDown(matched: readonly Matched[], said: Said, workspaceSort?: SortPreference): LaidDown {
  const asked = matched.filter(({ isAsked }) => isAsked).map(({ policy }) => policy);
  const drawn = drawArm(asked, said);
  const model = drawn?.arm.model ?? said.model;
  // Whoever takes part in an experiment is served all the same where its model cannot.
  const own = drawn?.arm.model && said.model !== null ? [said.model, ...said.models] : said.models;
  const filling = new Filling(said);
  if (drawn) filling.take(drawn.arm.preferences, `${sourceOf(drawn.policy)} (${drawn.arm.name})`);
  for (const policy of asked) if (policy.defaults) filling.take(policy.defaults.preferences, sourceOf(policy));
  if (workspaceSort) filling.take({ sort: workspaceSort }, WORKSPACE);
  const fallbacks = said.models.length === 0 ? asked.find(({ defaults }) => defaults?.models.length) : undefined;
  const shadowing = asked.find(({ shadow }) => shadow !== null);
  return {
    model,
    models: fallbacks ? [...own, ...(fallbacks.defaults?.models ?? [])] : own,
    preferences: filling.preferences,
    rules: matched.flatMap(({ policy }) => ruleOf(policy)),
    given: fallbacks ? { ...filling.given, models: sourceOf(fallbacks) } : filling.given,
    ...(drawn && { arm: { policy: drawn.policy.name, name: drawn.arm.name } }),
    ...(shadowing?.shadow && { shadow: { ...shadowing.shadow, policy: shadowing.name } }),
  };
}

/** Whose word a workspace's setting is. */
const WORKSPACE = 'the workspace';
const sourceOf = ({ name }: NamedPolicy): string => `policy ${name}`;

function ruleOf(policy: NamedPolicy): readonly Rule[] {
  const { models } = policy.when;
  return policy.rules ? [{ source: sourceOf(policy), ...(models && { about: models }), ...policy.rules }] : [];
}

/** Preferences of a request, and what fills the gaps. */
class Filling {
  #preferences: ProviderPreferences;
  #given: Given = {};
  readonly #said: Said;
  constructor(said: Said) {
    this.#said = said;
    this.#preferences = said.preferences;
  }
  get preferences(): ProviderPreferences {
    return this.#preferences;
  }
  get given(): Given {
    return this.#given;
  }
  take(preferences: ProviderPreferences, source: string): void {
    for (const field of Object.keys(preferences) as (keyof ProviderPreferences)[]) {
      if (this.#preferences[field] !== undefined || this.#isSaidOtherwise(field)) continue;
      this.#preferences = { ...this.#preferences, [field]: preferences[field] };
      this.#given = { ...this.#given, [field]: source };
    }
  }
  /** Who says how to sort has no order in mind, and the other way round. */
  #isSaidOtherwise(field: keyof ProviderPreferences): boolean {
    const { order, sort } = this.#said.preferences;
    if (field === 'order') return sort !== undefined || this.#said.isSorted;
    return field === 'sort' && (order !== undefined || this.#said.isSorted);
  }
}

type Drawn = { readonly policy: NamedPolicy; readonly arm: PolicyArm };

function drawArm(policies: readonly NamedPolicy[], said: Said): Drawn | undefined {
  const policy = policies.find(({ split }) => split !== null);
  if (!policy?.split) return undefined;
  const arm = armAt(policy.split, placeIn(policy.name, policy.split, said));
  return arm && { policy, arm };
}

/** The same key, user or session is always at the same place of one experiment, and at another one of another. */
function placeIn(policy: string, { by }: PolicySplit, { keyId, user, sessionId, draw }: Said): number {
  const of = { key: keyId, user: user && `${keyId}\n${user}`, session: sessionId && `${keyId}\n${sessionId}` };
  if (by === 'call') return draw();
  return placeOf(`${policy}\n${by}\n${of[by] ?? keyId}`);
}

function armAt({ arms }: PolicySplit, place: number): PolicyArm | undefined {
  let left = place * arms.reduce((sum, { weight }) => sum + weight, 0);
  for (const arm of arms) {
    left -= arm.weight;
    if (left < 0) return arm;
  }
  return arms.findLast(({ weight }) => weight > 0);
}
