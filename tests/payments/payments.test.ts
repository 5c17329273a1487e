/** Credits that are bought: by Stripe's own library on both sides, with a stand-in of what it asks on loopback. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { Stripe } from 'stripe';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { typed } from '../organization/typed.ts';

const WEBHOOK_SECRET = 'whsec_of_a_test';
type Asked = { readonly path: string; readonly form: URLSearchParams; readonly key: string | undefined };
const asked: Asked[] = [];
const stripeServer = createServer(async (request, response) => {
  const form = new URLSearchParams(await text(request));
  asked.push({ path: request.url ?? '', form, key: request.headers['idempotency-key'] as string | undefined });
  response.setHeader('content-type', 'application/json');
  if (request.url === '/v1/checkout/sessions')
    response.end(
      JSON.stringify({ id: 'cs_1', object: 'checkout.session', url: 'https://checkout.stripe.com/c/pay/cs_1' }),
    );
  else response.end(JSON.stringify({ id: 'pi_topup', object: 'payment_intent', status: 'succeeded' }));
});
await new Promise<void>((done) => stripeServer.listen(0, '127.0.0.1', done));
const environment = {
  SWITCHWRIGHT_STRIPE_KEY: 'sk_test_of_a_test',
  SWITCHWRIGHT_STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  SWITCHWRIGHT_STRIPE_URL: `http://127.0.0.1:${(stripeServer.address() as AddressInfo).port}`,
  SWITCHWRIGHT_PURCHASE_FEE_PERCENT: '5.5',
};
const folder = mkdtempSync(join(tmpdir(), 'switchwright-payments-'));
let gateway: GatewayProcess = await startGateway({ environment, folder });
after(async () => {
  await gateway.stop();
  stripeServer.close();
  rmSync(folder, { recursive: true, force: true });
});

const headers = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };
const api = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${gateway.base}${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    json: (await answer.json()) as { data: { [field: string]: unknown }; error: { message: string } },
  };
};
const credits = async (): Promise<unknown> => (await api('GET', '/credits')).json.data.total_credits;

const stripe = new Stripe('sk_test_of_a_test');
let events = 0;
/** An event as Stripe sends it, signed by its own helper. */
function message(type: string, object: object, secret = WEBHOOK_SECRET) {
  const payload = JSON.stringify({ id: `evt_${++events}`, object: 'event', type, data: { object } });
  return { payload, signature: stripe.webhooks.generateTestHeaderString({ payload, secret }) };
}
const send = async ({ payload, signature }: ReturnType<typeof message>, to = gateway): Promise<number> =>
  (
    await fetch(`${to.base}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'stripe-signature': signature },
      body: payload,
    })
  ).status;
const paid = (id: string, of: object = {}) =>
  message('payment_intent.succeeded', {
    id,
    object: 'payment_intent',
    amount_received: 1_055,
    currency: 'usd',
    customer: 'cus_1',
    payment_method: 'pm_1',
    metadata: { account: 'owner', credits_nano_usd: '10000000000' },
    ...of,
  });

test('a purchase begins at Stripe, with the fee, and is credited once however often it is told', async () => {
  const begun = await api('POST', '/credits/checkout', { amount: 10, save_card: true });
  assert.equal(begun.status, 201, JSON.stringify(begun.json));
  assert.deepEqual(
    [begun.json.data.url, begun.json.data.charge_usd],
    ['https://checkout.stripe.com/c/pay/cs_1', 10.55],
  );
  const [{ form } = { form: new URLSearchParams() }] = asked;
  assert.equal(form.get('line_items[0][price_data][unit_amount]'), '1055');
  assert.equal(form.get('payment_intent_data[metadata][credits_nano_usd]'), '10000000000');
  assert.equal(form.get('payment_intent_data[setup_future_usage]'), 'off_session');
  const news = paid('pi_1', { setup_future_usage: 'off_session' });
  assert.deepEqual(await Promise.all([send(news), send(news), send(paid('pi_1'))]), [200, 200, 200]);
  assert.equal(await send(news), 200);
  assert.equal(await credits(), 10);
});

test('what is not signed by the secret, or changed, or of nobody is refused and books nothing', async () => {
  assert.equal(await send(message('payment_intent.succeeded', {}, 'whsec_another')), 400);
  const news = paid('pi_forged');
  assert.equal(await send({ ...news, payload: news.payload.replace('10000000000', '99000000000') }), 400);
  assert.equal(await send({ ...news, signature: '' }), 400);
  assert.equal(await send(paid('pi_nobody', { metadata: { account: 'nobody', credits_nano_usd: '1' } })), 404);
  assert.equal(await send(paid('pi_other', { metadata: {} })), 200);
  assert.equal(await send(paid('pi_euro', { currency: 'eur' })), 400);
  assert.equal(await send(message('customer.created', { id: 'cus_1' })), 200);
  assert.equal(await credits(), 10);
});

test('refunds and disputes take credits back, in any order, and a dispute that is won gives them back', async () => {
  const refunded = (cents: number) =>
    message('charge.refunded', { id: 'ch_2', object: 'charge', payment_intent: 'pi_2', amount_refunded: cents });
  const disputed = (status: string) =>
    message('charge.dispute.updated', { id: 'dp_1', object: 'dispute', payment_intent: 'pi_2', amount: 422, status });
  assert.equal(await send(refunded(211)), 200);
  assert.equal(await credits(), 10, 'nothing is taken before it was given');
  assert.equal(await send(paid('pi_2')), 200);
  assert.equal(await credits(), 18);
  assert.equal(await send(refunded(422)), 200);
  assert.equal(await send(refunded(211)), 200, 'an older one comes late');
  assert.equal(await credits(), 16);
  assert.equal(await send(disputed('warning_needs_response')), 200);
  assert.equal(await credits(), 16, 'an inquiry moves no money');
  assert.equal(await send(disputed('needs_response')), 200);
  assert.equal(await credits(), 12);
  assert.equal(await send(disputed('won')), 200);
  assert.equal(await send(disputed('needs_response')), 200);
  assert.equal(await credits(), 16);
});

test('a kill between two deliveries loses nothing and doubles nothing', async () => {
  const news = paid('pi_3');
  // Whether the first is answered or not: Stripe tells it again until it is.
  const first = send(news).catch(() => 0);
  const killed = gateway.stop('SIGKILL');
  await Promise.all([first, killed]);
  gateway = await startGateway({ environment, folder });
  assert.equal(await send(news), 200);
  assert.equal(await send(news), 200);
  assert.equal(await credits(), 26);
});

test('automatic top-up needs a saved card, charges it once for each time it is due, and is told by the API', async () => {
  assert.equal((await api('PUT', '/credits/top-up', { enabled: true, below: 50 })).status, 400);
  const set = await api('PUT', '/credits/top-up', { enabled: true, below: 50, amount: 20 });
  assert.equal(set.status, 200, JSON.stringify(set.json));
  assert.deepEqual([set.json.data.enabled, set.json.data.has_card, set.json.data.failure], [true, true, null]);
  const charge = async (): Promise<Asked> => {
    for (let waited = 0; ; waited++) {
      assert.ok(waited < 3_000, 'no card was charged');
      const found = asked.find(({ path }) => path === '/v1/payment_intents');
      if (found) return found;
      await new Promise((next) => setTimeout(next, 100));
    }
  };
  const { form, key } = await charge();
  assert.equal(key, 'top-up owner 0');
  assert.deepEqual(
    ['amount', 'customer', 'payment_method', 'off_session', 'metadata[top_up]'].map((field) => form.get(field)),
    ['2110', 'cus_1', 'pm_1', 'true', '0'],
  );
  const metadata = { account: 'owner', credits_nano_usd: '20000000000', top_up: '0' };
  assert.equal(await send(paid('pi_topup', { amount_received: 2_110, metadata })), 200);
  assert.equal(await credits(), 46);
  assert.equal((await api('PUT', '/credits/top-up', { enabled: false })).json.data.enabled, false);
  assert.equal((await api('GET', '/credits/top-up')).json.data.count, 1);
});

test('an account that pays beforehand calls as far as its credits; grants are booked once, and the books are sound', async (context) => {
  const data = join(folder, 'data');
  for (let times = 0; times < 2; times++)
    assert.match((await typed(context, data, ['credits', 'grant', '4', '--id', 'once'])).out, /\$50 credits/);
  assert.match((await typed(context, data, ['credits', 'prepaid', 'on'])).out, /it pays beforehand/);
  const status = async (): Promise<number> => {
    const body = JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'hello' }] });
    const caller = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    return (await fetch(`${gateway.base}/chat/completions`, { method: 'POST', headers: caller, body })).status;
  };
  assert.equal(await status(), 200);
  assert.match((await typed(context, data, ['audit'])).out, /The books are sound\./);
  const page = await fetch(`${gateway.origin}/settings/credits`, { headers });
  assert.match(await page.text(), /Add credits/);
});
