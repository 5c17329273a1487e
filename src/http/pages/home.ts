import { may } from '../../access/may.ts';
import { nano } from '../../base/money.ts';
import { dayOf } from '../../base/period.ts';
import { PRODUCT } from '../../base/product.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Principal } from '../../facts/principal.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { tokensOf } from '../../insights/insights.ts';
import type { Sums } from '../../insights/store.ts';
import { type Offers, offersOf } from '../../router/offer.ts';
import type { Route, RouteRequest } from '../route.ts';
import { codeBlock, copyable } from './code.ts';
import { cost, count, exactCount } from './figures.ts';
import { type Html, html } from './html.ts';
import { page } from './layout.ts';
import { makeKey } from './make-key.ts';
import { onboarding } from './manage/onboarding.ts';
import { modelCards } from './model-cards.ts';
import { displayName, firstModel, realModels } from './model-words.ts';
import { askedBy } from './requests/asked.ts';
import { entriesOf } from './requests/entries.ts';
import { namesFor } from './requests/names.ts';
import { requestTable } from './requests/table.ts';

const RECENT = 10;

/** The console's first page: for a visitor what this is and how to begin, for its owner what happened last. */
export const homeRoute: Route = {
  method: 'GET',
  path: '/',
  auth: 'none',
  handle: async (request, gateway) => {
    const catalog = gateway.catalog();
    const recent = request.caller && (await recentOf(gateway, request.caller));
    const day = dayOf(gateway.world.now());
    const [today] = recent
      ? await gateway.insights.sums({
          from: day,
          to: day,
          by: [],
          where: usedBy(request.caller),
        })
      : [];
    return page(request, '/', {
      title: `${PRODUCT.name}: every model behind one API`,
      description: `A self-hosted, OpenAI-compatible gateway: ${realModels(catalog).length} models of ${catalog.providers.size} providers behind one base URL, with routing, fallback and receipts.`,
      content: recent ? signedIn(request, gateway, recent, today) : visitor(request, gateway),
    });
  },
};

/** Whoever may not read what the account spends sees what they have used themselves. */
const usedBy = (caller: Principal | null) => ({
  accountId: caller?.accountId ?? '',
  ...(!may(caller, 'read-spending') && { keyId: caller?.keyId ?? '' }),
});

/** The last ones that it may see, as a table. */
async function recentOf(gateway: Gateway, caller: Principal): Promise<Html> {
  const { filter } = askedBy(caller, {}, gateway.world.now());
  const [names, { entries }] = await Promise.all([
    namesFor(gateway, caller),
    entriesOf(gateway, caller, filter, { cursor: null, limit: RECENT }),
  ]);
  if (entries.length === 0)
    return html`<p class="empty">No request yet. The quick start below makes the first one.</p>`;
  return html`${requestTable(entries, { catalog: gateway.catalog(), names })}<p><a href="/requests">All requests</a></p>`;
}

function visitor(request: RouteRequest, gateway: Gateway): Html {
  const catalog = gateway.catalog();
  return html`<div class="head measure lede"><h1>Every model behind one API</h1>
<p class="facts"><span>${exactCount(realModels(catalog).length)} models</span><span>${exactCount(catalog.providers.size)} providers</span><span>one base URL, one key, a receipt for every request</span></p></div>
<div class="measure">${start(request, catalog)}${newest(catalog, offersOf(gateway.enabled()))}</div>`;
}

function signedIn(request: RouteRequest, gateway: Gateway, recent: Html, today: Sums | undefined): Html {
  const facts = today
    ? html`<span>today ${exactCount(Number(today.requests))} requests</span><span>${count(Number(tokensOf(today)))} tokens</span><span>${cost(nano(today.cost))}</span><span>days end at midnight UTC</span>`
    : html`<span>none yet today</span>`;
  return html`<div class="head measure"><h1>Latest requests</h1><p class="facts">${facts}</p></div>
<div class="measure">${onboarding(request, gateway)}${recent}${start(request, gateway.catalog())}</div>`;
}

function start(request: RouteRequest, catalog: Catalog): Html {
  const baseUrl = `${request.origin}/api/v1`;
  const model = firstModel(catalog);
  return html`<section class="part start"><h2>Quick start</h2><ol class="steps">
<li><h3>Point your client here</h3><p>${copyable(baseUrl)}</p><p>Any OpenAI, Anthropic or OpenRouter client works. <a href="/docs/frameworks">See how</a>.</p></li>
<li><h3>Make a key</h3><p>${copyable('npm run switchwright -- keys create my-app')}</p><div class="made">${makeKey(request)}</div><p>A provider is on when its key is here: in the environment, or added among the settings.</p></li>
<li><h3>Ask</h3>${codeBlock(
    'shell',
    `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "model": "${model?.id ?? 'author/model'}", "messages": [{ "role": "user", "content": "Hello" }] }'`,
    'First request',
  )}${model?.sandbox && html`<p>This model is part of the <a href="/docs/sandbox">sandbox</a> and needs no provider key.</p>`}</li>
</ol></section>`;
}

function newest(catalog: Catalog, offers: Offers): Html {
  const models = realModels(catalog).slice(0, 12);
  return html`<section class="part"><h2>Newest models</h2>${modelCards(models, offers, displayName)}<p><a href="/models">All ${exactCount(realModels(catalog).length)} models</a></p></section>`;
}
