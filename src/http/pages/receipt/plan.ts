import type { Catalog } from '../../../catalog/catalog.ts';
import type { Receipt } from '../../../facts/receipt.ts';
import { groundsFrom } from '../../../router/grounds-text.ts';
import { candidateWords, policyWords, rejectionWords, routedWords } from '../../../router/grounds-words.ts';
import { type Replay, replay } from '../../../router/replay.ts';
import { html, type Part } from '../html.ts';

const VERDICTS: { readonly [outcome in Replay['outcome']]: string } = {
  same: 'Planned anew with the health, the keys and the seed of then: the same plan, bit for bit.',
  changed:
    'The catalogue says something else of these models by now. This is the plan that was written down; it cannot be made anew.',
  other: 'The catalogue says of these models what it said then, and yet this release plans otherwise:',
};

type Line = { readonly endpoint: string; readonly words: string };

const lines = (candidates: readonly Line[], rejected: readonly Line[]): Part => [
  ...candidates.map(
    ({ endpoint, words }, at) =>
      html`<tr><td class="number">${at + 1}</td><td><code>${endpoint}</code></td><td>${words}</td></tr>`,
  ),
  ...rejected.map(
    ({ endpoint, words }) => html`<tr><td class="number">–</td><td><code>${endpoint}</code></td><td>${words}</td></tr>`,
  ),
];

const table = (label: string, rows: Part): Part =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr><th scope="col" class="number">#</th><th scope="col">Endpoint</th><th scope="col">Why there</th></tr></thead><tbody>${rows}</tbody></table></div>`;

/** Why there and not elsewhere, and, if asked, the plan made anew; nothing for a receipt that does not say. */
export function planned(receipt: Receipt, catalog: Catalog, isReplayed: 'replayed' | 'kept'): Part {
  const grounds = receipt.grounds === undefined ? null : groundsFrom(receipt.grounds, receipt);
  if (!grounds) return null;
  const candidates = grounds.candidates.map((each) => ({ endpoint: each.endpoint, words: candidateWords(each) }));
  const rejected = grounds.rejected.map((each) => ({ endpoint: each.endpoint, words: rejectionWords(each, catalog) }));
  return html`<section id="plan" class="part"><h2>Plan</h2>${grounds.question.routed?.map((routed) => html`<ul>${routedWords(routed).map((words) => html`<li>${words}</li>`)}</ul>`)}${table('Plan', lines(candidates, rejected))}${policyWords(grounds).map((words) => html`<p>${words}</p>`)}
${isReplayed === 'replayed' ? again(receipt, catalog) : html`<p class="lead"><a href="?replay=1#plan" rel="nofollow">Plan it again</a> with the health, the keys and the seed of then.</p>`}</section>`;
}

function again(receipt: Receipt, catalog: Catalog): Part {
  const replayed = replay(receipt, catalog);
  if (!replayed) return null;
  const { outcome, plan } = replayed;
  const now = plan?.candidates.map(({ endpoint, reason }) => ({ endpoint: endpoint.id, words: reason })) ?? [];
  return html`<p class="notice">${VERDICTS[outcome]}</p>${outcome === 'other' && table('Plan of this release', lines(now, []))}`;
}
