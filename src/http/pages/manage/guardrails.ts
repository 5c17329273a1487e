import { DATA_REGIONS } from '../../../access/guardrails.ts';
import type { JsonObject } from '../../../base/json.ts';
import { BUILTINS } from '../../../content/builtins.ts';
import { copyable } from '../code.ts';
import type { Field } from '../form.ts';
import { valuesOf } from '../form-body.ts';
import { html, type Part } from '../html.ts';
import { listOf, type Managing } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';
import { pagesOf } from './pages.ts';
import { amountOf, NONE, textIn, timeOf, workspaceLinks } from './words.ts';

/** By id. */
type About = { readonly workspaces: ReadonlyMap<string, string> };

async function aboutOf({ api }: Managing): Promise<About> {
  const answer = await api({ method: 'GET', path: '/workspaces', query: { limit: '100' } });
  const rows = answer.ok ? listOf(answer.json) : [];
  return { workspaces: new Map(rows.map((row) => [textIn(row, 'id'), textIn(row, 'name')])) };
}

const list = (name: string, label: string, hint: string): Field => ({
  name,
  label,
  kind: 'lines',
  empty: 'null',
  hint,
});
const whether = (name: string, label: string): Field => ({ name, label, kind: 'whether', empty: 'null' });

const NAMED: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', required: true },
  { name: 'description', label: 'Description', kind: 'words', empty: 'null' },
];
const RULES: readonly Field[] = [
  {
    name: 'limit_usd',
    label: 'Limit in US dollars',
    kind: 'money',
    empty: 'null',
    hint: 'For each key and each member that it is put on.',
  },
  {
    name: 'reset_interval',
    label: 'Limit starts afresh',
    kind: {
      options: [
        ['', 'no limit'],
        ['daily', 'daily'],
        ['weekly', 'weekly'],
        ['monthly', 'monthly'],
      ],
    },
    empty: 'null',
  },
  { name: 'include_byok_in_budgets', label: 'Calls on provider keys of your own count, too', kind: 'switch' },
  list('allowed_models', 'Only these models', 'One slug on each line; empty = all.'),
  list('ignored_models', 'Never these models', 'One slug on each line.'),
  list('allowed_providers', 'Only these providers', 'One slug on each line; empty = all.'),
  list('ignored_providers', 'Never these providers', 'One slug on each line.'),
  list('allowed_data_regions', 'Only in these regions', `One on each line: ${DATA_REGIONS.join(', ')}; empty = all.`),
  list(
    'allowed_ips',
    'Only from these addresses',
    'An address or a block such as 10.0.0.0/8 on each line; empty = all.',
  ),
  whether('enforce_zdr_anthropic', 'Zero retention at Anthropic'),
  whether('enforce_zdr_openai', 'Zero retention at OpenAI'),
  whether('enforce_zdr_google', 'Zero retention at Google'),
  whether('enforce_zdr_xai', 'Zero retention at xAI'),
  whether('enforce_zdr_other', 'Zero retention everywhere else'),
  whether('enable_paid_model_training', 'Hosts of paid models may train on prompts'),
  whether('enable_free_model_training', 'Hosts of free models may train on prompts'),
  whether('enable_free_model_publication', 'Hosts of free models may publish prompts'),
  {
    name: 'content_filters',
    label: 'Filters of your own',
    kind: 'json-list',
    empty: 'null',
    hint: html`As JSON: <code>[{"action": "redact", "pattern": "PRJ-[0-9]{6}", "label": "project"}]</code>; the actions are redact, block and flag.`,
  },
  {
    name: 'content_filter_builtins',
    label: 'Filters that are built in',
    kind: 'json-list',
    empty: 'null',
    hint: html`As JSON: <code>[{"slug": "${BUILTINS[0]}", "action": "redact"}]</code>. There are ${BUILTINS.join(', ')}.`,
  },
];

const create = ({ workspaces }: About, { caller }: Managing): Action => ({
  name: 'new',
  label: 'Make the guardrail',
  fields: [...NAMED, { name: 'workspace_id', label: 'Workspace', kind: { options: [...workspaces] } }, ...RULES],
  values: { workspace_id: caller.workspaceId },
  call: (body) => ({ method: 'POST', path: '/guardrails', body }),
  done: 'made',
});

/** What it is put on: keys by their hashes, members by their ids. */
async function putOn(guardrail: JsonObject, { api }: Managing): Promise<readonly Section[]> {
  const params = { id: textIn(guardrail, 'id') };
  const rows = async (path: string): Promise<readonly JsonObject[]> => {
    const answer = await api({ method: 'GET', path, params, query: { limit: '100' } });
    return answer.ok ? listOf(answer.json) : [];
  };
  const section = async (
    kind: 'keys' | 'members',
    field: string,
    label: string,
    shown: (row: JsonObject) => Part,
  ): Promise<Section> => {
    const path = `/guardrails/:id/assignments/${kind}`;
    const assigned = await rows(path);
    const fields: readonly Field[] = [{ name: field, label, kind: 'lines', required: true }];
    const ids = assigned.map((row) => textIn(row, kind === 'keys' ? 'key_hash' : 'user_id'));
    return {
      id: kind,
      title: kind === 'keys' ? 'On keys' : 'On members',
      content: html`<ul class="plain">${assigned.length === 0 ? html`<li class="none">none</li>` : assigned.map((row) => html`<li>${shown(row)}</li>`)}</ul>`,
      actions: [
        {
          name: `put-on-${kind}`,
          label: 'Put it on them',
          folded: 'Put it on more',
          fields,
          values: {},
          call: (body) => ({ method: 'POST', path, params, body }),
          done: 'saved',
        },
        {
          name: `take-off-${kind}`,
          label: 'Take it off them',
          folded: 'Take it off',
          fields,
          values: { [field]: ids.join('\n') },
          call: (body) => ({ method: 'POST', path: `${path}/remove`, params, body }),
          done: 'saved',
        },
      ],
    };
  };
  return Promise.all([
    section(
      'keys',
      'key_hashes',
      'Hashes of keys, one on each line',
      (row) =>
        html`<a href="/settings/keys/${textIn(row, 'key_hash')}">${textIn(row, 'key_name')}</a> <code>${textIn(row, 'key_label')}</code>`,
    ),
    section(
      'members',
      'member_user_ids',
      'Ids of members, one on each line',
      (row) => html`<code>${textIn(row, 'user_id')}</code>`,
    ),
  ]);
}

async function sections(guardrail: JsonObject, _: About, managing: Managing): Promise<readonly Section[]> {
  const fields = [...NAMED, ...RULES];
  const params = { id: textIn(guardrail, 'id') };
  return [
    {
      id: 'rules',
      title: 'Rules',
      actions: [
        {
          name: 'edit',
          label: 'Save',
          fields,
          values: valuesOf(fields, guardrail),
          call: (body) => ({ method: 'PATCH', path: '/guardrails/:id', params, body }),
          done: 'saved',
        },
      ],
    },
    ...(await putOn(guardrail, managing)),
    {
      id: 'end',
      title: 'Delete',
      actions: [
        {
          name: 'delete',
          label: 'Delete the guardrail',
          folded: 'Delete',
          lead: 'What it was put on is held to nothing of it any more.',
          fields: [],
          values: {},
          call: () => ({ method: 'DELETE', path: '/guardrails/:id', params }),
          done: 'deleted',
          isGone: true,
        },
      ],
    },
  ];
}

/** What it demands, in few words. */
function demands(guardrail: JsonObject): string {
  const told = RULES.filter(({ name, kind }) => {
    const value = guardrail[name];
    return kind !== 'switch' && name !== 'reset_interval' && value !== null && value !== undefined;
  });
  return told.map(({ label }) => label).join(', ');
}

const limit = (guardrail: JsonObject): Part =>
  guardrail.limit_usd === null
    ? NONE
    : html`${amountOf(guardrail.limit_usd)} <small>${textIn(guardrail, 'reset_interval')}</small>`;

const GUARDRAILS: Noun<About> = {
  path: '/settings/guardrails',
  one: 'guardrail',
  many: 'Guardrails',
  verb: 'manage-guardrails',
  lead: 'What calls of a key, a member or a whole workspace are held to: models, providers, regions, retention, addresses, money.',
  list: { method: 'GET', path: '/guardrails' },
  ofWorkspace: true,
  read: (id) => ({ method: 'GET', path: '/guardrails/:id', params: { id } }),
  idOf: (guardrail) => textIn(guardrail, 'id'),
  titleOf: (guardrail) => textIn(guardrail, 'name'),
  beside: (guardrail) => copyable(textIn(guardrail, 'id')),
  about: aboutOf,
  facts: (guardrail, { workspaces }) => [
    textIn(guardrail, 'description'),
    html`workspace: ${workspaces.get(textIn(guardrail, 'workspace_id')) ?? ''}`,
    html`made ${timeOf(guardrail.created_at)}`,
  ],
  columns: () => [
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: (guardrail) => textIn(guardrail, 'name'),
      cell: (guardrail) =>
        html`<a href="/settings/guardrails/${textIn(guardrail, 'id')}">${textIn(guardrail, 'name')}</a>`,
    },
    {
      key: 'limit',
      label: 'Limit',
      kind: 'number',
      sortBy: (guardrail) => Number(guardrail.limit_usd ?? 0),
      cell: limit,
    },
    { key: 'demands', label: 'Demands', kind: 'text', cell: (guardrail) => demands(guardrail) || NONE },
    {
      key: 'created',
      label: 'Made',
      kind: 'text',
      sortBy: (guardrail) => textIn(guardrail, 'created_at'),
      cell: (guardrail) => timeOf(guardrail.created_at),
    },
  ],
  filters: () => [{ name: 'q', label: 'Search guardrails', match: 'search', field: 'text' }],
  fields: (guardrail) => ({ text: `${textIn(guardrail, 'name')} ${textIn(guardrail, 'description')}`.toLowerCase() }),
  empty: 'There is no guardrail in this workspace yet.',
  around: (_, { workspaces }, { request, caller }) => ({
    above: workspaceLinks('/settings/guardrails', workspaces, request.query.workspace_id ?? caller.workspaceId),
  }),
  create,
  sections,
};

export const GUARDRAIL_PAGES = pagesOf(GUARDRAILS);
