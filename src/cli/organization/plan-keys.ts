import { digestOf, labelOf, newKey } from '../../access/secret.ts';
import type { CountLimits, Key } from '../../access/store.ts';
import { COUNTS, countScope, keyScope } from '../../facts/scope.ts';
import { COUNTED, change, everyOf, moneyOf, type Planning, said } from './planning.ts';
import type { WantedKey } from './wanted.ts';

const LIST_PAGE = 500;
const LOOKED_FOR = 200;

/** Those keys that the plan is about: all of the account's where they are found by name, or are pruned. */
export async function readKeys(
  { access, accountId }: Planning,
  wanted: readonly WantedKey[],
  all: boolean,
): Promise<readonly Key[]> {
  if (all || wanted.some(({ known }) => known === undefined))
    return everyOf(
      async (page) => (await access.keys.list({ accountId, withDisabled: true, ...page })).keys,
      LIST_PAGE,
    );
  const found: Key[] = [];
  for (let at = 0; at < wanted.length; at += LOOKED_FOR) {
    const some = wanted
      .slice(at, at + LOOKED_FOR)
      .flatMap(({ known }) => (known ? [access.keys.find(known.hash)] : []));
    found.push(...(await Promise.all(some)).filter((key) => key !== null));
  }
  return found;
}

const placeOf = (workspace: string, name: string): string => `${workspace}/${name}`;

/** Where keys are found, by hash and by place; a place where several are is none. */
export function keysByPlace({ workspaces }: Planning, found: readonly Key[]): ReadonlyMap<string, readonly Key[]> {
  const slugs = new Map([...workspaces].map(([slug, { id }]) => [id, slug]));
  const byPlace = new Map<string, Key[]>();
  for (const key of found) {
    byPlace.set(key.hash, [key]);
    const place = placeOf(slugs.get(key.workspaceId) ?? key.workspaceId, key.name);
    byPlace.set(place, [...(byPlace.get(place) ?? []), key]);
  }
  return byPlace;
}

export async function planKey(
  planning: Planning,
  wanted: WantedKey,
  byPlace: ReadonlyMap<string, readonly Key[]>,
): Promise<void> {
  const { accountId, keys, objections, workspaces } = planning;
  const place = placeOf(wanted.workspace, wanted.name);
  const what = `key ${place}`;
  const workspace = workspaces.get(wanted.workspace);
  if (!workspace) return void objections.push(`${what}: there is no workspace ${wanted.workspace}`);
  const member = wanted.member === undefined ? undefined : planning.members.get(wanted.member);
  if (wanted.member !== undefined && !member) return void objections.push(`${what}: ${wanted.member} is no member`);
  const [found, another] = byPlace.get(wanted.known?.hash ?? place) ?? [];
  if (another) return void objections.push(`${what}: several keys are called so: rename all but one`);
  if (found && found.accountId !== accountId) return void objections.push(`${what}: another account has this key`);
  if (found) return changing(planning, { wanted, found, workspaceId: workspace.id, memberId: member?.id, what });
  const secret = wanted.known ? null : newKey(planning.newSecret);
  const { hash, label } = wanted.known ?? { hash: digestOf(secret ?? ''), label: labelOf(secret ?? '') };
  const key: Key = {
    hash,
    label,
    name: wanted.name,
    accountId,
    workspaceId: workspace.id,
    isManagement: wanted.isManagement ?? false,
    disabled: wanted.disabled ?? false,
    limit: wanted.limit ?? null,
    limitReset: wanted.limitReset ?? null,
    includeByokInLimit: wanted.includeByokInLimit ?? false,
    expiresAt: wanted.expiresAt ?? null,
    createdAt: planning.world.now(),
    updatedAt: null,
    creatorUserId: member?.id ?? null,
    externalUser: null,
  };
  for (const name of [hash, place]) keys.set(name, key);
  planning.steps.push({
    sign: '+',
    what,
    details: [
      ...(key.limit === null ? [] : [`limit: ${moneyOf(key.limit)}${key.limitReset ? ` ${key.limitReset}` : ''}`]),
      ...COUNTS.flatMap((count) => (wanted.counts?.[count] ? [`${COUNTED[count]}: ${wanted.counts[count]}`] : [])),
      ...(key.disabled ? ['disabled'] : []),
      ...(key.expiresAt === null ? [] : [`expires: ${new Date(key.expiresAt).toISOString()}`]),
    ],
    act: ({ accessStore }) => accessStore.addKey(key, wanted.counts),
    ...(secret !== null && { secret }),
  });
}

type Changing = {
  readonly wanted: WantedKey;
  readonly found: Key;
  readonly workspaceId: string;
  readonly memberId: string | undefined;
  readonly what: string;
};

async function changing(planning: Planning, { wanted, found, workspaceId, memberId, what }: Changing): Promise<void> {
  const { keys, objections, steps, world } = planning;
  for (const name of [found.hash, placeOf(wanted.workspace, wanted.name)]) keys.set(name, found);
  if (found.workspaceId !== workspaceId)
    objections.push(`${what}: the key is in another workspace, and keys stay where they are`);
  if (memberId !== undefined && found.creatorUserId !== memberId)
    objections.push(`${what}: the key is another member's, and keys stay whose they are`);
  if (wanted.isManagement !== undefined && wanted.isManagement !== found.isManagement)
    objections.push(`${what}: a key is made as a management key, or never is one`);
  const next = {
    name: wanted.name,
    disabled: wanted.disabled ?? found.disabled,
    limit: wanted.limit === undefined ? found.limit : wanted.limit,
    limitReset: wanted.limitReset === undefined ? found.limitReset : wanted.limitReset,
    includeByokInLimit: wanted.includeByokInLimit ?? found.includeByokInLimit,
    expiresAt: wanted.expiresAt === undefined ? found.expiresAt : wanted.expiresAt,
  };
  const time = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString());
  const counts = wanted.counts === undefined ? null : await countsNow(planning, found.hash);
  const details = [
    ...change('name', found.name, next.name),
    ...change('disabled', said(found.disabled), said(next.disabled)),
    ...change('limit', moneyOf(found.limit), moneyOf(next.limit)),
    ...change('limit_reset', said(found.limitReset), said(next.limitReset)),
    ...change('include_byok_in_limit', said(found.includeByokInLimit), said(next.includeByokInLimit)),
    ...change('expires_at', time(found.expiresAt), time(next.expiresAt)),
    ...COUNTS.flatMap((count) => {
      const wish = wanted.counts?.[count];
      return wish === undefined ? [] : change(COUNTED[count], said(counts?.[count]), said(wish));
    }),
  ];
  if (details.length === 0) return;
  steps.push({
    sign: '~',
    what,
    details,
    act: ({ accessStore }) =>
      accessStore.changeKey(found.hash, {
        ...next,
        ...(wanted.counts && { counts: wanted.counts }),
        updatedAt: world.now(),
      }),
  });
}

async function countsNow({ access }: Planning, hash: string): Promise<CountLimits> {
  const owner = keyScope(hash);
  const budgets = await access.budgets.list(COUNTS.map((count) => countScope(count, owner)));
  return Object.fromEntries(
    COUNTS.map((count) => {
      const found = budgets.find(({ scope, source }) => source === '' && scope === countScope(count, owner));
      return [count, found ? Number(found.amount) : null];
    }),
  );
}

/** Of a file that names keys the others; never one that administers, which no file gives back. How many stay in each workspace. */
export function pruneKeys(planning: Planning, found: readonly Key[], prunes: boolean): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const key of found) {
    const isNamed = planning.keys.has(key.hash);
    if (prunes && !isNamed && !key.isManagement)
      planning.steps.push({
        sign: '-',
        what: `key ${key.name} (${key.hash.slice(0, 12)})`,
        details: [],
        act: ({ accessStore }) => accessStore.removeKey(key.hash),
      });
    else held.set(key.workspaceId, (held.get(key.workspaceId) ?? 0) + 1);
  }
  return held;
}
