import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../../base/json.ts';
import type { Field } from '../form.ts';
import { type Html, html } from '../html.ts';
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

const FIELDS: readonly Field[] = [
  {
    name: 'name',
    label: 'Name',
    kind: 'text',
    required: true,
    hint: 'Small letters, digits, - and _. Calls name the server by it, and its tools begin with it.',
  },
  { name: 'url', label: 'Address', kind: 'text', required: true, placeholder: 'https://mcp.example.com/mcp' },
  {
    name: 'headers',
    label: 'Headers',
    kind: 'json',
    empty: 'null',
    hint: html`As JSON, such as <code>{"Authorization": "Bearer …"}</code>. They are kept sealed, and shown with dots: left so, they stay as they are.`,
  },
  {
    name: 'allowed_tools',
    label: 'Allowed tools',
    kind: 'lines',
    empty: 'null',
    hint: 'Names of the server’s tools, one on each line; empty = all.',
  },
  { name: 'timeout_ms', label: 'Time of one use, ms', kind: 'number', hint: 'From 1,000 to 600,000.' },
  {
    name: 'max_uses',
    label: 'Uses in one call',
    kind: 'number',
    empty: 'null',
    hint: 'Empty = as often as other tools.',
  },
];

const create = ({ workspaces }: About, { caller }: Managing): Action => ({
  name: 'new',
  label: 'Add the server',
  fields: [
    ...FIELDS.slice(0, 1),
    { name: 'workspace_id', label: 'Workspace', kind: { options: [...workspaces] } },
    ...FIELDS.slice(1),
  ],
  values: { workspace_id: caller.workspaceId, timeout_ms: '30000' },
  call: (body) => ({ method: 'POST', path: '/mcp/servers', body }),
  done: 'made',
});

const toolRow = (tool: JsonObject): Html =>
  html`<li><code>${stringOf(tool.function_name)}</code> ${stringOf(tool.description)}</li>`;
const leftRow = (tool: JsonObject): Html =>
  html`<li><code>${stringOf(tool.name)}</code> left out: ${stringOf(tool.reason)}</li>`;

/** What the server answers, as text: it is a stranger's. */
function toldTools(json: JsonObject): Html {
  const { tools, left_out } = objectOf(json.data);
  const rows = [...arrayOf(tools).filter(isObject).map(toolRow), ...arrayOf(left_out).filter(isObject).map(leftRow)];
  return rows.length === 0 ? html`<p>It has no tools.</p>` : html`<ul>${rows}</ul>`;
}

async function sections(server: JsonObject): Promise<readonly Section[]> {
  const params = { id: textIn(server, 'id') };
  const path = '/mcp/servers/:id';
  const switched = { object: server, one: 'server', path, params };
  return [
    {
      id: 'tools',
      title: 'Tools',
      lead: html`Calls use them with <code>{"type": "openrouter:mcp", "parameters": {"server": "${textIn(server, 'name')}"}}</code> among their tools.`,
      actions: [
        {
          name: 'tools',
          label: 'Ask the server',
          fields: [],
          values: {},
          call: () => ({ method: 'POST', path: `${path}/tools`, params }),
          done: 'saved',
          shown: toldTools,
        },
      ],
    },
    settingsOf(switched, { fields: FIELDS, lead: 'With another host the headers must be given again.' }),
    endOf(switched),
  ];
}

const MCP_SERVERS: Noun<About> = {
  path: '/settings/mcp-servers',
  one: 'MCP server',
  many: 'MCP servers',
  verb: 'manage-mcp-servers',
  lead: 'Servers of the Model Context Protocol whose tools any model can use in calls of a workspace.',
  list: { method: 'GET', path: '/mcp/servers' },
  read: (id) => ({ method: 'GET', path: '/mcp/servers/:id', params: { id } }),
  idOf: (server) => textIn(server, 'id'),
  titleOf: (server) => textIn(server, 'name'),
  beside: (server) => html`<code>${textIn(server, 'url')}</code>`,
  about: aboutOf,
  facts: (server, { workspaces }) => [
    isEnabledWords(server),
    html`workspace: ${workspaces.get(textIn(server, 'workspace_id')) ?? ''}`,
    html`${numberIn(server, 'timeout_ms') / 1_000} s for one use`,
    html`added ${timeOf(server.created_at)}`,
  ],
  columns: ({ workspaces }) => [
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: (server) => textIn(server, 'name'),
      cell: (server) => html`<a href="/settings/mcp-servers/${textIn(server, 'id')}">${textIn(server, 'name')}</a>`,
    },
    {
      key: 'url',
      label: 'Address',
      kind: 'text',
      sortBy: (server) => textIn(server, 'url'),
      cell: (server) => textIn(server, 'url'),
    },
    {
      key: 'workspace',
      label: 'Workspace',
      kind: 'text',
      cell: (server) => workspaces.get(textIn(server, 'workspace_id')) ?? '',
    },
    { key: 'state', label: 'State', kind: 'text', sortBy: (row) => String(row.enabled), cell: isEnabledWords },
    {
      key: 'created',
      label: 'Added',
      kind: 'text',
      sortBy: (server) => textIn(server, 'created_at'),
      cell: (server) => timeOf(server.created_at),
    },
  ],
  filters: () => [{ name: 'q', label: 'Search servers', match: 'search', field: 'text' }],
  fields: (server) => ({ text: `${textIn(server, 'name')} ${textIn(server, 'url')}`.toLowerCase() }),
  empty: 'There is no MCP server in this workspace yet.',
  ofWorkspace: true,
  around: (_, { workspaces }, { request, caller }) => ({
    above: workspaceLinks('/settings/mcp-servers', workspaces, request.query.workspace_id ?? caller.workspaceId),
  }),
  create,
  sections,
};

export const MCP_SERVER_PAGES = pagesOf(MCP_SERVERS);
