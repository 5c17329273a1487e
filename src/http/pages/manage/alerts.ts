import type { JsonObject } from '../../../base/json.ts';
import { ALERT_KINDS } from '../../../telemetry/alerts/alert.ts';
import type { Field } from '../form.ts';
import { type Html, html } from '../html.ts';
import { listOf, type Managing } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';
import { pagesOf } from './pages.ts';
import { endOf, settingsOf } from './switched.ts';
import { NONE, numberIn, stateWords, textIn, timeOf } from './words.ts';

type Kind = (typeof ALERT_KINDS)[number];
const kindIn = (text: string): Kind | undefined => ALERT_KINDS.find((kind) => kind === text);
const KIND_WORDS: { readonly [K in Kind]: string } = {
  budget: 'A budget comes to its end',
  error_rate: 'Calls fail',
  outage: 'A provider does not answer',
};

const NAME: Field = { name: 'name', label: 'Name', kind: 'text', required: true };
const OF_KIND: { readonly [K in Kind]: readonly Field[] } = {
  budget: [
    {
      name: 'threshold',
      label: 'Share that is used',
      kind: 'number',
      hint: 'From 0.01 to 1: 0.8 tells when four fifths are gone.',
    },
    {
      name: 'scope',
      label: 'Of',
      kind: 'text',
      empty: 'null',
      hint: html`<code>account</code>, <code>workspace:ID</code> or <code>key:HASH</code>; empty = the account and each of its workspaces and keys that was used today.`,
    },
  ],
  error_rate: [
    {
      name: 'threshold',
      label: 'Share that fails',
      kind: 'number',
      hint: 'From 0.01 to 1: 0.2 tells when every fifth call fails.',
    },
    { name: 'window_minutes', label: 'Within so many minutes', kind: 'number' },
    { name: 'min_requests', label: 'Of at least so many calls', kind: 'number' },
  ],
  outage: [
    {
      name: 'threshold',
      label: 'Share that is answered',
      kind: 'number',
      hint: 'From 0.01 to 1: 0.5 tells when no endpoint of a provider answers half of what it is asked within five minutes.',
    },
  ],
};
const TOLD: readonly Field[] = [
  {
    name: 'webhook_url',
    label: 'Post to',
    kind: 'text',
    empty: 'null',
    hint: html`An address that takes JSON, Slack's among others; each post is signed (<code>X-OpenRouter-Signature</code>).`,
  },
  {
    name: 'emails',
    label: 'Write to',
    kind: 'lines',
    empty: 'null',
    hint: 'Addresses of people of the organization, one on each line.',
  },
];

function create(_: null, { request }: Managing): Action | Html {
  const kind = kindIn(request.query.type ?? '');
  if (kind === undefined)
    return html`<p class="lead">What should be told?</p><ul class="cards">${ALERT_KINDS.map((name) => html`<li><a href="/settings/new/alerts?type=${name}">${KIND_WORDS[name]}</a></li>`)}</ul>`;
  return {
    name: 'new',
    label: 'Make the alert',
    lead: KIND_WORDS[kind],
    fields: [NAME, ...OF_KIND[kind], ...TOLD],
    values: {
      threshold: kind === 'budget' ? '0.8' : kind === 'outage' ? '0.5' : '0.2',
      window_minutes: '15',
      min_requests: '20',
    },
    call: (body) => ({ method: 'POST', path: '/alerts', body: { ...body, type: kind } }),
    done: 'made',
  };
}

async function sections(alert: JsonObject, _: null, { api }: Managing): Promise<readonly Section[]> {
  const kind = kindIn(textIn(alert, 'type')) ?? 'budget';
  const params = { id: textIn(alert, 'id') };
  const fields = [NAME, ...OF_KIND[kind], ...TOLD];
  const switched = { object: alert, one: 'alert', path: '/alerts/:id', params };
  const answer = await api({ method: 'GET', path: '/alerts/:id/events', params });
  const secret = textIn(alert, 'webhook_secret');
  return [
    {
      id: 'events',
      title: 'What happened',
      content: eventTable(answer.ok ? listOf(answer.json) : []),
      actions: [
        {
          name: 'test',
          label: 'Tell everybody that this is a test',
          fields: [],
          values: {},
          call: () => ({ method: 'POST', path: '/alerts/:id/test', params, body: {} }),
          done: 'saved',
        },
      ],
    },
    settingsOf(switched, {
      fields,
      lead: secret
        ? html`Posts are signed with <code>${secret}</code>: <code>v1</code> is the HMAC-SHA256 of the time <code>t</code>, a comma and the body, in hex.`
        : KIND_WORDS[kind],
    }),
    endOf(switched, 'What happened to it is forgotten, too.'),
  ];
}

function eventTable(events: readonly JsonObject[]): Html {
  if (events.length === 0) return html`<p class="empty">Nothing yet.</p>`;
  const told = (event: JsonObject): Html => {
    const deliveries = Array.isArray(event.deliveries) ? (event.deliveries as readonly JsonObject[]) : [];
    if (deliveries.length === 0) return html`<span class="none">only here</span>`;
    return html`${deliveries.map((one) => html`<div>${textIn(one, 'to')}: ${textIn(one, 'state')}${one.reason ? html` <small>${textIn(one, 'reason')}</small>` : null}</div>`)}`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="What happened"><table><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Said</th><th scope="col">Told</th></tr></thead><tbody>${events.map(
    (event) =>
      html`<tr><th scope="row">${timeOf(event.created_at)}</th><td>${textIn(event, 'type')}</td><td>${textIn(event, 'message')}</td><td>${told(event)}</td></tr>`,
  )}</tbody></table></div>`;
}

function state(alert: JsonObject): Html {
  if (alert.enabled !== true) return html`<span class="state degraded">off</span>`;
  return stateWords(alert.state !== 'raised', { on: 'quiet', off: 'raised' });
}

const ALERTS: Noun<null> = {
  path: '/settings/alerts',
  one: 'alert',
  many: 'Alerts',
  verb: 'manage-observability',
  lead: 'What managers want to be told of before others notice: here, by a post to an address, by mail. Looked at twice a minute.',
  list: { method: 'GET', path: '/alerts' },
  read: (id) => ({ method: 'GET', path: '/alerts/:id', params: { id } }),
  idOf: (alert) => textIn(alert, 'id'),
  titleOf: (alert) => textIn(alert, 'name'),
  beside: state,
  about: async () => null,
  facts: (alert) => [
    KIND_WORDS[kindIn(textIn(alert, 'type')) ?? 'budget'],
    alert.message ? html`last said ${timeOf(alert.raised_at)}: ${textIn(alert, 'message')}` : 'never raised',
  ],
  columns: () => [
    {
      key: 'name',
      label: 'Name',
      kind: 'text',
      sortBy: (alert) => textIn(alert, 'name'),
      cell: (alert) => html`<a href="/settings/alerts/${textIn(alert, 'id')}">${textIn(alert, 'name')}</a>`,
    },
    { key: 'state', label: 'State', kind: 'text', sortBy: (alert) => textIn(alert, 'state'), cell: state },
    {
      key: 'type',
      label: 'When',
      kind: 'text',
      sortBy: (alert) => textIn(alert, 'type'),
      cell: (alert) => KIND_WORDS[kindIn(textIn(alert, 'type')) ?? 'budget'],
    },
    {
      key: 'threshold',
      label: 'Share',
      kind: 'number',
      sortBy: (alert) => numberIn(alert, 'threshold'),
      cell: (alert) => `${Math.round(numberIn(alert, 'threshold') * 100)}%`,
    },
    {
      key: 'raised',
      label: 'Last raised',
      kind: 'text',
      sortBy: (alert) => textIn(alert, 'raised_at'),
      cell: (alert) => (alert.raised_at ? timeOf(alert.raised_at) : NONE),
    },
  ],
  filters: () => [{ name: 'q', label: 'Search alerts', match: 'search', field: 'text' }],
  fields: (alert) => ({ text: `${textIn(alert, 'name')} ${textIn(alert, 'type')}`.toLowerCase() }),
  empty: 'Nothing is watched yet.',
  create,
  sections,
};

export const ALERT_PAGES = pagesOf(ALERTS);
