import type { Person } from '../../access/people/person.ts';
import { uuidOf } from '../../base/uuid.ts';
import { memberScope } from '../../facts/scope.ts';
import { change, everyOf, limitsOf, type Planning, type Step, said } from './planning.ts';
import type { WantedMember, WantedWorkspace } from './wanted.ts';

export async function readMembers({ access, accountId, members }: Planning): Promise<readonly Person[]> {
  const found = await everyOf(async (page) => (await access.people.list(accountId, page)).people);
  for (const { id, email, role } of found) {
    members.set(id, { id, isNew: false, role });
    if (email !== null) members.set(email, { id, isNew: false, role });
  }
  return found;
}

export async function planMember(
  planning: Planning,
  wanted: WantedMember,
  found: Person | undefined,
  prune: boolean,
): Promise<void> {
  const { access, accountId, members, newSecret, objections, steps, world } = planning;
  const what = `member ${wanted.email ?? wanted.name ?? wanted.reference}`;
  const id = found?.id ?? wanted.id ?? uuidOf(newSecret());
  const role = wanted.role ?? found?.role ?? wanted.firstRole ?? 'member';
  const name = wanted.name === undefined ? (found?.name ?? null) : wanted.name;
  members.set(wanted.reference, { id, isNew: !found, role });
  if (found?.role === 'owner' && role !== 'owner')
    objections.push(`${what}: is an owner, who is changed in the console alone`);
  if (!found && role === 'owner') objections.push(`${what}: an owner is made in the console alone`);
  if (!found && wanted.email !== null && (await access.people.byEmail(wanted.email)))
    objections.push(`${what}: somebody of another account has this address`);
  const limits = await limitsOf(
    planning,
    memberScope(accountId, id),
    { budgets: wanted.budgets, counts: wanted.counts },
    { isNew: !found, prune, what },
  );
  if (!found) {
    const person = { id, accountId, email: wanted.email, name, role, createdAt: world.now() };
    steps.push({
      sign: '+',
      what,
      details: [`role: ${role}`, ...limits.details],
      personId: id,
      act: async (draft) => {
        await draft.accessStore.people.add(person);
        await limits.act(draft);
      },
    });
    return;
  }
  const named = [...change('name', said(found.name), said(name)), ...change('role', found.role, role)];
  const details = [...named, ...limits.details];
  if (details.length === 0) return;
  steps.push({
    sign: '~',
    what,
    details,
    act: async (draft) => {
      if (named.length > 0) await draft.accessStore.people.change(found, { name, role, updatedAt: world.now() });
      await limits.act(draft);
    },
  });
}

/** Who is in a workspace, beside owners and admins, who are in all. */
export async function planMembership(
  planning: Planning,
  { slug, members }: WantedWorkspace,
  prune: boolean,
): Promise<void> {
  if (members === undefined) return;
  const { access, accountId, objections, world } = planning;
  const workspace = planning.workspaces.get(slug);
  if (!workspace) return;
  const of = { accountId, workspaceId: workspace.id, isDefault: false };
  const inside = workspace.isNew
    ? []
    : await everyOf(async (page) => (await access.people.inWorkspace(of, page)).people);
  const present = new Map(
    inside.filter(({ role }) => role !== 'owner' && role !== 'admin').map((one) => [one.id, one]),
  );
  const wanted = new Map<string, string>();
  for (const reference of members) {
    const member = planning.members.get(reference);
    if (!member) objections.push(`workspace ${slug}: ${reference} is no member`);
    else if (member.role !== 'owner' && member.role !== 'admin') wanted.set(member.id, reference);
  }
  const step = (sign: Step['sign'], names: readonly string[], act: Step['act']): void => {
    if (names.length > 0) planning.steps.push({ sign, what: `members of ${slug}`, details: names, act });
  };
  const added = [...wanted].filter(([id]) => !present.has(id));
  step(
    '+',
    added.map(([, reference]) => reference),
    ({ accessStore }) =>
      accessStore.people.addTo(
        of,
        added.map(([id]) => id),
        world.now(),
      ),
  );
  const removed = prune ? [...present.values()].filter(({ id }) => !wanted.has(id)) : [];
  step(
    '-',
    removed.map(({ email, name, id }) => email ?? name ?? id),
    ({ accessStore }) =>
      accessStore.people.removeFrom(
        of,
        removed.map(({ id }) => id),
      ),
  );
}

/** Of a file that names members the others, but for owners. Their keys are switched off with them. */
export function pruneMembers(
  { steps, members, world }: Planning,
  found: readonly Person[],
  wanted: readonly WantedMember[],
): void {
  const named = new Set(wanted.map(({ reference }) => members.get(reference)?.id));
  for (const person of found) {
    if (named.has(person.id) || person.role === 'owner') continue;
    const what = `member ${person.email ?? person.name ?? person.id}`;
    steps.push({
      sign: '-',
      what,
      details: [],
      act: ({ accessStore }) => accessStore.people.remove(person, world.now()),
    });
  }
}
