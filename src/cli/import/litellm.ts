import { emailOf } from '../../access/people/people.ts';
import { digestOf } from '../../access/secret.ts';
import type { CountLimits } from '../../access/store.ts';
import { arrayOf, isObject, optionalString, stringOf } from '../../base/json.ts';
import { type NanoUsd, nano } from '../../base/money.ts';
import { uuidOf } from '../../base/uuid.ts';
import type { PersonRole } from '../../facts/principal.ts';
import type { Interval } from '../../facts/scope.ts';
import { nanoOf } from '../../http/v1/account/body.ts';
import type {
  Budgets,
  Wanted,
  WantedGuardrail,
  WantedKey,
  WantedMember,
  WantedWorkspace,
} from '../organization/wanted.ts';
import { slugify } from './litellm-models.ts';
import {
  flagIn,
  isGiven,
  jsonIn,
  type LiteLlmTables,
  listIn,
  numberIn,
  type Row,
  textIn,
  timeIn,
} from './litellm-tables.ts';
import type { Losses } from './losses.ts';

/** What names of models in LiteLLM's lists mean here; undefined = nothing does. */
export type Meaning = (name: string) => readonly string[] | undefined;

/** The account that LiteLLM's tables tell of: teams are workspaces, users members, and keys keep working as they are. */
export function wantedOfLiteLlm(tables: LiteLlmTables, meaning: Meaning, losses: Losses): Wanted {
  const reading: Reading = {
    losses,
    meaning,
    budgets: new Map(tables.LiteLLM_BudgetTable.map((row) => [textIn(row, 'budget_id') ?? '', row])),
    slugs: slugsOf(tables.LiteLLM_TeamTable),
    users: new Set(),
  };
  const members = tables.LiteLLM_UserTable.filter((row) => textIn(row, 'user_id') !== DEFAULT_USER);
  const seen = new Set<string>();
  const people = members.map((row) => memberOf(row, reading, seen));
  for (const { reference } of people) reading.users.add(reference);
  const workspaces = tables.LiteLLM_TeamTable.map((row) => workspaceOf(row, reading));
  for (const row of tables.LiteLLM_TeamMembership)
    if (textIn(row, 'budget_id') !== null)
      losses.tell(
        'memberships',
        textIn(row, 'user_id') ?? '',
        'a budget of somebody within a team: a member has one for all workspaces here',
      );
  const rows = tables.LiteLLM_VerificationToken.filter((row) => textIn(row, 'team_id') !== CONSOLE_TEAM);
  const barred = new Set<string>();
  const guardrails = [...rulesOfTeams(tables.LiteLLM_TeamTable, reading, barred), ...rulesOfMembers(members, reading)];
  const blocked = new Set(
    tables.LiteLLM_TeamTable.filter((row) => flagIn(row, 'blocked')).map((row) => textIn(row, 'team_id')),
  );
  const keys = rows.flatMap((row) => keyOf(row, reading, { barred, blocked }) ?? []);
  return { workspaces, members: people, keys, guardrails: [...guardrails, ...rulesOfKeys(rows, keys, reading)] };
}

/** Who LiteLLM's master key is, and what its own console is signed in with: neither is anybody's here. */
const DEFAULT_USER = 'default_user_id';
const CONSOLE_TEAM = 'litellm-dashboard';

type Reading = {
  readonly losses: Losses;
  readonly meaning: Meaning;
  readonly budgets: ReadonlyMap<string, Row>;
  /** By team. */
  readonly slugs: ReadonlyMap<string, string>;
  readonly users: Set<string>;
};

/** Two teams of one name are told apart by their ids. */
function slugsOf(teams: readonly Row[]): ReadonlyMap<string, string> {
  const slugs = new Map<string, string>();
  const taken = new Set(['default']);
  for (const row of teams.toSorted((a, b) => (stringOf(a.team_id) < stringOf(b.team_id) ? -1 : 1))) {
    const id = textIn(row, 'team_id') ?? '';
    const mark = digestOf(id).slice(0, 6);
    const base = slugify(textIn(row, 'team_alias') ?? '') || 'team';
    const slug = base === 'team' || taken.has(base) ? `${base.slice(0, 43).replace(/-$/, '')}-${mark}` : base;
    taken.add(slug);
    slugs.set(id, slug);
  }
  return slugs;
}

/** What each period of theirs is here, where budgets begin anew at midnight UTC, on Mondays and on the first of a month. */
const INTERVALS: readonly (readonly [days: number, interval: Interval])[] = [
  [28, 'monthly'],
  [7, 'weekly'],
  [1, 'daily'],
];
const DURATIONS: { readonly [word: string]: number } = { hourly: 1 / 24, daily: 1, weekly: 7, monthly: 30 };
const UNIT_DAYS: { readonly [unit: string]: number } = { s: 1 / 86_400, m: 1 / 1_440, h: 1 / 24, d: 1, w: 7, mo: 30 };
const ALIKE: ReadonlySet<number> = new Set([1, 7, 30]);

function daysOf(duration: string): number | null {
  const known = DURATIONS[duration.toLowerCase()];
  if (known !== undefined) return known;
  const [, count, unit = 's'] = /^(\d+)(mo|[smhdw])?$/.exec(duration) ?? [];
  return count === undefined ? null : Number(count) * (UNIT_DAYS[unit] ?? 0);
}

type Money = { readonly amount: NanoUsd; readonly interval: Interval };

/** A limit of theirs, so that nobody may spend more than there: what has been spent of one for life is taken off. */
function moneyOf(row: Row, { losses, budgets }: Reading, kind: string, which: string): Money | null {
  const own = numberIn(row, 'max_budget') !== null || textIn(row, 'budget_id') === null;
  const from = own ? row : (budgets.get(textIn(row, 'budget_id') ?? '') ?? row);
  const most = numberIn(from, 'max_budget');
  if (most === null || most < 0) return null;
  const duration = textIn(from, 'budget_duration');
  const spent = Math.max(0, numberIn(row, 'spend') ?? 0);
  if (duration === null) return { amount: nanoOf(Math.max(0, most - spent)) ?? nano(0n), interval: 'lifetime' };
  const days = daysOf(duration);
  const [length, interval] = INTERVALS.find(([least]) => days !== null && days >= least) ?? [1, 'daily' as const];
  if (days === null || !ALIKE.has(days))
    losses.tell(kind, which, `a budget each ${duration}: ${interval} here, and no more in the same time`);
  const whole = length === 28 ? 30 : length;
  const share = days !== null && days > whole ? whole / days : 1;
  return { amount: nanoOf(Math.floor(most * share * 1e6) / 1e6) ?? nano(0n), interval };
}

function limitsOf(row: Row, reading: Reading, kind: string, which: string): { budgets: Budgets; counts: CountLimits } {
  const money = moneyOf(row, reading, kind, which);
  // A budget of nothing would be none: whoever has spent all has the least there is.
  const budgets = money ? { [money.interval]: money.amount > 0n ? money.amount : nano(1n) } : {};
  return { budgets, counts: countsOf(row, reading) };
}

const countsOf = (row: Row, { budgets }: Reading): CountLimits => {
  const shared = budgets.get(textIn(row, 'budget_id') ?? '') ?? {};
  const count = (column: string): number | null => {
    const value = numberIn(row, column) ?? numberIn(shared, column);
    return value !== null && value >= 1 ? Math.floor(value) : null;
  };
  const found = { requests: count('rpm_limit'), tokens: count('tpm_limit'), calls: count('max_parallel_requests') };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null));
};

/** Columns that say something there is no word for here. */
const WORDLESS: { readonly [column: string]: string } = {
  soft_budget: 'a soft budget: alerts tell of budgets that run low',
  tpd_limit: 'tokens a day are not limited here',
  model_max_budget: 'a budget for each model: put a guardrail with a budget on it',
  budget_limits: 'several budgets at once: put guardrails with budgets on it',
  aliases: 'names of models for this key alone: make a preset',
  allowed_routes: 'a list of routes: a key may do what its kind may',
  router_settings: 'routing of its own: write a policy',
  object_permission_id: 'permissions for tools and vector stores',
  agent_id: 'it belongs to an agent',
  project_id: 'it belongs to a project: budgets of projects are not taken over',
};

function tellWordless(row: Row, { losses }: Reading, kind: string, which: string): void {
  for (const [column, words] of Object.entries(WORDLESS)) if (isGiven(row, column)) losses.tell(kind, which, words);
}

const ROLES: { readonly [role: string]: PersonRole } = {
  proxy_admin: 'admin',
  proxy_admin_viewer: 'viewer',
  internal_user_viewer: 'viewer',
};

function memberOf(row: Row, reading: Reading, seen: Set<string>): WantedMember {
  const id = textIn(row, 'user_id') ?? '';
  const told = emailOf(textIn(row, 'user_email') ?? '');
  const email = told !== null && !seen.has(told) ? told : null;
  if (email !== null) seen.add(email);
  else reading.losses.tell('users', id, 'no address of their own: they come in by a link');
  tellWordless(row, reading, 'users', id);
  const name = textIn(row, 'user_alias')?.slice(0, 100) ?? (email === null ? id.slice(0, 100) : undefined);
  return {
    reference: id,
    email,
    firstRole: ROLES[textIn(row, 'user_role') ?? ''] ?? 'member',
    ...limitsOf(row, reading, 'users', id),
    ...(email === null && { id: uuidOf(digestOf(`litellm user ${id}`)) }),
    ...(name !== undefined && { name }),
  };
}

function workspaceOf(row: Row, reading: Reading): WantedWorkspace {
  const id = textIn(row, 'team_id') ?? '';
  const name = textIn(row, 'team_alias') ?? id;
  tellWordless(row, reading, 'teams', name);
  if (textIn(row, 'organization_id') !== null)
    reading.losses.tell('teams', name, 'it belongs to an organization: workspaces lie side by side');
  if (listIn(row, 'admins').length > 0)
    reading.losses.tell('teams', name, 'admins of a team are members of the workspace');
  const roles = arrayOf(jsonIn(row, 'members_with_roles')).filter(isObject);
  const inside = [
    ...roles.map((one) => optionalString(one.user_id) ?? ''),
    ...listIn(row, 'members'),
    ...listIn(row, 'admins'),
  ];
  return {
    slug: reading.slugs.get(id) ?? 'default',
    name: name.slice(0, 100),
    members: [...new Set(inside)].filter((user) => reading.users.has(user)),
    ...limitsOf(row, reading, 'teams', name),
  };
}

const HASH = /^[0-9a-f]{64}$/;

function keyOf(
  row: Row,
  reading: Reading,
  { barred, blocked }: { readonly barred: ReadonlySet<string>; readonly blocked: ReadonlySet<string | null> },
): WantedKey | null {
  const { losses, slugs, users } = reading;
  const token = textIn(row, 'token') ?? '';
  const name = (textIn(row, 'key_alias') ?? textIn(row, 'key_name') ?? token.slice(0, 12)).slice(0, 200);
  // Older versions kept keys as they are (`hash_token_if_needed` of litellm 1.110.2, read 2026-11-29).
  const hash = HASH.test(token) ? token : token.startsWith('sk-') ? digestOf(token) : null;
  if (hash === null) {
    losses.tell('keys', name, 'it is kept in a form that is none of a key');
    return null;
  }
  tellWordless(row, reading, 'keys', name);
  const team = textIn(row, 'team_id');
  const user = textIn(row, 'user_id');
  if (team !== null && !slugs.has(team))
    losses.tell('keys', name, 'its team is gone: it goes to the default workspace');
  const money = moneyOf(row, reading, 'keys', name);
  const models = named(row, reading, 'keys', name);
  const isUnknown = models !== null && models.length === 0;
  if (isUnknown) losses.tell('keys', name, 'it may use models that nobody here knows alone: it is switched off');
  const isBarred = team !== null && barred.has(team);
  return {
    name,
    workspace: slugs.get(team ?? '') ?? 'default',
    known: { hash, label: labelOf(textIn(row, 'key_name')) },
    limit: money?.amount ?? null,
    limitReset: money === null || money.interval === 'lifetime' ? null : money.interval,
    expiresAt: timeIn(row, 'expires'),
    disabled: flagIn(row, 'blocked') || blocked.has(team) || isUnknown || isBarred,
    counts: countsOf(row, reading),
    ...(user !== null && users.has(user) && { member: user }),
  };
}

const labelOf = (shown: string | null): string =>
  shown !== null && shown.length <= 40 && /^sk-\S*\.\.\./.test(shown) ? shown : 'sk-...';

/** Words of LiteLLM's that stand for all models, or for those of the team. */
const ALL: ReadonlySet<string> = new Set(['all-proxy-models', 'all-team-models', '*']);
const NONE = 'no-default-models';

/** The models that a list allows, as they are called here; null = all. */
function named(row: Row, { meaning, losses }: Reading, kind: string, which: string): readonly string[] | null {
  const listed = listIn(row, 'models').filter((name) => name !== NONE);
  if (listed.length === 0 || listed.some((name) => ALL.has(name))) return null;
  const models = new Set<string>();
  for (const name of listed) {
    const meant = meaning(name);
    if (!meant) losses.tell(kind, which, `${name} is no model here: it is left out of those allowed`);
    for (const id of meant ?? []) models.add(id);
  }
  return [...models].sort();
}

function rulesOfTeams(teams: readonly Row[], reading: Reading, barred: Set<string>): readonly WantedGuardrail[] {
  return teams.flatMap((row) => {
    const id = textIn(row, 'team_id') ?? '';
    const slug = reading.slugs.get(id) ?? 'default';
    const models = named(row, reading, 'teams', textIn(row, 'team_alias') ?? id);
    if (models === null) return [];
    if (models.length > 0) return [rule({ workspace: slug, models, workspaces: [slug], members: [], keys: [] })];
    barred.add(id);
    reading.losses.tell('teams', slug, 'it may use models that nobody here knows alone: its keys are switched off');
    return [];
  });
}

function rulesOfMembers(users: readonly Row[], reading: Reading): readonly WantedGuardrail[] {
  const byModels = new Map<string, string[]>();
  for (const row of users) {
    const id = textIn(row, 'user_id') ?? '';
    const models = named(row, reading, 'users', id);
    if (models && models.length > 0) byModels.set(models.join('\n'), [...(byModels.get(models.join('\n')) ?? []), id]);
  }
  return [...byModels].map(([models, members]) =>
    rule({ workspace: 'default', models: models.split('\n'), workspaces: [], members, keys: [] }),
  );
}

function rulesOfKeys(rows: readonly Row[], keys: readonly WantedKey[], reading: Reading): readonly WantedGuardrail[] {
  const quiet = { ...reading, losses: { tell: () => {}, lines: () => [] } };
  const workspaces = new Map(keys.map(({ known, workspace }) => [known?.hash, workspace]));
  const byModels = new Map<string, string[]>();
  for (const row of rows) {
    const token = textIn(row, 'token') ?? '';
    const hash = HASH.test(token) ? token : digestOf(token);
    const workspace = workspaces.get(hash);
    const models = workspace === undefined ? null : named(row, quiet, '', '');
    if (!models || models.length === 0) continue;
    const name = `${workspace}\n${models.join('\n')}`;
    byModels.set(name, [...(byModels.get(name) ?? []), hash]);
  }
  return [...byModels].map(([name, hashes]) => {
    const [workspace = 'default', ...models] = name.split('\n');
    return rule({ workspace, models, workspaces: [], members: [], keys: hashes });
  });
}

type Rule = {
  readonly workspace: string;
  readonly models: readonly string[];
  readonly workspaces: readonly string[];
  readonly members: readonly string[];
  readonly keys: readonly string[];
};

/** One for each list, called by it, so that a second import finds it again. */
function rule({ workspace, models, workspaces, members, keys }: Rule): WantedGuardrail {
  const on = workspaces.length > 0 ? 'team' : members.length > 0 ? 'users' : 'keys';
  return {
    workspace,
    name: `LiteLLM ${on} ${digestOf(models.join('\n')).slice(0, 8)}`,
    fields: { description: 'Models that were allowed there.', allowed_models: models },
    on: { organization: false, workspaces, members, keys },
  };
}

/** By the file's own list, else by what models are called here. `openai/*` is all that an author has. */
export function meaningOf(
  meanings: ReadonlyMap<string, string>,
  catalog: { readonly models: ReadonlyMap<string, unknown> },
  resolve: (name: string) => string | undefined,
): Meaning {
  return (name) => {
    const known = meanings.get(name);
    if (known !== undefined && !known.includes('*')) return [known];
    if (!name.includes('*')) {
      const id = resolve(name);
      return id === undefined ? undefined : [id];
    }
    const beginning = name.slice(0, name.indexOf('*'));
    const all = beginning === '' ? [] : [...catalog.models.keys()].filter((id) => id.startsWith(beginning));
    return all.length > 0 ? all : undefined;
  };
}
