import { seesBoards } from '../../access/may.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { useChart } from './chart.ts';
import { type Html, html, outbound } from './html.ts';
import { page } from './layout.ts';
import { marketOf, shapesOf } from './market.ts';
import { notFound } from './not-found.ts';
import { appPath, appTable, hostOf, modelRankTable } from './rank-tables.ts';
import { daysOfUse, rankedApps, rankedModels, WINDOWS, type WindowName } from './traffic.ts';

const NAMES = Object.keys(WINDOWS) as readonly WindowName[];
const windowOf = (request: RouteRequest): WindowName =>
  NAMES.find((window) => window === request.query.window) ?? 'week';

/** An origin and, for programs on localhost, a title. */
const APP_ID_LENGTH_MAX = 300;

const LABELS: { readonly [W in WindowName]: string } = { day: 'Today', week: '7 days', month: '30 days' };

function windowTabs(chosen: WindowName): Html {
  return html`<nav class="tabs" aria-label="Window"><div class="measure">${NAMES.map(
    (window) =>
      html`<a href="?window=${window}"${window === chosen && html` aria-current="page"`}>${LABELS[window]}</a>`,
  )}</div></nav>`;
}

const notShown = (request: RouteRequest): RouteAnswer =>
  notFound(request, { message: 'Rankings and apps are not public here. Sign in first.', list: '/sign-in' });

export const rankingsRoute: Route = {
  method: 'GET',
  path: '/rankings',
  auth: 'none',
  handle: async (request, gateway) => {
    if (!seesBoards(request.caller, gateway)) return notShown(request);
    const window = windowOf(request);
    const [models, apps, { chart, authors, pictures }, shapes] = await Promise.all([
      rankedModels(gateway, window),
      rankedApps(gateway, window),
      marketOf(gateway, WINDOWS[window]),
      gateway.insights.performance.shapes(),
    ]);
    return page(request, '/rankings', {
      title: 'Rankings',
      description: 'Models and apps by the tokens that went through this gateway.',
      section: 'rankings',
      content: html`<div class="head measure"><h1>Rankings</h1><p class="facts"><span>by tokens through this gateway</span><span>days end at midnight UTC</span></p></div>
${windowTabs(window)}
<div class="measure">
<section class="part"><h2>Tokens per day</h2>${chart}</section>
<section class="part"><h2>Models</h2>${modelRankTable(gateway.catalog(), models, request.query)}</section>
<section class="part"><h2>Market share</h2>${authors}</section>
<section class="part"><h2>Apps</h2>${appTable(apps, request.query)}</section>
${shapesOf(gateway.catalog(), shapes)}
<section class="part"><h2>Pictures</h2><p class="lead">Models that draw, by requests.</p>${pictures}</section></div>`,
    });
  },
};

export const appsRoute: Route = {
  method: 'GET',
  path: '/apps',
  auth: 'none',
  handle: async (request, gateway) => {
    if (!seesBoards(request.caller, gateway)) return notShown(request);
    const origin = request.query.url;
    if (origin !== undefined) return appPage(request, gateway, origin);
    const window = windowOf(request);
    const apps = await rankedApps(gateway, window);
    return page(request, '/apps', {
      title: 'Apps',
      description: 'Apps that send their requests through this gateway, by tokens.',
      section: 'apps',
      content: html`<div class="head measure"><h1>Apps</h1><p class="facts"><span>every app that names itself in <code>HTTP-Referer</code> and <code>X-Title</code></span></p></div>
${windowTabs(window)}<div class="measure"><section class="part">${appTable(apps, request.query)}</section></div>`,
    });
  },
};

async function appPage(request: RouteRequest, gateway: Gateway, id: string): Promise<RouteAnswer> {
  const app = id.length <= APP_ID_LENGTH_MAX ? await gateway.insights.app(id) : null;
  if (!app) return notFound(request, { message: 'No request came from that app.', list: '/apps' });
  const [models, use] = await Promise.all([rankedModels(gateway, 'month', id), daysOfUse(gateway, { app: id })]);
  const title = app.title || hostOf(app.origin);
  return page(request, appPath(id), {
    title: `${title} – models used`,
    description: `Models that ${title} uses through this gateway, by tokens.`,
    section: 'apps',
    content: html`<div class="head measure"><h1>${title}</h1><p class="facts"><span>${outbound(app.origin, hostOf(app.origin))}</span>${app.categories.length > 0 && html`<span>${app.categories.join(', ')}</span>`}</p></div>
<div class="measure"><section class="part"><h2>Tokens per day</h2>${useChart(`Tokens per day of ${title}`, use)}</section>
<section class="part"><h2>Models <small>last 30 days</small></h2>${modelRankTable(gateway.catalog(), models, request.query)}</section></div>`,
  });
}
