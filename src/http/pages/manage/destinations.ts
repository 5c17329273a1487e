import type { JsonObject } from '../../../base/json.ts';
import { KIND_NAMES, type KindName } from '../../../telemetry/destinations/kinds.ts';
import type { Field } from '../form.ts';
import { type Html, html } from '../html.ts';
import { configFields } from './destination-fields.ts';
import { listOf, type Managing } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';
import { pagesOf } from './pages.ts';
import { endOf, isEnabledWords, settingsOf } from './switched.ts';
import { numberIn, textIn, timeOf, workspaceLinks } from './words.ts';

/** By id. */
type About = { readonly workspaces: ReadonlyMap<string, string> };

async function aboutOf({ api }: Managing): Promise<About> {
  const answer = await api({ method: 'GET', path: '/workspaces', query: { limit: '100' } });
  const rows = answer.ok ? listOf(answer.json) : [];
  return { workspaces: new Map(rows.map((row) => [textIn(row, 'id'), textIn(row, 'name')])) };
}

const kindIn = (text: string): KindName | undefined => KIND_NAMES.find((name) => name === text);
const NAME: Field = { name: 'name', label: 'Name', kind: 'text', required: true };

/** What is sent, and of which calls. */
const SENT: readonly Field[] = [
  { name: 'broadcast_generation_cost', label: 'Say what calls cost', kind: 'switch' },
  { name: 'broadcast_generation_identity', label: 'Say by which key and for which user', kind: 'switch' },
  { name: 'broadcast_generation_request_context', label: 'Say from which app and session', kind: 'switch' },
  { name: 'privacy_mode', label: 'Never send what is said in calls', kind: 'switch' },
  { name: 'sampling_rate', label: 'Share of calls', kind: 'number', hint: 'From 0.0001 to 1; 1 = all.' },
  {
    name: 'api_key_hashes',
    label: 'API keys',
    kind: 'lines',
    empty: 'null',
    hint: html`Hashes of <a href="/settings/keys">keys</a>, one on each line; empty = all.`,
  },
  {
    name: 'filter_rules',
    label: 'Rules',
    kind: 'json',
    empty: 'null',
    hint: html`As JSON, such as <code>{"groups": [{"rules": [{"field": "total_cost", "operator": "gt", "value": 0.01}]}]}</code>.`,
  },
];

function create({ workspaces }: About, { request, caller }: Managing): Action | Html {
  const kind = kindIn(request.query.type ?? '');
  if (kind === undefined)
    return html`<p class="lead">What takes the receipts?</p><ul class="cards">${KIND_NAMES.map((name) => html`<li><a href="/settings/new/destinations?type=${name}">${name}</a></li>`)}</ul>`;
  return {
    name: 'new',
    label: 'Make the destination',
    lead: kind,
    fields: [
      NAME,
      { name: 'workspace_id', label: 'Workspace', kind: { options: [...workspaces] } },
      ...configFields(kind, 'new'),
      ...SENT,
    ],
    values: { workspace_id: caller.workspaceId, 'config.method': 'POST' },
    call: (body) => ({
      method: 'POST',
      path: '/observability/destinations',
      body: { type: kind, config: {}, ...body },
    }),
    done: 'made',
  };
}

async function sections(destination: JsonObject): Promise<readonly Section[]> {
  const kind = kindIn(textIn(destination, 'type'));
  const fields = [NAME, ...(kind ? configFields(kind, 'there') : []), ...SENT];
  const params = { id: textIn(destination, 'id') };
  const switched = { object: destination, one: 'destination', path: '/observability/destinations/:id', params };
  return [
    settingsOf(switched, { fields, lead: 'Secrets are shown with dots: left so, they stay as they are.' }),
    endOf(switched, 'What was not sent yet is not sent any more.'),
  ];
}

const DESTINATIONS: Noun<About> = {
  path: '/settings/destinations',
  one: 'destination',
  many: 'Destinations',
  verb: 'manage-observability',
  lead: 'Where the receipts of a workspace are sent to, as OpenTelemetry traces: a collector, a product for observing models, or an address of your own.',
  list: { method: 'GET', path: '/observability/destinations' },
  read: (id) => ({ method: 'GET', path: '/observability/destinations/:id', params: { id } }),
  idOf: (destination) => textIn(destination, 'id'),
  titleOf: (destination) => textIn(destination, 'name'),
  beside: (destination) => html`<code>${textIn(destination, 'type')}</code>`,
  about: aboutOf,
  facts: (destination, { workspaces }) => [
    isEnabledWords(destination),
    html`workspace: ${workspaces.get(textIn(destination, 'workspace_id')) ?? ''}`,
    html`${numberIn(destination, 'sampling_rate') * 100}% of calls`,
    html`made ${timeOf(destination.created_at)}`,
  ],
  columns: ({ workspaces }) => [
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: (destination) => textIn(destination, 'name'),
      cell: (destination) =>
        html`<a href="/settings/destinations/${textIn(destination, 'id')}">${textIn(destination, 'name')}</a>`,
    },
    {
      key: 'type',
      label: 'Type',
      kind: 'text',
      sortBy: (row) => textIn(row, 'type'),
      cell: (row) => textIn(row, 'type'),
    },
    {
      key: 'workspace',
      label: 'Workspace',
      kind: 'text',
      cell: (destination) => workspaces.get(textIn(destination, 'workspace_id')) ?? '',
    },
    { key: 'state', label: 'State', kind: 'text', sortBy: (row) => String(row.enabled), cell: isEnabledWords },
    {
      key: 'created',
      label: 'Made',
      kind: 'text',
      sortBy: (destination) => textIn(destination, 'created_at'),
      cell: (destination) => timeOf(destination.created_at),
    },
  ],
  filters: () => [{ name: 'q', label: 'Search destinations', match: 'search', field: 'text' }],
  fields: (destination) => ({ text: `${textIn(destination, 'name')} ${textIn(destination, 'type')}`.toLowerCase() }),
  empty: 'There is no destination in this workspace yet.',
  ofWorkspace: true,
  around: (_, { workspaces }, { request, caller }) => ({
    above: workspaceLinks('/settings/destinations', workspaces, request.query.workspace_id ?? caller.workspaceId),
  }),
  create,
  sections,
};

export const DESTINATION_PAGES = pagesOf(DESTINATIONS);
