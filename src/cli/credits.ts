import { parseArgs } from 'node:util';
import { OWNER_ACCOUNT_ID } from '../access/owner.ts';
import { formatUsd, nano, usdToNano } from '../base/money.ts';
import type { Storage } from '../storage/open.ts';
import { realWorld } from '../upstream/world.ts';
import type { Configuration } from './configuration.ts';
import { openVisit } from './store.ts';
import { UsageError } from './usage.ts';

/** `switchwright credits …`: what an account has, grants, and whether it pays beforehand. */
export async function creditsCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      account: { type: 'string', default: OWNER_ACCOUNT_ID },
      reason: { type: 'string' },
      id: { type: 'string' },
    },
  });
  const [verb = 'show', argument, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is one word too many.`);
  const amount = verb === 'grant' ? usdToNano(argument ?? '') : undefined;
  if (verb === 'grant' && (amount === undefined || amount <= 0n)) throw new UsageError('A grant takes US dollars.');
  if (verb === 'prepaid' && argument !== 'on' && argument !== 'off') throw new UsageError('prepaid takes on or off.');
  if (!['show', 'grant', 'prepaid'].includes(verb)) throw new UsageError(`credits does not know "${verb}".`);
  const storage = await openVisit(configuration);
  try {
    const accountId = values.account;
    if (!(await storage.accounts.find(accountId))) throw new Error(`There is no account ${accountId}.`);
    if (amount !== undefined)
      await storage.accounts.grant({
        id: `grant:${values.id ?? realWorld().newId('grant')}`,
        accountId,
        amount,
        reason: values.reason ?? 'grant',
      });
    if (verb === 'prepaid') await storage.accounts.setPrepaid(accountId, argument === 'on');
    return await show(storage, accountId);
  } finally {
    await storage.close();
  }
}

async function show({ ledgerStore, accounts }: Storage, accountId: string): Promise<number> {
  const { credits, settled, held } = await ledgerStore.balance(accountId);
  const isPrepaid = (await accounts.find(accountId))?.isPrepaid;
  console.log(
    `account ${accountId}: $${formatUsd(credits)} credits, $${formatUsd(settled)} spent, $${formatUsd(held)} held, ` +
      `$${formatUsd(nano(credits - settled - held))} left; ${isPrepaid ? 'it pays beforehand: calls beyond its credits are refused' : 'it pays later: credits are no limit'}`,
  );
  return 0;
}
