import type { NanoUsd } from '../base/money.ts';
import type { Result } from '../base/result.ts';

/** Cents of a US dollar, which cards are charged in. */
export type Cents = number;

/** Somebody buys credits, on a page of the payment provider's. */
export type Purchase = {
  readonly accountId: string;
  readonly credits: NanoUsd;
  /** The card may be charged again without anybody being there: for automatic top-ups. */
  readonly savesCard: boolean;
  /** Whom the provider knows the account as; null = it has not bought anything yet. */
  readonly customer: string | null;
  /** Where its page leads back to. */
  readonly returnTo: string;
};

/** A saved card is charged, with nobody there. The same `key` charges once. */
export type TopUp = {
  readonly accountId: string;
  readonly credits: NanoUsd;
  readonly customer: string;
  readonly card: string;
  /** Counts the account's top-ups. */
  readonly number: number;
  readonly key: string;
};

/**
 * What the payment provider tells of a payment. It may tell it late, several times, and in any order: each says how things
 * are, so that what is known only ever grows.
 */
export type PaymentNews = { readonly paymentId: string } & (
  | {
      readonly kind: 'paid';
      readonly accountId: string;
      readonly credits: NanoUsd;
      readonly charged: Cents;
      readonly customer: string | null;
      /** Null = it was not saved. */
      readonly card: string | null;
      /** Null = somebody was there. */
      readonly topUp: number | null;
    }
  /** In all, with those of before. */
  | { readonly kind: 'refunded'; readonly refunded: Cents }
  | {
      readonly kind: 'disputed';
      readonly disputeId: string;
      readonly amount: Cents;
      /** `asked`: no money has moved; `open`: it is with the bank, as after `lost`; `won`: it is back. */
      readonly state: 'asked' | 'open' | 'won' | 'lost';
    }
);

/** The payment provider, as far as it is asked. */
export type Payments = {
  /** What is charged on top of credits, in millionths. */
  readonly feePpm: number;
  readonly chargeFor: (credits: NanoUsd) => Cents;
  /** Where somebody pays. Rejects in the provider's words. */
  readonly checkout: (purchase: Purchase) => Promise<{ readonly id: string; readonly url: string }>;
  /** `declined`: the card will not be charged whenever it is tried. Rejects where nobody knows: it is tried again. */
  readonly topUp: (topUp: TopUp) => Promise<'charged' | { readonly declined: string }>;
  /** Reads a message, whose signature proves who sent it. `ok(null)`: it is about nothing that is kept here. */
  readonly read: (message: { readonly body: Buffer; readonly signature: string }) => Result<PaymentNews | null, string>;
};

/** What an account wants to have done by itself, and whom the provider knows it as. Amounts in nano-dollars. */
export type PaymentAccount = {
  readonly customer: string | null;
  readonly card: string | null;
  /** Null = nothing is done by itself. */
  readonly topUp: { readonly below: NanoUsd; readonly credits: NanoUsd } | null;
  /** How many there were. */
  readonly topUps: number;
  /** Why the last one failed; it is turned off since. */
  readonly failure: string | null;
};

/** Payments as they are kept: each is credited once, whatever is told of it however often. */
export type PaymentStore = {
  /** False = there is no such account. */
  readonly tell: (news: PaymentNews, now: number) => Promise<boolean>;
  readonly account: (accountId: string) => Promise<PaymentAccount>;
  /** False = there is no saved card to do it with. */
  readonly setTopUp: (accountId: string, topUp: PaymentAccount['topUp']) => Promise<boolean>;
  /** Accounts that have less than they want to have, taken for `forMs`: nobody else charges them meanwhile. */
  readonly takeDue: (now: number, forMs: number) => Promise<readonly Omit<TopUp, 'key'>[]>;
  /** Turns it off. */
  readonly failTopUp: (accountId: string, reason: string) => Promise<void>;
};
