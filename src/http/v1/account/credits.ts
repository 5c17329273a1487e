import { fault } from '../../../base/fault.ts';
import { usdNumber } from '../../../base/money.ts';
import type { Route } from '../../route.ts';
import { refusal } from './refusal.ts';

/**
 * `GET /credits`. OpenRouter asks for a management key; here any key may see its own account's balance, because
 * clients show it and the account is the operator's own.
 */
export const CREDITS: Route = {
  method: 'GET',
  path: '/credits',
  auth: 'key',
  handle: async ({ caller }, { ledger }) => {
    if (caller === null) return refusal(fault('authentication', 'Missing Authentication header'));
    const { credits, settled } = await ledger.balance(caller.accountId);
    return { status: 200, json: { data: { total_credits: usdNumber(credits), total_usage: usdNumber(settled) } } };
  },
};
