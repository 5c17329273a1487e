import { fault } from '../../../base/fault.ts';
import { nano, usdNumber } from '../../../base/money.ts';
import type { Route } from '../../route.ts';
import { refusal } from './refusal.ts';

/**
 * `GET /credits`: what the account has had and spent, all its keys together. As at OpenRouter it takes a management key
 * (spec §1.11). Programs show the difference as the balance: an account that pays later owes nobody what it has spent
 * beyond its credits (decisions/0012), so they count as had what was spent.
 */
export const CREDITS: Route = {
  method: 'GET',
  path: '/credits',
  auth: 'read-spending',
  handle: async ({ caller }, { ledger }) => {
    if (caller === null) return refusal(fault('authentication', 'Missing Authentication header'));
    const { credits, settled } = await ledger.balance(caller.accountId);
    const total = nano(credits > settled ? credits : settled);
    return { status: 200, json: { data: { total_credits: usdNumber(total), total_usage: usdNumber(settled) } } };
  },
};

/** Gone there, and never been here (spec §1.9): whoever buys that way learns it, and nothing is looked up. */
export const COINBASE: Route = {
  method: 'POST',
  path: '/credits/coinbase',
  auth: 'none',
  handle: () =>
    refusal(
      fault(
        'gone',
        'The Coinbase APIs used by this endpoint have been deprecated, so the Coinbase Commerce credits API has been removed.',
      ),
    ),
};
