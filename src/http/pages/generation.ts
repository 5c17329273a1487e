import { maySee } from '../../access/may.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Attempt } from '../../facts/attempt.ts';
import type { Continued, Hedged, Receipt } from '../../facts/receipt.ts';
import { appId } from '../../insights/app.ts';
import { CLIENTS } from '../contract/support.ts';
import type { Route } from '../route.ts';
import { bill } from './bill.ts';
import { codeBlock, copyable } from './code.ts';
import { dollars, exactCount, milliseconds, momentOf } from './figures.ts';
import { type Html, html, linkable, outbound, type Part } from './html.ts';
import { page } from './layout.ts';
import { pagePath } from './model-words.ts';
import { notFound } from './not-found.ts';
import { curlOf } from './receipt/curl.ts';
import { legsOf } from './receipt/legs.ts';
import { planned } from './receipt/plan.ts';
import { waterfall } from './receipt/waterfall.ts';
import { type Names, namesFor } from './requests/names.ts';
import { refusalFor, refusalPage } from './requests/refusal.ts';

/** A receipt: what was asked, where it went and why, what was used and what it cost. */
export const generationRoute: Route = {
  method: 'GET',
  path: '/generation/:id',
  auth: 'none',
  handle: async (request, gateway) => {
    if (!request.caller)
      return notFound(request, { message: 'Receipts are shown to their owner. Sign in first.', list: '/sign-in' });
    const id = request.params.id ?? '';
    const receipt = await gateway.records.find(id);
    const refusal = receipt === null ? await refusalFor(gateway, request.caller, id) : null;
    if (refusal) return refusalPage(request, gateway, request.caller, refusal);
    if (receipt === null || !maySee(request.caller, receipt))
      return notFound(request, { message: `Your account has no receipt “${id}”.` });
    return page(request, `/generation/${encodeURIComponent(id)}`, {
      section: 'requests',
      title: `Receipt ${receipt.id}`,
      description: 'What one request asked, where it went, what it used and what it cost.',
      content: html`<div class="head measure"><div class="title"><h1>Receipt</h1>${copyable(receipt.id)}${state(receipt)}</div>
<p class="facts"><span>${momentOf(receipt.createdAt)}</span><span>${milliseconds(receipt.totalMs)}${receipt.firstContentMs !== null && html`, first content after ${milliseconds(receipt.firstContentMs)}`}</span><span>${receipt.streamed ? 'streamed' : 'not streamed'}</span><span>${dollars(receipt.bill.cost)}</span></p></div>
<div class="measure">
<section class="part"><h2>Request</h2>${asked(receipt, gateway.catalog(), await namesFor(gateway, request.caller))}${again(receipt, request.origin)}</section>
${planned(receipt, gateway.catalog(), request.query.replay === undefined ? 'kept' : 'replayed')}
<section class="part"><h2>Attempts</h2>${waterfall(receipt)}${attempts(receipt.attempts)}${receipt.continued?.map(continuedAfter)}${receipt.hedged && hedgedWords(receipt.hedged)}</section>
${legsOf(receipt)}
<section class="part"><h2>Usage and cost</h2>${bill(receipt, gateway.catalog())}</section>
${receipt.losses.length > 0 && html`<section class="part"><h2>Left out</h2><dl class="pairs wide">${receipt.losses.map((loss) => html`<div><dt><code>${loss.field}</code></dt><dd>${loss.reason}</dd></div>`)}</dl></section>`}
</div>`,
    });
  },
};

const continuedAfter = ({ endpoint, afterTokens, cost }: Continued): Html =>
  html`<p>Cut off at <code>${endpoint}</code> after ${exactCount(afterTokens)} tokens, and continued: ${dollars(cost)}</p>`;

const hedgedWords = ({ endpoint, afterMs, charged, cost }: Hedged): Html =>
  html`<p>A second endpoint was asked after ${milliseconds(afterMs)} of silence; <code>${endpoint}</code> was given up when the other one wrote first: ${dollars(cost)}, by an estimate of ${charged === 'prompt' ? 'its prompt' : 'its prompt and an answer as long as the other one'}.</p>`;

const STATES = { completed: 'live', failed: 'down', cancelled: 'degraded', interrupted: 'degraded' } as const;
const state = (receipt: Receipt): Html => html`<span class="state ${STATES[receipt.state]}">${receipt.state}</span>`;

const listOf = (name: string, value: string, words: string): Html =>
  html`<a href="/requests?${new URLSearchParams({ [name]: value }).toString()}">${words}</a>`;

/** The same once more: in the chat, or from a shell. */
function again(receipt: Receipt, origin: string): Part {
  const command = curlOf(receipt, origin);
  return html`${receipt.operation === 'chat' && receipt.model && html`<p><a href="/chat?model=${encodeURIComponent(receipt.model)}">Open the model in the chat</a></p>`}${command !== null && html`<details class="again"><summary>As a command</summary>${codeBlock('shell', command, 'The request as a curl command')}<p class="none">What was said is not kept.</p></details>`}`;
}

function asked(receipt: Receipt, catalog: Catalog, names: Names): Html {
  const app = receipt.app;
  const entries: readonly (readonly [string, Part])[] = [
    ['Asked for', html`<code>${receipt.requestedModel}</code>`],
    [
      'Answered by',
      receipt.model &&
        html`<a href="${pagePath(receipt.model)}">${receipt.model}</a>${receipt.provider && html` by <a href="/provider/${encodeURIComponent(receipt.provider)}">${catalog.providers.get(receipt.provider)?.name ?? receipt.provider}</a>`}`,
    ],
    [
      'Finish',
      receipt.finish &&
        html`${receipt.finish}${receipt.nativeFinish && receipt.nativeFinish !== receipt.finish && html`, in the vendor's words <code>${receipt.nativeFinish}</code>`}`,
    ],
    [
      'Fault',
      receipt.fault &&
        html`<span class="state down"><a href="/docs/errors#${receipt.fault.code}">${receipt.fault.code}</a></span> ${receipt.fault.message}`,
    ],
    ['Dialect', CLIENTS.find(({ id }) => id === receipt.clientDialect)?.name ?? receipt.clientDialect],
    ['Key', listOf('key', receipt.keyId, names.keyName(receipt.keyId))],
    ['Paid by', payerWords(receipt)],
    ['Workspace', names.workspaceName(receipt.workspaceId)],
    [
      'App',
      app &&
        html`${linkable(app.origin) ? outbound(app.origin, app.title || app.origin) : app.title}, ${listOf('app', appId(app), 'its requests')}`,
    ],
    ['User', receipt.user && listOf('user', receipt.user, receipt.user)],
    ['Session', receipt.sessionId && listOf('session', receipt.sessionId, receipt.sessionId)],
    ['Shadow of', receipt.shadowOf ?? null],
    ['Given again from', receipt.cachedFrom ?? null],
    ['Catalogue', receipt.catalogVersion],
    ['Seed', String(receipt.seed)],
  ];
  return html`<dl class="pairs wide">${entries.map(([term, words]) => words && html`<div><dt>${term}</dt><dd>${words}</dd></div>`)}</dl>`;
}

/** Whose account at the provider it was, and which of its keys. */
function payerWords({ attempts, bill }: Receipt): string | null {
  const last = attempts.at(-1);
  if (!last) return null;
  const key = last.key === undefined ? '' : `, key ${last.key}`;
  return `${bill.isByok ? 'your own account at the provider' : 'this instance'}${key}`;
}

function attempts(values: readonly Attempt[]): Html {
  if (values.length === 0) return html`<p class="empty">Nothing was sent to a provider.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Attempts"><table><thead><tr><th scope="col" class="number">#</th><th scope="col">Endpoint</th><th scope="col">Outcome</th><th scope="col" class="number">Status</th><th scope="col" class="number">Headers</th><th scope="col" class="number">First content</th><th scope="col" class="number">Total</th><th scope="col">Said</th></tr></thead><tbody>${values.map(
    (attempt, at) =>
      html`<tr><td class="number">${at + 1}</td><td><code>${attempt.endpoint}</code></td><td>${attempt.outcome}</td><td class="number">${attempt.status ?? '–'}</td><td class="number">${time(attempt.headersMs)}</td><td class="number">${time(attempt.firstContentMs)}</td><td class="number">${time(attempt.totalMs)}</td><td>${attempt.fault && html`<code>${attempt.fault.code}</code> ${attempt.fault.message}`}</td></tr>`,
  )}</tbody></table></div>`;
}

const time = (ms: number | null): string => (ms === null ? '–' : milliseconds(ms));
