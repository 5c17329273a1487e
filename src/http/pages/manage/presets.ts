import { isObject, type JsonObject, objectOf } from '../../../base/json.ts';
import { STATUSES } from '../../../presets/preset.ts';
import { codeBlock, copyable } from '../code.ts';
import type { Field } from '../form.ts';
import { valuesOf } from '../form-body.ts';
import { type Html, html } from '../html.ts';
import type { ApiCall } from './api.ts';
import { listOf, type Managing } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';
import { pagesOf } from './pages.ts';
import { numberIn, stateWords, textIn, timeOf } from './words.ts';

/** How a call is made: what a version of a preset says. */
const SAID: readonly Field[] = [
  {
    name: 'model',
    label: 'Model',
    kind: 'text',
    placeholder: 'openai/gpt-4.1-mini',
    hint: 'Empty = the caller names one.',
  },
  { name: 'system', label: 'System prompt', kind: 'words' },
  { name: 'temperature', label: 'Temperature', kind: 'number' },
  { name: 'max_tokens', label: 'Most tokens of an answer', kind: 'number' },
  {
    name: 'more',
    label: 'Other fields of a request',
    kind: 'json',
    hint: html`As JSON, such as <code>{"provider": {"sort": "price"}, "top_p": 0.9}</code>. <a href="/docs/request">All fields</a>.`,
  },
];

/** A version is kept from a request that says the same. */
function capture(slug: string, { system, more, slug: _, ...config }: JsonObject): ApiCall {
  const messages = typeof system === 'string' ? [{ role: 'system', content: system }] : [];
  const body = { ...(isObject(more) && more), ...config, ...(messages.length > 0 && { messages }) };
  return { method: 'POST', path: '/presets/:slug/chat/completions', params: { slug }, body };
}

const create: Action = {
  name: 'new',
  label: 'Make the preset',
  fields: [
    {
      name: 'slug',
      label: 'Slug',
      kind: 'text',
      required: true,
      hint: 'What calls name it by: lower-case words with hyphens.',
    },
    ...SAID,
  ],
  values: {},
  call: (body) => capture(textIn(body, 'slug'), body),
  done: 'made',
};

const configWords = (version: JsonObject): Html =>
  html`${version.system_prompt !== null && codeBlock('text', textIn(version, 'system_prompt'), 'System prompt')}${codeBlock('json', JSON.stringify(version.config, null, 2), 'Fields')}`;

function versionTable(versions: readonly JsonObject[], designated: string): Html {
  return html`${versions.map(
    (version) =>
      html`<details class="folded"${textIn(version, 'id') === designated && html` open`}><summary>Version ${numberIn(version, 'version')}, ${timeOf(version.created_at)}${textIn(version, 'id') === designated && ': calls are made with it'}</summary>${configWords(version)}</details>`,
  )}`;
}

const end = (params: { readonly slug: string }): Section => ({
  id: 'end',
  title: 'Delete',
  actions: [
    {
      name: 'delete',
      label: 'Delete the preset',
      folded: 'Delete',
      lead: 'Calls that name it are refused from then on. All its versions go.',
      fields: [],
      values: {},
      call: () => ({ method: 'DELETE', path: '/presets/:slug', params }),
      done: 'deleted',
      isGone: true,
    },
  ],
});

async function sections(preset: JsonObject, _: null, { api, request }: Managing): Promise<readonly Section[]> {
  const slug = textIn(preset, 'slug');
  const params = { slug };
  const answer = await api({ method: 'GET', path: '/presets/:slug/versions', params, query: { limit: '100' } });
  const versions = (answer.ok ? listOf(answer.json) : []).toReversed();
  const designated = objectOf(preset.designated_version);
  const { model, temperature, max_tokens, ...more } = objectOf(designated.config);
  const shown = {
    model,
    temperature,
    max_tokens,
    system: designated.system_prompt,
    ...(Object.keys(more).length > 0 && { more }),
  };
  const fields: readonly Field[] = [
    { name: 'name', label: 'Name', kind: 'text', required: true },
    { name: 'description', label: 'Description', kind: 'words', empty: 'null' },
    { name: 'status', label: 'State', kind: { options: STATUSES.map((status) => [status, status]) } },
    {
      name: 'version',
      label: 'Calls are made with',
      kind: { options: versions.map((version) => [String(version.version), `version ${version.version}`]) },
    },
  ];
  const values = { ...valuesOf(fields, preset), version: String(designated.version ?? '') };
  const change = (body: JsonObject): ApiCall => ({
    method: 'PATCH',
    path: '/presets/:slug',
    params,
    body: { ...body, ...(body.version !== undefined && { version: Number(body.version) }) },
  });
  return [
    {
      id: 'use',
      title: 'Use',
      content: codeBlock(
        'shell',
        `curl ${request.origin}/api/v1/chat/completions \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "model": "@preset/${slug}", "messages": [{ "role": "user", "content": "Hello" }] }'`,
        'A call by the preset',
      ),
    },
    {
      id: 'settings',
      title: 'Settings',
      actions: [{ name: 'edit', label: 'Save', fields, values, call: change, done: 'saved' }],
    },
    {
      id: 'versions',
      title: 'Versions',
      lead: 'None ever changes. A new one is what calls are made with from then on.',
      content: versionTable(versions, textIn(designated, 'id')),
      actions: [
        {
          name: 'version',
          label: 'Keep the version',
          folded: 'New version',
          fields: SAID,
          values: valuesOf(SAID, shown),
          call: (body) => capture(slug, body),
          done: 'made',
        },
      ],
    },
    end(params),
  ];
}

const state = (preset: JsonObject): Html =>
  stateWords(preset.status === 'active', { on: 'active', off: textIn(preset, 'status') });

const PRESETS: Noun<null> = {
  path: '/settings/presets',
  one: 'preset',
  many: 'Presets',
  verb: 'use-presets',
  lead: 'How calls are made, kept under a name: model, system prompt, parameters. Programs name it in place of a model.',
  list: { method: 'GET', path: '/presets' },
  read: (slug) => ({ method: 'GET', path: '/presets/:slug', params: { slug } }),
  idOf: (preset) => textIn(preset, 'slug'),
  titleOf: (preset) => textIn(preset, 'name'),
  beside: (preset) => copyable(`@preset/${textIn(preset, 'slug')}`),
  about: async () => null,
  facts: (preset) => [
    state(preset),
    html`version ${numberIn(objectOf(preset.designated_version), 'version')}`,
    textIn(preset, 'description'),
    html`changed ${timeOf(preset.updated_at)}`,
  ],
  columns: () => [
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: (preset) => textIn(preset, 'name'),
      cell: (preset) =>
        html`<a href="/settings/presets/${encodeURIComponent(textIn(preset, 'slug'))}">${textIn(preset, 'name')}</a>`,
    },
    {
      key: 'slug',
      label: 'In calls',
      kind: 'text',
      cell: (preset) => html`<code>@preset/${textIn(preset, 'slug')}</code>`,
    },
    { key: 'state', label: 'State', kind: 'text', sortBy: (preset) => textIn(preset, 'status'), cell: state },
    { key: 'description', label: 'Description', kind: 'text', cell: (preset) => textIn(preset, 'description') },
    {
      key: 'updated',
      label: 'Changed',
      kind: 'text',
      sortBy: (preset) => textIn(preset, 'updated_at'),
      cell: (preset) => timeOf(preset.updated_at),
    },
  ],
  filters: () => [
    { name: 'q', label: 'Search presets', match: 'search', field: 'text' },
    {
      name: 'state',
      label: 'State',
      match: 'word',
      field: 'state',
      options: STATUSES.map((status) => [status, status]),
    },
  ],
  fields: (preset) => ({
    text: `${textIn(preset, 'name')} ${textIn(preset, 'slug')}`.toLowerCase(),
    state: textIn(preset, 'status'),
  }),
  empty: 'There is no preset in this workspace yet.',
  create: () => create,
  sections,
};

export const PRESET_PAGES = pagesOf(PRESETS);
