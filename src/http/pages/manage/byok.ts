import type { JsonObject } from '../../../base/json.ts';
import type { Field } from '../form.ts';
import { valuesOf } from '../form-body.ts';
import { html } from '../html.ts';
import { listOf, type Managing } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';
import { pagesOf } from './pages.ts';
import {
  keyActions,
  keyState,
  NAME,
  providerNames,
  providerOf,
  providerOptions,
  SECRET_HINT,
  TEST,
} from './provider-key.ts';
import { numberIn, textIn, timeOf, workspaceLinks } from './words.ts';

type About = {
  readonly names: ReadonlyMap<string, string>;
  readonly options: readonly (readonly [string, string])[];
  /** By id. */
  readonly workspaces: ReadonlyMap<string, string>;
};

async function aboutOf(managing: Managing): Promise<About> {
  const answer = await managing.api({ method: 'GET', path: '/workspaces', query: { limit: '100' } });
  return {
    names: providerNames(managing),
    options: providerOptions(managing.gateway.catalog()),
    workspaces: new Map((answer.ok ? listOf(answer.json) : []).map((row) => [textIn(row, 'id'), textIn(row, 'name')])),
  };
}

/** When the key is used, and by whom. */
const USE: readonly Field[] = [
  {
    name: 'is_fallback',
    label: 'Only when the instance’s own keys have failed',
    kind: 'switch',
  },
  {
    name: 'is_byok_only',
    label: 'Never fall back to the instance’s keys at this provider',
    kind: 'switch',
  },
  {
    name: 'is_required',
    label: 'Calls that it serves go nowhere else',
    kind: 'switch',
  },
  {
    name: 'allowed_models',
    label: 'Models',
    kind: 'lines',
    empty: 'null',
    hint: 'One slug on each line; empty = all.',
    placeholder: 'openai/gpt-4.1-mini',
  },
  {
    name: 'allowed_api_key_hashes',
    label: 'API keys',
    kind: 'lines',
    empty: 'null',
    hint: html`Hashes of <a href="/settings/keys">keys</a>, one on each line; empty = all.`,
  },
];
const ORDER: Field = {
  name: 'sort_order',
  label: 'Place',
  kind: 'number',
  hint: 'Of several keys of a provider, the one with the lowest number is tried first.',
};

const create = ({ options, workspaces }: About, { request, caller }: Managing): Action => ({
  name: 'new',
  label: 'Add the key',
  fields: [
    { name: 'provider', label: 'Provider', kind: { options }, required: true },
    { name: 'key', label: 'Key', kind: 'secret', required: true, hint: SECRET_HINT },
    TEST,
    { ...NAME, empty: 'absent' },
    { name: 'workspace_id', label: 'Workspace', kind: { options: [['', 'all'], ...workspaces] }, empty: 'null' },
    ...USE,
  ],
  values: { provider: request.query.provider ?? '', test: 'true', workspace_id: caller.workspaceId },
  call: (body) => ({ method: 'POST', path: '/byok', body }),
  done: 'made',
});

async function sections(key: JsonObject): Promise<readonly Section[]> {
  const fields = [NAME, ...USE, ORDER];
  const { test, rotate, state, remove } = keyActions(key, '/byok');
  const edit: Action = {
    name: 'edit',
    label: 'Save',
    fields,
    values: valuesOf(fields, key),
    call: (body) => ({ method: 'PATCH', path: '/byok/:id', params: { id: textIn(key, 'id') }, body }),
    done: 'saved',
  };
  return [
    { id: 'settings', title: 'Settings', actions: [edit] },
    { id: 'key', title: 'The key', actions: [test, rotate] },
    { id: 'end', title: 'Switch off or delete', actions: [state, remove] },
  ];
}

const workspaceOf = (key: JsonObject, { workspaces }: About): string =>
  key.workspace_id === null ? 'all' : (workspaces.get(textIn(key, 'workspace_id')) ?? textIn(key, 'workspace_id'));

const BYOK: Noun<About> = {
  path: '/settings/byok',
  one: 'own provider key',
  many: 'Own provider keys',
  verb: 'manage-provider-keys',
  lead: 'Keys at providers that this account pays itself: calls that go by them take nothing of its credits but the fee.',
  list: { method: 'GET', path: '/byok' },
  read: (id) => ({ method: 'GET', path: '/byok/:id', params: { id } }),
  idOf: (key) => textIn(key, 'id'),
  titleOf: (key) => textIn(key, 'name') || textIn(key, 'label'),
  beside: (key) => html`<code>${textIn(key, 'label')}</code>`,
  about: aboutOf,
  facts: (key, about) => [
    html`<a href="/provider/${encodeURIComponent(textIn(key, 'provider'))}">${providerOf(key, about.names)}</a>`,
    keyState(key),
    html`workspace: ${workspaceOf(key, about)}`,
    html`added ${timeOf(key.created_at)}`,
  ],
  columns: (about) => [
    {
      key: 'provider',
      label: 'Provider',
      kind: 'text',
      sortBy: (key) => providerOf(key, about.names),
      cell: (key) => html`<a href="/settings/byok/${textIn(key, 'id')}">${providerOf(key, about.names)}</a>`,
    },
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: (key) => textIn(key, 'name'),
      cell: (key) => textIn(key, 'name'),
    },
    { key: 'label', label: 'Key', kind: 'text', cell: (key) => html`<code>${textIn(key, 'label')}</code>` },
    {
      key: 'workspace',
      label: 'Workspace',
      kind: 'text',
      sortBy: (key) => workspaceOf(key, about),
      cell: (key) => workspaceOf(key, about),
    },
    { key: 'state', label: 'State', kind: 'text', sortBy: (key) => String(key.disabled), cell: keyState },
    {
      key: 'place',
      label: 'Place',
      kind: 'number',
      sortBy: (key) => numberIn(key, 'sort_order'),
      cell: (key) => numberIn(key, 'sort_order'),
    },
    {
      key: 'created',
      label: 'Added',
      kind: 'text',
      sortBy: (key) => textIn(key, 'created_at'),
      cell: (key) => timeOf(key.created_at),
    },
  ],
  filters: () => [{ name: 'q', label: 'Search own provider keys', match: 'search', field: 'text' }],
  fields: (key, { names }) => ({
    text: `${providerOf(key, names)} ${textIn(key, 'name')} ${textIn(key, 'label')}`.toLowerCase(),
  }),
  empty: 'There is no key yet.',
  ofWorkspace: true,
  around: (_, { workspaces }, { request, caller }) => ({
    above: workspaceLinks('/settings/byok', workspaces, request.query.workspace_id ?? caller.workspaceId),
  }),
  create,
  sections,
};

export const BYOK_PAGES = pagesOf(BYOK);
