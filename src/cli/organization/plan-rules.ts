import { GUARDRAILS_MAX, type Guardrail, type GuardrailWish } from '../../access/guardrails.ts';
import { uuidOf } from '../../base/uuid.ts';
import { GUARDED } from '../../facts/policy.ts';
import { accountScope, keyScope, memberScope, type Owner, workspaceScope } from '../../facts/scope.ts';
import { readGuardrailChange, readNewGuardrail } from '../../http/v1/account/guardrail-body.ts';
import { change, everyOf, type Planning, said, usdText } from './planning.ts';
import type { WantedGuardrail } from './wanted.ts';

export const guardrailsIn = ({ access, accountId }: Planning, workspaceId: string): Promise<readonly Guardrail[]> =>
  everyOf(async (page) => (await access.guardrails.list({ accountId, workspaceId }, page)).guardrails);

export async function planGuardrail(
  planning: Planning,
  wanted: WantedGuardrail,
  found: readonly Guardrail[],
): Promise<void> {
  const { accountId, catalog, objections, steps, world } = planning;
  const what = `guardrail ${wanted.workspace}/${wanted.name}`;
  const [before, another] = found.filter(({ name }) => name === wanted.name);
  if (another) return void objections.push(`${what}: several guardrails are called so: rename all but one`);
  const workspace = planning.workspaces.get(wanted.workspace);
  if (!workspace) return void objections.push(`${what}: there is no workspace ${wanted.workspace}`);
  const read = before
    ? readGuardrailChange(before, { ...wanted.fields, name: wanted.name }, catalog)
    : readNewGuardrail({ ...wanted.fields, name: wanted.name }, catalog);
  if (!read.ok) return void objections.push(`${what}: ${read.error.message}`);
  const wish = 'wish' in read.value ? read.value.wish : read.value;
  const scopes = scopesOf(planning, wanted, workspace.id, what);
  const on = await placing(planning, before, scopes);
  const details = [...changesOf(before, wish), ...on.details];
  if (before && details.length === 0) return;
  const updatedAt = before && Math.max(world.now(), (before.updatedAt ?? before.createdAt) + 1);
  const id = before?.id ?? uuidOf(planning.newSecret());
  const made: Guardrail = {
    ...wish,
    id,
    accountId,
    workspaceId: workspace.id,
    createdAt: before?.createdAt ?? world.now(),
    updatedAt: updatedAt ?? null,
  };
  const isChanged = before === undefined || changesOf(before, wish).length > 0;
  steps.push({
    sign: before ? '~' : '+',
    what,
    details,
    act: async ({ accessStore: { guardrails } }) => {
      if (!before) await guardrails.add(made, GUARDRAILS_MAX, null);
      else if (isChanged) await guardrails.change(made);
      const assignments = on.added.map((scope) => ({ id: uuidOf(planning.newSecret()), scope }));
      if (assignments.length > 0) await guardrails.assign(made, assignments, { assignedBy: null, now: world.now() });
      if (on.removed.length > 0) await guardrails.unassign(made, on.removed);
    },
  });
}

function changesOf(before: Guardrail | undefined, wish: GuardrailWish): readonly string[] {
  const settings = Object.keys(wish.settings) as (keyof GuardrailWish['settings'])[];
  const budget = (of: GuardrailWish | undefined): string =>
    of?.budget ? `${usdText(of.budget.amount)} ${of.budget.interval}` : 'none';
  return [
    ...change('description', said(before?.description), said(wish.description)),
    ...change('limit_usd', budget(before), budget(wish)),
    ...change('include_byok_in_budgets', said(before?.byokInBudget ?? false), said(wish.byokInBudget)),
    ...settings.flatMap((field) => change(field, said(before?.settings[field]), said(wish.settings[field]))),
  ];
}

/** Null = it stays where it is. */
function scopesOf(
  planning: Planning,
  { on, workspace }: WantedGuardrail,
  workspaceId: string,
  what: string,
): ReadonlyMap<Owner, string> | null {
  if (!on) return null;
  const { accountId, objections } = planning;
  const scopes = new Map<Owner, string>();
  if (on.organization) scopes.set(accountScope(accountId), 'organization');
  for (const slug of on.workspaces) {
    const found = planning.workspaces.get(slug);
    if (found) scopes.set(workspaceScope(found.id), `workspace ${slug}`);
    else objections.push(`${what}: there is no workspace ${slug}`);
  }
  for (const reference of on.members) {
    const found = planning.members.get(reference);
    if (found) scopes.set(memberScope(accountId, found.id), `member ${reference}`);
    else objections.push(`${what}: ${reference} is no member`);
  }
  for (const name of on.keys) {
    const key = planning.keys.get(name) ?? planning.keys.get(`${workspace}/${name}`);
    if (key?.workspaceId === workspaceId) scopes.set(keyScope(key.hash), `key ${name}`);
    else objections.push(`${what}: the file names no key ${name} in its workspace`);
  }
  return scopes;
}

type Placing = {
  readonly details: readonly string[];
  readonly added: readonly Owner[];
  readonly removed: readonly Owner[];
};

async function placing(
  { access, accountId }: Planning,
  before: Guardrail | undefined,
  wanted: ReadonlyMap<Owner, string> | null,
): Promise<Placing> {
  if (wanted === null) return { details: [], added: [], removed: [] };
  const present = new Set<Owner>();
  for (const on of before ? GUARDED : []) {
    const of = { accountId, guardrailId: before?.id ?? '', on };
    const found = await everyOf(async (page) => (await access.guardrails.assignments(of, page)).assignments);
    for (const { scope } of found) present.add(scope);
  }
  const added = [...wanted.keys()].filter((scope) => !present.has(scope));
  const removed = [...present].filter((scope) => !wanted.has(scope));
  return {
    added,
    removed,
    details: [...added.map((scope) => `on ${wanted.get(scope)}`), ...removed.map((scope) => `no longer on ${scope}`)],
  };
}

/** Of a workspace for which the file names guardrails the others. */
export function pruneGuardrails(
  { steps }: Planning,
  slug: string,
  found: readonly Guardrail[],
  named: ReadonlySet<string>,
): void {
  for (const guardrail of found)
    if (!named.has(guardrail.name))
      steps.push({
        sign: '-',
        what: `guardrail ${slug}/${guardrail.name}`,
        details: [],
        act: ({ accessStore }) => accessStore.guardrails.remove(guardrail),
      });
}
