import type { Workspace } from '../../access/workspaces.ts';
import { uuidOf } from '../../base/uuid.ts';
import { workspaceScope } from '../../facts/scope.ts';
import { change, everyOf, limitsOf, type Planning, said } from './planning.ts';
import type { WantedWorkspace } from './wanted.ts';

/** All workspaces of the account, oldest first; the plan knows them from here on. */
export async function readWorkspaces({ access, accountId, workspaces }: Planning): Promise<readonly Workspace[]> {
  const found = await everyOf(async (page) => (await access.workspaces.list(accountId, page)).workspaces);
  for (const { slug, id, byokInBudgets } of found) workspaces.set(slug, { id, isNew: false, byokInBudgets });
  return found;
}

export async function planWorkspace(
  planning: Planning,
  wanted: WantedWorkspace,
  found: Workspace | undefined,
  prune: boolean,
): Promise<void> {
  const { accountId, newSecret, world, workspaces, steps } = planning;
  const what = `workspace ${wanted.slug}`;
  const made: Workspace = {
    id: uuidOf(newSecret()),
    accountId,
    slug: wanted.slug,
    name: wanted.name ?? wanted.slug,
    description: wanted.description ?? null,
    byokInBudgets: wanted.byokInBudgets ?? false,
    defaultSort: null,
    createdBy: null,
    createdAt: world.now(),
    updatedAt: null,
  };
  const next = found
    ? {
        ...found,
        name: wanted.name ?? found.name,
        description: wanted.description === undefined ? found.description : wanted.description,
      }
    : made;
  const byok = wanted.byokInBudgets ?? next.byokInBudgets;
  workspaces.set(wanted.slug, { id: next.id, isNew: !found, byokInBudgets: byok });
  const limits = await limitsOf(
    planning,
    workspaceScope(next.id),
    { budgets: wanted.budgets, counts: wanted.counts, withByok: byok },
    { isNew: !found, prune, what },
  );
  if (!found) {
    steps.push({
      sign: '+',
      what,
      details: [...(made.name === made.slug ? [] : [`name: ${made.name}`]), ...limits.details],
      act: async (draft) => {
        await draft.accessStore.workspaces.add(made);
        await limits.act(draft);
      },
    });
    return;
  }
  const named = [
    ...change('name', found.name, next.name),
    ...change('description', said(found.description), said(next.description)),
  ];
  const counted = change('include_byok_in_budgets', said(found.byokInBudgets), said(byok));
  const details = [...named, ...counted, ...limits.details];
  if (details.length === 0) return;
  const { name, description } = next;
  steps.push({
    sign: '~',
    what,
    details,
    act: async (draft) => {
      const { workspaces: store } = draft.accessStore;
      if (named.length > 0) await store.change(found, { name, description, updatedAt: world.now() });
      if (counted.length > 0) await store.setByok(found.id, byok);
      await limits.act(draft);
    },
  });
}

/** Of a file that names workspaces the others, but for the first one, which the account always has. */
export function pruneWorkspaces(
  { steps, objections }: Planning,
  {
    found,
    wanted,
    first,
    held,
  }: {
    readonly found: readonly Workspace[];
    readonly wanted: readonly WantedWorkspace[];
    readonly first: string;
    /** Of each workspace how many keys stay in it. */
    readonly held: ReadonlyMap<string, number>;
  },
): void {
  const named = new Set(wanted.map(({ slug }) => slug));
  for (const workspace of found) {
    if (named.has(workspace.slug) || workspace.id === first) continue;
    const what = `workspace ${workspace.slug}`;
    const keys = held.get(workspace.id) ?? 0;
    if (keys > 0)
      objections.push(`${what}: ${keys} of its keys would stay; --prune removes keys only where the file names some`);
    steps.push({ sign: '-', what, details: [], act: ({ accessStore }) => accessStore.workspaces.remove(workspace) });
  }
}
