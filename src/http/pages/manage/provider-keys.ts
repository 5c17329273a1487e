import type { JsonObject } from '../../../base/json.ts';
import type { Field } from '../form.ts';
import { valuesOf } from '../form-body.ts';
import { html, type Part } from '../html.ts';
import type { Managing } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';
import { tryModels } from './onboarding.ts';
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
import { numberIn, textIn, timeOf } from './words.ts';

type About = { readonly names: ReadonlyMap<string, string>; readonly options: readonly (readonly [string, string])[] };

const WEIGHT: Field = {
  name: 'weight',
  label: 'Weight',
  kind: 'number',
  hint: 'Of several keys of a provider, how often this one is used in proportion to the others: 1 to 1,000.',
};

const PATH = '/operator/provider-keys';

const create = ({ options }: About, asked: string): Action => ({
  name: 'new',
  label: 'Add the key',
  fields: [
    { name: 'provider', label: 'Provider', kind: { options }, required: true },
    { name: 'key', label: 'Key', kind: 'secret', required: true, hint: SECRET_HINT },
    { ...NAME, empty: 'absent' },
    WEIGHT,
    TEST,
  ],
  values: { provider: asked, test: 'true' },
  call: (body) => ({ method: 'POST', path: PATH, body }),
  done: 'made',
});

async function sections(key: JsonObject, _: About, { gateway }: Managing): Promise<readonly Section[]> {
  const tried = tryModels(textIn(key, 'provider'), gateway);
  const fields = [NAME, WEIGHT];
  const { test, rotate, state, remove } = keyActions(key, PATH);
  const edit: Action = {
    name: 'edit',
    label: 'Save',
    fields,
    values: valuesOf(fields, key),
    call: (body) => ({ method: 'PATCH', path: `${PATH}/:id`, params: { id: textIn(key, 'id') }, body }),
    done: 'saved',
  };
  return [
    ...(tried ? [{ id: 'try', title: 'Models that it serves', content: tried }] : []),
    { id: 'settings', title: 'Settings', actions: [edit] },
    { id: 'key', title: 'The key', actions: [test, rotate] },
    { id: 'end', title: 'Switch off or delete', actions: [state, remove] },
  ];
}

/** Keys that the environment holds are changed there. */
function ofEnvironment(list: JsonObject, { names }: About): Part {
  const fixed = (Array.isArray(list.environment) ? list.environment : []) as readonly JsonObject[];
  if (fixed.length === 0) return null;
  return html`<section class="part"><h2>From the environment</h2><p class="lead">They are changed where they stand, and with a new start.</p>
<ul class="plain">${fixed.map((key) => html`<li>${providerOf(key, names)} <code>${textIn(key, 'variable')}</code></li>`)}</ul></section>`;
}

const OPERATOR_KEYS: Noun<About> = {
  path: '/settings/provider-keys',
  one: 'provider key',
  many: 'Provider keys',
  verb: 'operate',
  lead: 'Keys at providers that this instance pays with. A provider answers from the moment its first key is here.',
  list: { method: 'GET', path: PATH },
  read: (id) => ({ method: 'GET', path: `${PATH}/:id`, params: { id } }),
  idOf: (key) => textIn(key, 'id'),
  titleOf: (key) => textIn(key, 'name') || textIn(key, 'label'),
  beside: (key) => html`<code>${textIn(key, 'label')}</code>`,
  about: async (managing) => ({
    names: providerNames(managing),
    options: providerOptions(managing.gateway.catalog()),
  }),
  facts: (key, { names }) => [
    html`<a href="/provider/${encodeURIComponent(textIn(key, 'provider'))}">${providerOf(key, names)}</a>`,
    keyState(key),
    html`weight ${numberIn(key, 'weight')}`,
    html`added ${timeOf(key.created_at)}`,
  ],
  columns: ({ names }) => [
    {
      key: 'provider',
      label: 'Provider',
      kind: 'text',
      sortBy: (key) => providerOf(key, names),
      cell: (key) => html`<a href="/settings/provider-keys/${textIn(key, 'id')}">${providerOf(key, names)}</a>`,
    },
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: (key) => textIn(key, 'name'),
      cell: (key) => textIn(key, 'name'),
    },
    { key: 'label', label: 'Key', kind: 'text', cell: (key) => html`<code>${textIn(key, 'label')}</code>` },
    { key: 'state', label: 'State', kind: 'text', sortBy: (key) => String(key.disabled), cell: keyState },
    {
      key: 'weight',
      label: 'Weight',
      kind: 'number',
      sortBy: (key) => numberIn(key, 'weight'),
      cell: (key) => numberIn(key, 'weight'),
    },
    {
      key: 'created',
      label: 'Added',
      kind: 'text',
      sortBy: (key) => textIn(key, 'created_at'),
      cell: (key) => timeOf(key.created_at),
    },
  ],
  filters: () => [{ name: 'q', label: 'Search provider keys', match: 'search', field: 'text' }],
  fields: (key, { names }) => ({
    text: `${providerOf(key, names)} ${textIn(key, 'name')} ${textIn(key, 'label')}`.toLowerCase(),
  }),
  empty: 'There is no key that was added here.',
  around: (list, about) => ({ below: ofEnvironment(list, about) }),
  create: (about, { request }) => create(about, request.query.provider ?? ''),
  sections,
};

export const PROVIDER_KEY_PAGES = pagesOf(OPERATOR_KEYS);
