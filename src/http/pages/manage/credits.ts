import { may } from '../../../access/may.ts';
import { isObject, objectOf, stringOf } from '../../../base/json.ts';
import { type Complaint, type Field, form, type Values } from '../form.ts';
import { bodyOf } from '../form-body.ts';
import { type Html, html, type Part } from '../html.ts';
import { type Managing, manage, managed, sameByApi } from './frame.ts';
import { amountOf, numberIn, pairs } from './words.ts';

const CALL = { method: 'GET', path: '/credits' } as const;
const BUY = { method: 'POST', path: '/credits/checkout' } as const;
const PATH = '/settings/credits';
const FIELDS: readonly Field[] = [
  { name: 'amount', label: 'US dollars', kind: 'money', required: true, placeholder: '25' },
  {
    name: 'save_card',
    label: 'Save the card, so that credits can be topped up automatically',
    kind: 'switch',
    hint: 'When and by how much is set with PUT /credits/top-up.',
  },
];

/** Where credits are sold, and to whoever may buy some. */
function adding({ gateway, caller }: Managing, values: Values, complaint: Complaint | null): Html | null {
  if (!gateway.payments || !may(caller, 'pay')) return null;
  const { feePpm } = gateway.payments.payments;
  return html`<section class="part"><h2>Add credits</h2>
<p class="lead">You pay on a page of Stripe's${feePpm > 0 && html`; ${feePpm / 10_000} % are added as a fee`}. Credits are here as soon as the payment is.</p>
${form({ name: 'credits', action: PATH, label: 'Add credits', fields: FIELDS, values, complaint })}</section>`;
}

/** What the account has had and spent. */
async function shown(managing: Managing, above: Part, below: Part, status = 200) {
  const answer = await managing.api(CALL);
  const data = answer.ok ? objectOf(answer.json.data) : {};
  const [had, spent] = [numberIn(data, 'total_credits'), numberIn(data, 'total_usage')];
  return manage(managing, {
    path: PATH,
    title: 'Credits',
    status,
    facts: [html`${amountOf(spent)} spent`],
    content: html`${above}<section class="part">${pairs([
      ['Credits', amountOf(had)],
      ['Spent', amountOf(spent)],
      ['Left', amountOf(had - spent)],
    ])}<p class="lead">An account without a limit pays later: what it has spent counts as credits that it has had. What keys and workspaces may spend is set with each of <a href="/settings/keys">them</a> and <a href="/settings/workspaces">their workspaces</a>.</p>
${sameByApi(CALL, managing)}</section>${below}`,
  });
}

const creditsRoute = managed('GET', PATH, 'read-spending', (managing) =>
  shown(
    managing,
    managing.request.query.paid === '1' &&
      html`<p class="notice done" role="status">Thank you. The credits are here as soon as Stripe says that they are paid.</p>`,
    adding(managing, {}, null),
  ),
);

/** The way to Stripe is a link: pages here send their forms to this instance alone. */
const buyRoute = managed('POST', PATH, 'pay', async (managing) => {
  const values = Object.fromEntries(
    Object.entries(managing.request.body).map(([name, value]) => [name, String(value)]),
  );
  const answer = await managing.api({ ...BUY, body: bodyOf(FIELDS, values) });
  if (!answer.ok)
    return shown(
      managing,
      null,
      adding(managing, values, { message: answer.message, field: answer.param ?? null }),
      answer.status,
    );
  const data = isObject(answer.json.data) ? answer.json.data : {};
  const url = stringOf(data.url);
  if (!url.startsWith('https://'))
    return shown(
      managing,
      null,
      adding(managing, values, { message: 'Stripe gave no address to pay at', field: null }),
      502,
    );
  return shown(
    managing,
    html`<section class="part"><h2>Pay ${amountOf(numberIn(data, 'charge_usd'))}</h2><p class="actions"><a class="try" href="${url}" rel="noreferrer">Go on to Stripe</a></p></section>`,
    null,
  );
});

export const CREDITS_PAGES = [creditsRoute, buyRoute];
