import { formatUsd } from '../base/money.ts';
import { completionTokens, promptTokens } from '../call/usage.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Hold } from '../ledger/ledger.ts';
import type { Gateway } from './gateway.ts';

/**
 * A host that counts more than it was permitted breaks a limit, for what it says it is owed. What was held for it is charged
 * like any call, the rest is a transfer of its own (kind `excess`); the host goes behind its peers for a while, the
 * operator hears of it, and the receipt says it.
 */
export function withOverrun(gateway: Gateway, receipt: Receipt, hold: Hold): Receipt {
  const limit = hold.limit();
  const { bill, endpoint, usage } = receipt;
  if (limit === null || bill.cost <= limit || endpoint === null) return receipt;
  gateway.health.distrust(endpoint);
  gateway.log(`${endpoint} took $${formatUsd(bill.cost)} where $${formatUsd(limit)} was held (${receipt.id})`);
  const counted = `${promptTokens(usage)} + ${completionTokens(usage)} tokens`;
  const reason = `the provider went beyond what it was permitted: ${counted}, $${formatUsd(bill.cost)} of $${formatUsd(limit)} held`;
  return { ...receipt, losses: [...receipt.losses, { field: 'max_tokens', reason }] };
}
