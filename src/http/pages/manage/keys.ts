import type { JsonObject } from '../../../base/json.ts';
import { RESETS } from '../../../base/period.ts';
import { copyable } from '../code.ts';
import type { Field } from '../form.ts';
import { valuesOf } from '../form-body.ts';
import { type Html, html, type Part } from '../html.ts';
import { listOf, type Managing } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';
import { pagesOf } from './pages.ts';
import { amountOf, NONE, numberIn, pairs, stateWords, textIn, timeOf } from './words.ts';

/** The workspaces of the account, by id. */
type About = { readonly workspaces: ReadonlyMap<string, string>; readonly now: number };

async function aboutOf({ api, gateway }: Managing): Promise<About> {
  const answer = await api({ method: 'GET', path: '/workspaces', query: { limit: '100' } });
  const rows = answer.ok ? listOf(answer.json) : [];
  return {
    workspaces: new Map(rows.map((row) => [textIn(row, 'id'), textIn(row, 'name')])),
    now: gateway.world.now(),
  };
}

const RESET_OPTIONS = [['', 'never'], ...RESETS.map((reset) => [reset, reset] as const)] as const;
const COUNT_HINTS = 'Whoever asks for more is told to wait.';

/** What a key may; of a key that there is an empty field takes a limit away. */
const limitFields = (empty: 'absent' | 'null'): readonly Field[] => [
  { name: 'limit', label: 'Limit in US dollars', kind: 'money', empty, hint: 'Calls beyond it are refused.' },
  {
    name: 'limit_reset',
    label: 'Limit starts afresh',
    kind: { options: RESET_OPTIONS },
    empty,
    hint: 'At midnight UTC; weeks begin on Mondays.',
  },
  {
    name: 'include_byok_in_limit',
    label: 'Calls on provider keys of your own count, too',
    kind: 'switch',
  },
  { name: 'rpm_limit', label: 'Requests a minute', kind: 'number', empty, hint: COUNT_HINTS },
  { name: 'tpm_limit', label: 'Tokens a minute', kind: 'number', empty },
  { name: 'max_parallel_requests', label: 'Calls at once', kind: 'number', empty },
  { name: 'expires_at', label: 'Expires, in UTC', kind: 'moment', empty },
];
const NAME: Field = {
  name: 'name',
  label: 'Name',
  kind: 'text',
  required: true,
  hint: 'Which program or person it is for.',
};

const isExpired = (key: JsonObject, now: number): boolean =>
  typeof key.expires_at === 'string' && Date.parse(key.expires_at) <= now;
const stateIn = (key: JsonObject, now: number): string =>
  key.disabled === true ? 'off' : isExpired(key, now) ? 'expired' : 'on';

const state = (key: JsonObject, now: number): Html =>
  stateWords(stateIn(key, now) === 'on', { on: 'on', off: stateIn(key, now) });

/** What it has spent of what it may, in the present interval. */
function spent(key: JsonObject): Part {
  if (typeof key.limit !== 'number') return html`${amountOf(key.usage)} <small>no limit</small>`;
  const reset = textIn(key, 'limit_reset');
  return html`${amountOf(key.limit - numberIn(key, 'limit_remaining'))} <small>of $${key.limit}${reset && ` ${reset}`}</small>`;
}

/** The only moment at which the key can be read. */
function newKey(json: JsonObject, words: string): Html {
  const data = json.data as JsonObject;
  return html`<div class="secret" role="status"><p><strong>${words}</strong> It is shown this once: keep it where your program finds it.</p>
<p>${copyable(textIn(json, 'key'))}</p>
<p><a href="/settings/keys/${textIn(data, 'hash')}">${textIn(data, 'name')}</a></p></div>`;
}

function create({ workspaces }: About, { caller }: Managing): Action {
  const fields: readonly Field[] = [
    NAME,
    { name: 'workspace_id', label: 'Workspace', kind: { options: [...workspaces] } },
    ...limitFields('absent'),
  ];
  return {
    name: 'new',
    label: 'Make the key',
    fields,
    values: { workspace_id: caller.workspaceId },
    call: (body) => ({ method: 'POST', path: '/keys', body }),
    done: 'made',
    shown: (json) => newKey(json, 'The key is made.'),
  };
}

const patch = (key: JsonObject, body: JsonObject) => ({
  method: 'PATCH' as const,
  path: '/keys/:hash',
  params: { hash: textIn(key, 'hash') },
  body,
});

async function sections(key: JsonObject, { workspaces }: About): Promise<readonly Section[]> {
  const fields = [NAME, ...limitFields('null')];
  const isOff = key.disabled === true;
  return [
    {
      id: 'settings',
      title: 'Settings',
      actions: [
        {
          name: 'edit',
          label: 'Save',
          fields,
          values: valuesOf(fields, key),
          call: (body) => patch(key, body),
          done: 'saved',
        },
      ],
    },
    {
      id: 'use',
      title: 'Use',
      content: pairs([
        ['Today', amountOf(key.usage_daily)],
        ['This week', amountOf(key.usage_weekly)],
        ['This month', amountOf(key.usage_monthly)],
        ['In all', amountOf(key.usage)],
        ['On own provider keys', amountOf(key.byok_usage)],
        ['Last used', timeOf(key.last_used_at)],
        ['Made', timeOf(key.created_at)],
        ['Workspace', workspaces.get(textIn(key, 'workspace_id')) ?? NONE],
        ['Kind', key.is_management_key === true ? 'manages the account, makes no calls' : 'makes calls'],
      ]),
    },
    {
      id: 'end',
      title: isOff ? 'Switch on or delete' : 'Switch off or delete',
      actions: [
        {
          name: 'state',
          label: isOff ? 'Switch on' : 'Switch off',
          lead: isOff
            ? 'It is refused wherever it is used.'
            : 'It is refused from then on, until it is switched on again.',
          fields: [],
          values: {},
          call: () => patch(key, { disabled: !isOff }),
          done: isOff ? 'enabled' : 'disabled',
        },
        {
          name: 'delete',
          label: 'Delete the key',
          folded: 'Delete',
          lead: 'Its receipts and what it has spent stay. A deleted key cannot be had back.',
          fields: [],
          values: {},
          call: () => ({ method: 'DELETE', path: '/keys/:hash', params: { hash: textIn(key, 'hash') } }),
          done: 'deleted',
          isGone: true,
        },
      ],
    },
  ];
}

const KEYS: Noun<About> = {
  path: '/settings/keys',
  one: 'API key',
  many: 'API keys',
  verb: 'have-keys',
  lead: 'What programs sign their calls with. Each may have a limit of money, of requests, and an end.',
  list: { method: 'GET', path: '/keys', query: { include_disabled: 'true' } },
  read: (hash) => ({ method: 'GET', path: '/keys/:hash', params: { hash } }),
  idOf: (key) => textIn(key, 'hash'),
  titleOf: (key) => textIn(key, 'name'),
  beside: (key) => html`<code>${textIn(key, 'label')}</code>${copyable(textIn(key, 'hash'))}`,
  about: aboutOf,
  facts: (key, { now }) => [state(key, now), html`${spent(key)} spent`, html`last used ${timeOf(key.last_used_at)}`],
  columns: ({ workspaces, now }) => [
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: (key) => textIn(key, 'name'),
      cell: (key) => html`<a href="/settings/keys/${textIn(key, 'hash')}">${textIn(key, 'name')}</a>`,
    },
    { key: 'label', label: 'Key', kind: 'text', cell: (key) => html`<code>${textIn(key, 'label')}</code>` },
    {
      key: 'workspace',
      label: 'Workspace',
      kind: 'text',
      sortBy: (key) => workspaces.get(textIn(key, 'workspace_id')) ?? '',
      cell: (key) => workspaces.get(textIn(key, 'workspace_id')) ?? NONE,
    },
    { key: 'state', label: 'State', kind: 'text', sortBy: (key) => stateIn(key, now), cell: (key) => state(key, now) },
    { key: 'spent', label: 'Spent', kind: 'number', sortBy: (key) => numberIn(key, 'usage'), cell: spent },
    {
      key: 'used',
      label: 'Last used',
      kind: 'text',
      sortBy: (key) => textIn(key, 'last_used_at'),
      cell: (key) => timeOf(key.last_used_at),
    },
    {
      key: 'expires',
      label: 'Expires',
      kind: 'text',
      sortBy: (key) => textIn(key, 'expires_at'),
      cell: (key) => timeOf(key.expires_at),
    },
  ],
  filters: ({ workspaces }) => [
    { name: 'q', label: 'Search keys', match: 'search', field: 'text' },
    {
      name: 'workspace',
      label: 'Workspace',
      match: 'word',
      field: 'workspace',
      options: [...workspaces],
    },
    {
      name: 'state',
      label: 'State',
      match: 'word',
      field: 'state',
      options: [
        ['on', 'on'],
        ['off', 'off'],
        ['expired', 'expired'],
      ],
    },
  ],
  fields: (key, { now }) => ({
    text: `${textIn(key, 'name')} ${textIn(key, 'label')} ${textIn(key, 'hash')}`.toLowerCase(),
    workspace: textIn(key, 'workspace_id').toLowerCase(),
    state: stateIn(key, now),
  }),
  empty: 'There is no key yet.',
  create,
  sections,
};

export const KEY_PAGES = pagesOf(KEYS);
