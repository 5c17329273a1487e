import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { fault } from '../../../base/fault.ts';
import { type NanoUsd, NO_MONEY, usdNumber } from '../../../base/money.ts';
import type { PaymentAccount, Payments } from '../../../facts/payments.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { sendJson } from '../../answers.ts';
import type { RawRoute } from '../../raw-route.ts';
import { refuse } from '../../refuse.ts';
import type { Route, RouteAnswer } from '../../route.ts';
import { nanoOf, readBody } from './body.ts';
import { refusal } from './refusal.ts';

/** What a card is charged at once, in US dollars: less is not worth its fee, more is a mistake. */
const CREDITS_USD = { least: 5, most: 25_000 } as const;
const credits = z.number().min(CREDITS_USD.least).max(CREDITS_USD.most);

const CHECKOUT = z.strictObject({ amount: credits, save_card: z.boolean().optional() });
const TOP_UP = z.strictObject({
  enabled: z.boolean(),
  below: z.number().min(0).max(CREDITS_USD.most).optional(),
  amount: credits.optional(),
});

const OFF = refusal(fault('not_found', 'Credits are not sold by this gateway'));
const FAILED = refusal(
  fault('upstream_unreachable', 'The payment provider did not answer as it should. Please try again.'),
);
const NO_CARD = refusal(
  fault('conflict', 'There is no saved card: buy credits once with save_card, then turn automatic top-up on'),
);

type Sold = { readonly payments: Payments; readonly store: NonNullable<Gateway['payments']>['store'] };
const selling =
  (
    handle: (sold: Sold, request: Parameters<Route['handle']>[0], gateway: Gateway) => Promise<RouteAnswer>,
  ): Route['handle'] =>
  async (request, gateway) =>
    gateway.payments ? handle(gateway.payments, request, gateway) : OFF;

/** A JSON number of dollars as nano-dollars. */
const moneyOf = (usd: number): NanoUsd => nanoOf(usd) ?? NO_MONEY;

const BUY: Route = {
  method: 'POST',
  path: '/credits/checkout',
  auth: 'pay',
  body: CHECKOUT,
  handle: selling(async ({ payments, store }, { body, caller, origin }, { log }) => {
    const wish = readBody(CHECKOUT, body);
    if (!wish.ok) return refusal(wish.error);
    const accountId = caller?.accountId ?? '';
    const { customer } = await store.account(accountId);
    const amount = moneyOf(wish.value.amount);
    const purchase = {
      accountId,
      credits: amount,
      savesCard: wish.value.save_card ?? false,
      customer,
      returnTo: `${origin}/settings/credits`,
    };
    try {
      const { id, url } = await payments.checkout(purchase);
      return {
        status: 201,
        json: { data: { id, url, amount: wish.value.amount, charge_usd: payments.chargeFor(amount) / 100 } },
      };
    } catch (cause) {
      log('a purchase of credits could not be begun', cause);
      return FAILED;
    }
  }),
};

const topUpJson = ({ topUp, card, topUps, failure }: PaymentAccount) => ({
  data: {
    enabled: topUp !== null,
    below: topUp && usdNumber(topUp.below),
    amount: topUp && usdNumber(topUp.credits),
    has_card: card !== null,
    count: topUps,
    failure,
  },
});

const TOP_UP_NOW: Route = {
  method: 'GET',
  path: '/credits/top-up',
  auth: 'read-spending',
  handle: selling(async ({ store }, { caller }) => ({
    status: 200,
    json: topUpJson(await store.account(caller?.accountId ?? '')),
  })),
};

const SET_TOP_UP: Route = {
  method: 'PUT',
  path: '/credits/top-up',
  auth: 'pay',
  body: TOP_UP,
  handle: selling(async ({ store }, { body, caller }) => {
    const wish = readBody(TOP_UP, body);
    if (!wish.ok) return refusal(wish.error);
    const accountId = caller?.accountId ?? '';
    const { enabled, below, amount } = wish.value;
    if (enabled && (below === undefined || amount === undefined)) {
      const param = below === undefined ? 'below' : 'amount';
      return refusal(fault('invalid_request', `${param}: is given where it is enabled`, { param }));
    }
    const topUp = enabled ? { below: moneyOf(below ?? 0), credits: moneyOf(amount ?? 0) } : null;
    const isSet = await store.setTopUp(accountId, topUp);
    if (enabled && !isSet) return NO_CARD;
    return { status: 200, json: topUpJson(await store.account(accountId)) };
  }),
};

/** Buying credits, where the operator sells them. */
export const PAYMENT_ROUTES: readonly Route[] = [BUY, TOP_UP_NOW, SET_TOP_UP];

const MESSAGE_BYTES_MAX = 1024 * 1024;

async function bytesOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MESSAGE_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What the payment provider tells, byte by byte as it was signed. It is answered once it is committed, else told again. */
export const RAW_PAYMENT_ROUTES: readonly RawRoute[] = [
  {
    method: 'POST',
    path: '/webhooks/stripe',
    auth: 'none',
    answer: async ({ request, response, headers }, { payments, world, log }) => {
      if (!payments) return refuse(response, fault('not_found', 'Credits are not sold by this gateway'));
      const body = await bytesOf(request);
      if (body === null) return refuse(response, fault('payload_too_large', 'The message is too long.'));
      const read = payments.payments.read({ body, signature: headers['stripe-signature'] ?? '' });
      if (!read.ok) {
        log(`a message of the payment provider was refused: ${read.error}`);
        return refuse(response, fault('invalid_request', 'The message cannot be read, or its signature is not right'));
      }
      if (read.value !== null && !(await payments.store.tell(read.value, world.now()))) {
        log(`a payment is for an account that there is not: ${read.value.paymentId}`);
        return refuse(response, fault('not_found', 'There is no such account'));
      }
      sendJson(response, '{"received":true}', {}, 200);
    },
  },
];
