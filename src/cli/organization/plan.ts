import { firstWorkspace } from '../../access/owner.ts';
import { keysByPlace, planKey, pruneKeys, readKeys } from './plan-keys.ts';
import { planMember, planMembership, pruneMembers, readMembers } from './plan-members.ts';
import { planPreset, prunePresets } from './plan-presets.ts';
import { guardrailsIn, planGuardrail, pruneGuardrails } from './plan-rules.ts';
import { planWorkspace, pruneWorkspaces, readWorkspaces } from './plan-workspaces.ts';
import type { Planning, Step } from './planning.ts';
import type { Wanted } from './wanted.ts';

export type Plan = { readonly steps: readonly Step[]; readonly objections: readonly string[] };
type Parts = Omit<Planning, 'steps' | 'objections' | 'workspaces' | 'members' | 'keys'>;

/**
 * What would make the account what is wanted, in the order in which it is done. With `prune` what is not named goes, of
 * each kind of which something is: of a file without `[[keys]]` no key does.
 */
export async function planOrganization(
  parts: Parts,
  wanted: Wanted,
  { prune }: { readonly prune: boolean },
): Promise<Plan> {
  const planning: Planning = {
    ...parts,
    steps: [],
    objections: [],
    workspaces: new Map(),
    members: new Map(),
    keys: new Map(),
  };
  const { workspaces = [], members = [], keys = [] } = wanted;
  const present = await readWorkspaces(planning);
  const bySlug = new Map(present.map((workspace) => [workspace.slug, workspace]));
  for (const one of workspaces) await planWorkspace(planning, one, bySlug.get(one.slug), prune);
  const people = await readMembers(planning);
  const byReference = new Map(
    people.flatMap((person) => [[person.id, person] as const, [person.email ?? person.id, person] as const]),
  );
  for (const one of members) await planMember(planning, one, byReference.get(one.id ?? one.email ?? ''), prune);
  for (const one of workspaces) await planMembership(planning, one, prune);
  const found = await readKeys(
    planning,
    keys,
    prune || (wanted.guardrails ?? []).some(({ on }) => on && on.keys.length > 0),
  );
  const byPlace = keysByPlace(planning, found);
  for (const one of keys) await planKey(planning, one, byPlace);
  await planRules(planning, wanted, prune);
  if (prune) {
    const held = pruneKeys(planning, found, wanted.keys !== undefined);
    if (wanted.members) pruneMembers(planning, people, members);
    if (wanted.workspaces)
      pruneWorkspaces(planning, {
        found: present,
        wanted: workspaces,
        first: firstWorkspace(parts.accountId).id,
        held,
      });
  }
  return { steps: planning.steps, objections: [...new Set(planning.objections)] };
}

/** Guardrails and presets, workspace by workspace: those of a workspace are pruned where the file names some of it. */
async function planRules(planning: Planning, { guardrails = [], presets = [] }: Wanted, prune: boolean): Promise<void> {
  const pruned: (() => Promise<void>)[] = [];
  for (const [slug, some] of Map.groupBy(guardrails, ({ workspace }) => workspace)) {
    const workspace = planning.workspaces.get(slug);
    const found = workspace && !workspace.isNew ? await guardrailsIn(planning, workspace.id) : [];
    for (const one of some) await planGuardrail(planning, one, found);
    const named = new Set(some.map(({ name }) => name));
    if (prune) pruned.push(async () => pruneGuardrails(planning, slug, found, named));
  }
  for (const [slug, some] of Map.groupBy(presets, ({ workspace }) => workspace)) {
    for (const one of some) await planPreset(planning, one);
    const named = new Set(some.map((one) => one.slug));
    if (prune) pruned.push(() => prunePresets(planning, slug, named));
  }
  for (const one of pruned) await one();
}
