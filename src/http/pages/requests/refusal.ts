import { may } from '../../../access/may.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Refusal } from '../../../insights/requests.ts';
import { CLIENTS } from '../../contract/support.ts';
import type { RouteAnswer, RouteRequest } from '../../route.ts';
import { copyable } from '../code.ts';
import { exactCount, momentOf } from '../figures.ts';
import { html, type Part } from '../html.ts';
import { page } from '../layout.ts';
import { namesFor } from './names.ts';
import { receiptPath } from './table.ts';

/** A refusal that the caller may see: one of its key, of its account, or, for who runs the instance, of nobody. */
export async function refusalFor(
  { refusals }: Pick<Gateway, 'refusals'>,
  caller: Principal,
  id: string,
): Promise<Refusal | null> {
  const own = await refusals.find(caller.accountId, id);
  if (own) return may(caller, 'read-records') || own.keyId === caller.keyId ? own : null;
  return may(caller, 'operate') ? refusals.find('', id) : null;
}

/** What was refused, why, and what that means. There is no receipt: nothing was sent and nothing costs anything. */
export async function refusalPage(
  request: RouteRequest,
  gateway: Gateway,
  caller: Principal,
  refusal: Refusal,
): Promise<RouteAnswer> {
  const names = await namesFor(gateway, caller);
  const { id, keyId, keyLabel, model, clientDialect, operation, code, message, others } = refusal;
  const entries: readonly (readonly [string, Part])[] = [
    ['Why', html`<span class="state down"><a href="/docs/errors#${code}">${code}</a></span> ${message}`],
    ['Asked for', model !== null && html`<code>${model}</code>`],
    ['Operation', operation],
    ['Dialect', clientDialect && (CLIENTS.find((client) => client.id === clientDialect)?.name ?? clientDialect)],
    ['Key', keyId === null ? keyLabel && html`<code>${keyLabel}</code>, which is no key here` : names.keyName(keyId)],
    ['Workspace', refusal.workspaceId && names.workspaceName(refusal.workspaceId)],
    ['Others', others > 0 && `${exactCount(others)} more were refused in the same second, and only counted`],
  ];
  return page(request, receiptPath(id), {
    title: `Refused request ${id}`,
    description: 'What was asked for, and why it was refused.',
    section: 'requests',
    content: html`<div class="head measure"><div class="title"><h1>Refused request</h1>${copyable(id)}<span class="state down">refused</span></div>
<p class="facts"><span>${momentOf(refusal.createdAt)}</span><span>nothing was sent, nothing is charged</span></p></div>
<div class="measure"><section class="part"><dl class="pairs wide">${entries.map(([term, words]) => words && html`<div><dt>${term}</dt><dd>${words}</dd></div>`)}</dl></section></div>`,
  });
}
