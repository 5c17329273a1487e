import { html } from '../html.ts';
import { manage, managed, sameByApi } from './frame.ts';
import { amountOf, numberIn, pairs } from './words.ts';

const CALL = { method: 'GET', path: '/credits' } as const;

/** What the account has had and spent. */
const creditsRoute = managed('GET', '/settings/credits', 'read-spending', async (managing) => {
  const answer = await managing.api(CALL);
  const data = answer.ok ? (answer.json.data as { readonly total_credits: number; readonly total_usage: number }) : {};
  const left = numberIn(data, 'total_credits') - numberIn(data, 'total_usage');
  return manage(managing, {
    path: '/settings/credits',
    title: 'Credits',
    facts: [html`${amountOf(numberIn(data, 'total_usage'))} spent`],
    content: html`<section class="part">${pairs([
      ['Credits', amountOf(numberIn(data, 'total_credits'))],
      ['Spent', amountOf(numberIn(data, 'total_usage'))],
      ['Left', amountOf(left)],
    ])}<p class="lead">An account without a limit pays later: what it has spent counts as credits that it has had. What keys and workspaces may spend is set with each of <a href="/settings/keys">them</a> and <a href="/settings/workspaces">their workspaces</a>.</p>
${sameByApi(CALL, managing)}</section>`,
  });
});

export const CREDITS_PAGES = [creditsRoute];
