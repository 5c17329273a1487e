import { may } from '../../../access/may.ts';
import { timeOfId } from '../../../base/ids.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteRequest } from '../../route.ts';
import { moment } from '../figures.ts';
import { flag, type Html, html, type Part } from '../html.ts';
import { page } from '../layout.ts';
import { notFound } from '../not-found.ts';
import { type Asked, askedBy, STATES, WINDOWS } from './asked.ts';
import { type Entries, entriesOf } from './entries.ts';
import { type Names, namesFor } from './names.ts';
import { requestTable } from './table.ts';

const ROWS = 50;

/** Every request of the account, refused ones included: filters and place are in the URL. */
export const requestsRoute: Route = {
  method: 'GET',
  path: '/requests',
  auth: 'none',
  handle: async (request, gateway) => {
    const { caller } = request;
    if (!may(caller, 'look') || caller === null)
      return notFound(request, { message: 'Requests are shown to their owner. Sign in first.', list: '/sign-in' });
    const asked = askedBy(caller, request.query, gateway.world.now());
    const isWrong = Object.keys(asked.wrong).length > 0;
    const [names, found] = await Promise.all([
      namesFor(gateway, caller),
      isWrong ? NOTHING_FOUND : entriesOf(gateway, caller, asked.filter, { cursor: asked.cursor, limit: ROWS }),
    ]);
    return page(request, '/requests', {
      status: isWrong ? 400 : 200,
      title: 'Requests',
      description: 'Every request of this account: where it went, how it ended, how long it took and what it cost.',
      section: 'requests',
      content: html`<div class="head measure"><h1>Requests</h1><p class="facts"><span>newest first</span><span>times are UTC</span><span>refused ones included</span></p></div>
<div class="measure"><section class="grid"${isLive(asked) && html` data-live`}>
${filters(gateway, request, { asked, names, caller })}
${requestTable(found.entries, { catalog: gateway.catalog(), names })}
${foot(request, asked, found)}
</section></div>`,
    });
  },
};

const NOTHING_FOUND: Entries = { entries: [], next: null };

/** Only the newest page can go on by itself. */
const isLive = ({ cursor, wrong, filter }: Asked): boolean =>
  cursor === null && filter.to === undefined && Object.keys(wrong).length === 0;

/** The same list with some of its query changed. */
function pathWith(
  path: string,
  query: RouteRequest['query'],
  change: { readonly [name: string]: string | null },
): string {
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, ...change })) if (value) next.set(name, value);
  const text = next.toString();
  return text === '' ? path : `${path}?${text}`;
}

function foot({ query }: RouteRequest, asked: Asked, { entries, next }: Entries): Html {
  if (Object.keys(asked.wrong).length > 0) return html`<p class="empty">Nothing was looked for.</p>`;
  const older = next && pathWith('/requests', query, { at: `${next.month}.${next.id}` });
  const reached = next && timeOfId(next.id.padEnd(28, '0'));
  const isFiltered = Object.entries(query).some(([name, value]) => name !== 'at' && name !== 'live' && value);
  return html`${entries.length === 0 && html`<p class="empty" data-none>${next ? html`Nothing that fits since ${reached ? moment(reached) : 'then'}.` : isFiltered ? html`Nothing matches these filters. <a href="/requests">Clear them</a>.` : asked.cursor ? 'There is nothing older.' : 'No request yet.'}</p>`}
<nav class="pager" aria-label="Pages of requests">${asked.cursor && html`<a href="${pathWith('/requests', query, { at: null })}">Newest</a>`}${older && html`<a href="${older}" rel="next nofollow">${entries.length === 0 ? 'Look further back' : 'Older'}</a>`}${entries.length > 0 && html`<span class="save">All that match as <a href="${pathWith('/requests.csv', query, { at: null })}" download>CSV</a> <a href="${pathWith('/requests.jsonl', query, { at: null })}" download>JSONL</a></span>`}</nav>`;
}

type Shown = { readonly asked: Asked; readonly names: Names; readonly caller: Principal };
type Option = readonly [value: string, label: string];

function filters(gateway: Gateway, { query }: RouteRequest, { asked, names, caller }: Shown): Html {
  const providers = [...gateway.catalog().providers.values()].filter(({ slug }) => gateway.enabled().has(slug));
  const choose = (name: string, label: string, options: readonly Option[]): Html => {
    const chosen = query[name] ?? '';
    const all =
      chosen === '' || options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen] as const];
    return html`<select name="${name}" aria-label="${label}"${chosen && html` class="chosen"`}><option value="">${label}</option>${all.map(
      ([value, word]) => html`<option value="${value}"${flag('selected', value === chosen)}>${word}</option>`,
    )}</select>${wrongIn(asked, name)}`;
  };
  const type = (name: string, label: string, hint: string): Html =>
    html`<label>${label} <input name="${name}" value="${query[name] ?? ''}" placeholder="${hint}" autocomplete="off" spellcheck="false"${asked.wrong[name] && html` aria-invalid="true" aria-describedby="wrong-${name}"`}></label>${wrongIn(asked, name)}`;
  const isNarrow = FEW.some((name) => query[name]);
  return html`<form class="filters" method="get" action="/requests" role="search" data-server>
${choose('window', 'Any time', WINDOW_WORDS)}
${
  may(caller, 'read-records') &&
  choose(
    'key',
    'Key',
    names.keys.map(({ hash, name, label }) => [hash, name || label] as const),
  )
}
${
  names.workspaces.length > 1 &&
  choose(
    'workspace',
    'Workspace',
    names.workspaces.map(({ id, name }) => [id, name] as const),
  )
}
${choose(
  'provider',
  'Provider',
  providers.map(({ slug, name }) => [slug, name] as const),
)}
${choose(
  'state',
  'State',
  STATES.map((state) => [state, STATE_WORDS[state]] as const),
)}
<input type="search" name="model" aria-label="Model" placeholder="author/model" value="${query.model ?? ''}" autocomplete="off" spellcheck="false">${wrongIn(asked, 'model')}
<button type="submit">Apply</button>
${isLive(asked) && html`<span class="after"><button type="button" class="quiet" data-live-switch data-script-only aria-pressed="false">Live</button></span>`}
<details class="more"${flag('open', isNarrow)}><summary>More filters</summary><div>
${type('from', 'From', '2026-11-22T21:30')}${type('to', 'Before', '2026-11-22T22:00')}
${type('cost', 'Cost at least, $', '0.01')}${type('ms', 'Took at least, ms', '5000')}
${type('app', 'App', 'https://app.example')}${type('user', 'User', '')}${type('session', 'Session', '')}
</div></details>
</form>`;
}

const FEW = ['from', 'to', 'cost', 'ms', 'app', 'user', 'session'];

const wrongIn = ({ wrong }: Asked, name: string): Part =>
  wrong[name] !== undefined && html`<span class="wrong" id="wrong-${name}" role="alert">${name} ${wrong[name]}</span>`;

const WINDOW_WORDS = (
  [
    ['hour', 'last hour'],
    ['day', 'last 24 hours'],
    ['week', 'last 7 days'],
    ['month', 'last 30 days'],
  ] as const
).filter(([name]) => Object.hasOwn(WINDOWS, name));

const STATE_WORDS: { readonly [S in (typeof STATES)[number]]: string } = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
  refused: 'refused',
  trouble: 'not completed',
};
