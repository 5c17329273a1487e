import { Stripe } from 'stripe';
import { type NanoUsd, nano } from '../base/money.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Cents, PaymentNews, Payments, Purchase } from '../facts/payments.ts';

export type StripeSettings = {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Where Stripe is; null = where it always is. */
  readonly url: string | null;
  readonly feePpm: number;
};

const NANO_PER_CENT = 10_000_000n;
const MILLION = 1_000_000n;
const ASK_MS = 20_000;

/** Payments by Stripe's own library, which signs, repeats and verifies (docs.stripe.com, read 2026-11-29). */
export function openStripe({ secretKey, webhookSecret, url, feePpm }: StripeSettings): Payments {
  const place = url === null ? null : new URL(url);
  const stripe = new Stripe(secretKey, {
    timeout: ASK_MS,
    maxNetworkRetries: 2,
    telemetry: false,
    ...(place && {
      host: place.hostname,
      port: place.port || (place.protocol === 'http:' ? '80' : '443'),
      protocol: place.protocol === 'http:' ? 'http' : 'https',
    }),
  });
  const chargeFor = (credits: NanoUsd): Cents => {
    const withFee = credits + (credits * BigInt(feePpm) + MILLION - 1n) / MILLION;
    return Number((withFee + NANO_PER_CENT - 1n) / NANO_PER_CENT);
  };
  return {
    feePpm,
    chargeFor,
    checkout: async (purchase) => {
      const session = await stripe.checkout.sessions.create(sessionFor(purchase, chargeFor(purchase.credits)));
      if (session.url === null) throw new Error('Stripe gave no address to pay at');
      return { id: session.id, url: session.url };
    },
    topUp: async ({ accountId, credits, customer, card, number, key }) => {
      try {
        await stripe.paymentIntents.create(
          {
            amount: chargeFor(credits),
            currency: 'usd',
            customer,
            payment_method: card,
            off_session: true,
            confirm: true,
            metadata: { ...metadataOf(accountId, credits), top_up: String(number) },
          },
          { idempotencyKey: key },
        );
        return 'charged';
      } catch (cause) {
        if (cause instanceof Stripe.errors.StripeCardError) return { declined: cause.message };
        throw cause;
      }
    },
    read: ({ body, signature }) => {
      let event: Stripe.Event;
      try {
        event = stripe.webhooks.constructEvent(body, signature, webhookSecret);
      } catch (cause) {
        return failed(cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause));
      }
      return newsOf(event);
    },
  };
}

/** Nobody but whoever has the secret key can write these: what an event says of itself can be believed. */
const metadataOf = (accountId: string, credits: NanoUsd) => ({ account: accountId, credits_nano_usd: String(credits) });

function sessionFor({ accountId, credits, savesCard, customer, returnTo }: Purchase, amount: Cents) {
  return {
    mode: 'payment' as const,
    line_items: [
      { quantity: 1, price_data: { currency: 'usd', unit_amount: amount, product_data: { name: 'Credits' } } },
    ],
    ...(customer === null ? { customer_creation: 'always' as const } : { customer }),
    client_reference_id: accountId,
    payment_intent_data: {
      metadata: metadataOf(accountId, credits),
      ...(savesCard && { setup_future_usage: 'off_session' as const }),
    },
    invoice_creation: { enabled: true },
    success_url: `${returnTo}?paid=1`,
    cancel_url: returnTo,
  };
}

const idOf = (thing: string | { readonly id: string } | null | undefined): string | null =>
  typeof thing === 'string' ? thing : (thing?.id ?? null);

/** What of an event is kept; of all others, and of payments that are not of this gateway, nothing is. */
function newsOf(event: Stripe.Event): Result<PaymentNews | null, string> {
  switch (event.type) {
    case 'payment_intent.succeeded': {
      const {
        id,
        metadata,
        amount_received: charged,
        currency,
        customer,
        payment_method,
        setup_future_usage,
      } = event.data.object;
      const { account, credits_nano_usd: credits, top_up: topUp } = metadata;
      if (account === undefined || credits === undefined || !/^\d{1,18}$/.test(credits)) return ok(null);
      if (currency !== 'usd') return failed(`the payment ${id} is in ${currency}`);
      return ok({
        kind: 'paid',
        paymentId: id,
        accountId: account,
        credits: nano(BigInt(credits)),
        charged,
        customer: idOf(customer),
        card: setup_future_usage === 'off_session' ? idOf(payment_method) : null,
        topUp: topUp === undefined ? null : Number(topUp),
      });
    }
    case 'charge.refunded': {
      const { payment_intent, amount_refunded } = event.data.object;
      const paymentId = idOf(payment_intent);
      return ok(paymentId === null ? null : { kind: 'refunded', paymentId, refunded: amount_refunded });
    }
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.closed':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated': {
      const { id, amount, payment_intent, status } = event.data.object;
      const paymentId = idOf(payment_intent);
      return ok(
        paymentId === null ? null : { kind: 'disputed', paymentId, disputeId: id, amount, state: stateOf(status) },
      );
    }
    default:
      return ok(null);
  }
}

/** An inquiry (`warning_…`) moves no money, and may still become a dispute. */
function stateOf(status: string): 'asked' | 'open' | 'won' | 'lost' {
  if (status.startsWith('warning_')) return 'asked';
  return status === 'won' || status === 'lost' ? status : 'open';
}
