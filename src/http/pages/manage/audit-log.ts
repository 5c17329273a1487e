import { isObject, type Json, type JsonObject } from '../../../base/json.ts';
import { type Column, grid } from '../grid.ts';
import { type Html, html } from '../html.ts';
import { notFound } from '../not-found.ts';
import { listOf, manage, managed, sameByApi } from './frame.ts';
import { NONE, textIn, timeOf } from './words.ts';

const PATH = '/settings/audit-log';
const FILTERS = ['before', 'actor_id', 'object_id', 'act'] as const;

const actorIn = (entry: JsonObject): JsonObject => (isObject(entry.actor) ? entry.actor : {});
const whoIn = (entry: JsonObject): string =>
  textIn(actorIn(entry), 'name') || textIn(actorIn(entry), 'id') || textIn(actorIn(entry), 'type');

/** Leads to the list of what has this in common. */
const narrowed = (name: (typeof FILTERS)[number], value: string, words: string): Html =>
  html`<a href="${PATH}?${new URLSearchParams({ [name]: value }).toString()}">${words}</a>`;

const said = (value: Json | undefined): Html =>
  isObject(value) && Object.keys(value).length > 0
    ? html`<dl class="pairs">${Object.entries(value).map(([name, part]) => html`<div><dt>${name}</dt><dd>${typeof part === 'string' ? part : JSON.stringify(part)}</dd></div>`)}</dl>`
    : NONE;

const COLUMNS: readonly Column<JsonObject>[] = [
  { key: 'time', label: 'Time, UTC', kind: 'text', cell: (entry) => timeOf(entry.created_at) },
  {
    key: 'who',
    label: 'Who',
    kind: 'text',
    sortBy: whoIn,
    cell: (entry) => narrowed('actor_id', textIn(actorIn(entry), 'id'), whoIn(entry)),
  },
  {
    key: 'from',
    label: 'From',
    kind: 'text',
    cell: (entry) => textIn(actorIn(entry), 'ip_address') || 'this machine',
  },
  {
    key: 'act',
    label: 'Act',
    kind: 'text',
    sortBy: (entry) => textIn(entry, 'act'),
    cell: (entry) => narrowed('act', textIn(entry, 'act'), textIn(entry, 'act')),
  },
  {
    key: 'object',
    label: 'To',
    kind: 'text',
    cell: (entry) => {
      const id = textIn(entry, 'object_id');
      return id === '' ? NONE : narrowed('object_id', id, id.length > 20 ? `${id.slice(0, 12)}…` : id);
    },
  },
  { key: 'before', label: 'Before', kind: 'text', cell: (entry) => said(entry.before) },
  { key: 'after', label: 'After', kind: 'text', cell: (entry) => said(entry.after) },
];

/** Who did what, newest first. It is read here and changed nowhere. */
export const auditLogRoute = managed('GET', PATH, 'read-audit-log', async (managing) => {
  const { request, api } = managing;
  const query = Object.fromEntries(
    FILTERS.flatMap((name) => (request.query[name] ? [[name, request.query[name]]] : [])),
  ) as { readonly [name: string]: string };
  const call = { method: 'GET', path: '/organization/audit-log', query } as const;
  const answer = await api(call);
  if (!answer.ok) return notFound(request, { message: answer.message, list: PATH });
  const rows = listOf(answer.json);
  const older = textIn(answer.json, 'next_before');
  const exported = new URLSearchParams({ ...query, format: 'jsonl' }).toString();
  return manage(managing, {
    path: PATH,
    title: 'Audit log',
    beside: html`<a class="try" href="/api/v1/organization/audit-log?${exported}" download>Export as JSON Lines</a>`,
    facts: Object.keys(query).length === 0 ? [] : [html`<a href="${PATH}">All entries</a>`],
    content: html`<p class="lead above">Every act of administration: who, from where, what was before and after. An entry is written with the act itself and never changed; no secret is in it.</p>
${grid({ name: 'audit-log', noun: 'Audit log', columns: COLUMNS, filters: [{ name: 'q', label: 'Search this page', match: 'search', field: 'text' }], fields: (entry) => ({ text: JSON.stringify(entry).toLowerCase() }), rows, empty: 'Nothing is in the audit log.' }, request.query)}
${older !== '' && html`<p class="pager"><a href="${PATH}?${new URLSearchParams({ ...query, before: older }).toString()}">Older entries</a></p>`}
${sameByApi(call, managing)}`,
  });
});
