import type { JsonObject } from '../../../base/json.ts';
import { SORTS } from '../../../call/call.ts';
import { INTERVALS } from '../../../facts/scope.ts';
import { copyable } from '../code.ts';
import type { Field } from '../form.ts';
import { valuesOf } from '../form-body.ts';
import { html } from '../html.ts';
import type { ApiCall } from './api.ts';
import { listOf, type Managing } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';
import { pagesOf } from './pages.ts';
import { amountOf, NONE, pairs, textIn, timeOf } from './words.ts';

const FIELDS: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', required: true },
  {
    name: 'slug',
    label: 'Slug',
    kind: 'text',
    required: true,
    hint: 'What names it in addresses and calls: lower-case words with hyphens.',
  },
  { name: 'description', label: 'Description', kind: 'words', empty: 'null' },
  {
    name: 'default_provider_sort',
    label: 'Hosts are sorted by',
    kind: { options: [['', 'price and speed, drawn by weight'], ...SORTS.map((sort) => [sort, sort] as const)] },
    hint: 'Where a call does not say it itself.',
    empty: 'null',
  },
];

const of = (workspace: JsonObject) => ({ id: textIn(workspace, 'id') });

/** Of each interval what may be spent, and whether own provider keys count. */
function budgetActions(workspace: JsonObject, budgets: readonly JsonObject[]): readonly Action[] {
  const byok = String(workspace.include_byok_in_budgets === true);
  return INTERVALS.flatMap((interval) => {
    const reset = interval === 'lifetime' ? null : interval;
    const now = budgets.find((budget) => budget.reset_interval === reset);
    const params = { ...of(workspace), interval };
    const path = '/workspaces/:id/budgets/:interval';
    const fields: readonly Field[] = [
      { name: 'limit_usd', label: `${WORDS[interval]}, in US dollars`, kind: 'money', required: true },
      { name: 'include_byok_in_budgets', label: 'Calls on provider keys of your own count, too', kind: 'switch' },
    ];
    const values = { ...valuesOf(fields, now ?? {}), include_byok_in_budgets: byok };
    const set: Action = {
      name: `budget-${interval}`,
      label: now ? 'Change' : 'Set',
      fields,
      values,
      call: (body) => ({ method: 'PUT', path, params, body }),
      done: 'saved',
      folded: now ? `${WORDS[interval]}: $${now.limit_usd}` : `${WORDS[interval]}: no limit`,
    };
    const remove: Action = {
      name: `no-budget-${interval}`,
      label: 'Take it away',
      fields: [],
      values: {},
      call: () => ({ method: 'DELETE', path, params }),
      done: 'saved',
      folded: `${WORDS[interval]}: take the limit away`,
    };
    return now ? [set, remove] : [set];
  });
}
const WORDS = { daily: 'Each day', weekly: 'Each week', monthly: 'Each month', lifetime: 'In all' } as const;

async function rowsOf({ api }: Managing, call: ApiCall): Promise<readonly JsonObject[]> {
  const answer = await api(call);
  return answer.ok ? listOf(answer.json) : [];
}

async function sections(workspace: JsonObject, _: null, managing: Managing): Promise<readonly Section[]> {
  const params = of(workspace);
  const [budgets, members, keys] = await Promise.all([
    rowsOf(managing, { method: 'GET', path: '/workspaces/:id/budgets', params }),
    rowsOf(managing, { method: 'GET', path: '/workspaces/:id/members', params }),
    rowsOf(managing, { method: 'GET', path: '/keys', query: { workspace_id: params.id, include_disabled: 'true' } }),
  ]);
  return [
    {
      id: 'settings',
      title: 'Settings',
      actions: [
        {
          name: 'edit',
          label: 'Save',
          fields: FIELDS,
          values: valuesOf(FIELDS, workspace),
          call: (body) => ({ method: 'PATCH', path: '/workspaces/:id', params, body }),
          done: 'saved',
        },
      ],
    },
    {
      id: 'budgets',
      title: 'Budgets',
      lead: 'What all its keys together may spend. Days, weeks and months begin at midnight UTC.',
      actions: budgetActions(workspace, budgets),
    },
    {
      id: 'members',
      title: 'Members',
      content: pairs(members.map((member) => [textIn(member, 'user_id'), textIn(member, 'role')])),
    },
    {
      id: 'keys',
      title: 'Keys',
      content: html`${pairs(
        keys.map((key) => [
          textIn(key, 'name'),
          html`<a href="/settings/keys/${textIn(key, 'hash')}"><code>${textIn(key, 'label')}</code></a> ${amountOf(key.usage)}`,
        ]),
      )}<p class="more"><a href="/settings/keys?workspace=${params.id}">All keys of this workspace</a></p>`,
    },
    {
      id: 'end',
      title: 'Delete',
      actions: [
        {
          name: 'delete',
          label: 'Delete the workspace',
          folded: 'Delete',
          lead: 'Only one without keys can be deleted. Its receipts stay.',
          fields: [],
          values: {},
          call: () => ({ method: 'DELETE', path: '/workspaces/:id', params }),
          done: 'deleted',
          isGone: true,
        },
      ],
    },
  ];
}

const WORKSPACES: Noun<null> = {
  path: '/settings/workspaces',
  one: 'workspace',
  many: 'Workspaces',
  verb: 'manage-workspaces',
  lead: 'Parts of the account with keys, presets and budgets of their own: one for each team or product.',
  list: { method: 'GET', path: '/workspaces' },
  read: (id) => ({ method: 'GET', path: '/workspaces/:id', params: { id } }),
  idOf: (workspace) => textIn(workspace, 'id'),
  titleOf: (workspace) => textIn(workspace, 'name'),
  beside: (workspace) => copyable(textIn(workspace, 'slug')),
  about: async () => null,
  facts: (workspace) => [textIn(workspace, 'description'), html`made ${timeOf(workspace.created_at)}`],
  columns: () => [
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: (workspace) => textIn(workspace, 'name'),
      cell: (workspace) =>
        html`<a href="/settings/workspaces/${textIn(workspace, 'id')}">${textIn(workspace, 'name')}</a>`,
    },
    { key: 'slug', label: 'Slug', kind: 'text', cell: (workspace) => html`<code>${textIn(workspace, 'slug')}</code>` },
    {
      key: 'description',
      label: 'Description',
      kind: 'text',
      cell: (workspace) => textIn(workspace, 'description') || NONE,
    },
    {
      key: 'created',
      label: 'Made',
      kind: 'text',
      sortBy: (workspace) => textIn(workspace, 'created_at'),
      cell: (workspace) => timeOf(workspace.created_at),
    },
  ],
  filters: () => [{ name: 'q', label: 'Search workspaces', match: 'search', field: 'text' }],
  fields: (workspace) => ({ text: `${textIn(workspace, 'name')} ${textIn(workspace, 'slug')}`.toLowerCase() }),
  empty: 'There is no workspace yet.',
  create: () => ({
    name: 'new',
    label: 'Make the workspace',
    fields: FIELDS,
    values: {},
    call: (body) => ({ method: 'POST', path: '/workspaces', body }),
    done: 'made',
  }),
  sections,
};

export const WORKSPACE_PAGES = pagesOf(WORKSPACES);
