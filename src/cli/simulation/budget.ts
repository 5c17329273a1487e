import { limitNotice } from '../../storage/notices.ts';
import type { Budgets } from './book-laws.ts';
import { ACCOUNTS, KEYS, nanoOf } from './caller.ts';
import type { Draws } from './draws.ts';
import type { Store } from './store.ts';

/** Accounts and keys as the simulation begins. */
export function openBudgets(store: Store, now: number): Budgets {
  const budgets: Budgets = new Map();
  for (const { id, prepaid } of ACCOUNTS) {
    const columns = 'id, name, prepaid, credits';
    store.rows(`insert into account (${columns}) values (?, ?, ?, 0)`, [id, id, prepaid ? 1n : 0n]);
    if (prepaid) budgets.set(`account:${id}`, 0n);
  }
  for (const { id, account, limit } of KEYS) {
    store.rows(
      `insert into api_key (hash, name, label, account_id, workspace_id, is_management, disabled, created_at)
        values (?, ?, ?, ?, 'workspace', 0, 0, 0)`,
      [id, id, id, account],
    );
    if (limit === null) continue;
    store.rows(
      `insert into budget (scope, source, interval, amount, with_byok, created_at) values (?, '', 'lifetime', ?, 0, 0)`,
      [`key:${id}`, nanoOf(limit)],
    );
    budgets.set(`key:${id}`, nanoOf(limit));
  }
  addCredit(store, budgets, { id: 'first', usd: '2', now });
  return budgets;
}

function addCredit(
  store: Store,
  budgets: Budgets,
  { id, usd, now }: { readonly id: string; readonly usd: string; readonly now: number },
): void {
  const credit = { id: `credit-${id}`, accountId: 'prepaid', amount: nanoOf(usd), reason: 'simulation' };
  store.work('credit', { credit, now });
  store.work('credit', { credit, now }); // booked once, however often it is sent
  budgets.set('account:prepaid', (budgets.get('account:prepaid') ?? 0n) + credit.amount);
}

/** Somebody pays in, or raises a key's limit, while calls are under way. */
export function raiseBudget(store: Store, budgets: Budgets, draws: Draws, now: number): void {
  if (draws.chance(0.5)) {
    addCredit(store, budgets, { id: String(draws.below(2 ** 31)), usd: draws.pick(['0.01', '0.3', '1']), now });
    return;
  }
  const limited = KEYS.filter(({ limit }) => limit !== null);
  const key = limited[draws.below(limited.length)];
  if (!key) return;
  const limit = (budgets.get(`key:${key.id}`) ?? 0n) + nanoOf(draws.pick(['0.01', '0.2', '1']));
  const sql = 'update budget set amount = ? where scope = ?';
  store.work('write', {
    statements: [{ sql, parameters: [limit, `key:${key.id}`] }],
    notices: [limitNotice(`key:${key.id}`)],
  });
  budgets.set(`key:${key.id}`, limit);
}
