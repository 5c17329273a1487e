import type { PaymentNews } from '../facts/payments.ts';
import { accountScope } from '../facts/scope.ts';
import { limitNotice } from './notices.ts';
import { columnsOf, TRANSFER } from './tables.ts';
import { query, type Row, type Value, type Work, type WorkContext } from './work.ts';

/** In the order in which they may follow each other: a dispute that has ended stays as it ended. */
const STATES = { asked: 0n, open: 1n, won: 2n, lost: 3n } as const;
type Told = { readonly news: PaymentNews; readonly now: number };

/**
 * Writes down what is told of a payment, and books by how much the account's credits differ from what follows from all that
 * is known of it. So it does not matter in which order, or how often, something is told. False = there is no such account.
 */
export function* tellPayment({ news, now }: Told, context: WorkContext): Work<boolean> {
  const { paymentId } = news;
  const lock = context.dialect === 'postgres' ? 'for update' : '';
  yield query(
    `insert into payment (id, credits, charged, refunded, booked, bookings, created_at)
      values (?, 0, 0, 0, 0, 0, ?) on conflict (id) do nothing`,
    [paymentId, BigInt(Math.floor(now))],
  );
  yield query(`select id from payment where id = ? ${lock}`, [paymentId]);
  if (news.kind === 'paid' && !(yield* isPaid(news))) return false;
  if (news.kind === 'refunded')
    yield query('update payment set refunded = ? where id = ? and refunded < ?', [
      BigInt(news.refunded),
      paymentId,
      BigInt(news.refunded),
    ]);
  if (news.kind === 'disputed')
    yield query(
      `insert into payment_dispute (id, payment_id, amount, state) values (?, ?, ?, ?)
        on conflict (id) do update set amount = excluded.amount, state = excluded.state
        where payment_dispute.state < excluded.state and payment_dispute.state < ${STATES.won}`,
      [news.disputeId, paymentId, BigInt(news.amount), STATES[news.state]],
    );
  yield* book(paymentId, now, context);
  return true;
}

function* isPaid(news: PaymentNews & { readonly kind: 'paid' }): Work<boolean> {
  const { paymentId, accountId, credits, charged, customer, card, topUp } = news;
  const known = yield query('select id from account where id = ?', [accountId]);
  if (known.rows.length === 0) return false;
  const paid = yield query('update payment set account_id = ?, credits = ?, charged = ? where id = ? and charged = 0', [
    accountId,
    credits,
    BigInt(charged),
    paymentId,
  ]);
  if (paid.changes === 0n) return true;
  yield query(
    `insert into payment_account (account_id, top_ups, taken_until) values (?, 0, 0) on conflict (account_id) do nothing`,
    [accountId],
  );
  if (customer !== null)
    yield query('update payment_account set customer = ? where account_id = ?', [customer, accountId]);
  if (card !== null) yield query('update payment_account set card = ? where account_id = ?', [card, accountId]);
  // The next one is another one; until then the same is charged once, however often it is asked for.
  if (topUp !== null)
    yield query('update payment_account set top_ups = ?, taken_until = 0 where account_id = ? and top_ups <= ?', [
      BigInt(topUp) + 1n,
      accountId,
      BigInt(topUp),
    ]);
  return true;
}

function* book(paymentId: string, now: number, context: WorkContext): Work<void> {
  const { rows } = yield query(
    `select account_id, credits, charged, refunded, booked, bookings,
      (select cast(coalesce(sum(amount), 0) as bigint) from payment_dispute d
        where d.payment_id = p.id and d.state in (${STATES.open}, ${STATES.lost})) as disputed
      from payment p where id = ?`,
    [paymentId],
  );
  const [row] = rows;
  if (!row || row.account_id === null) return;
  const accountId = String(row.account_id);
  const delta = due(row) - (row.booked as bigint);
  if (delta === 0n) return;
  const number = (row.bookings as bigint) + 1n;
  const reason = number === 1n ? 'credits bought' : delta < 0n ? 'refund or dispute' : 'dispute won';
  const id = `payment:${paymentId}/${number}`;
  const booking: readonly Value[] = [id, BigInt(Math.floor(now)), 'credit', 'outside', accountId, delta, '', reason];
  const columns = columnsOf(TRANSFER).map((column) => `"${column}"`);
  yield query(`insert into transfer (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`, booking);
  yield query('update payment set booked = booked + ?, bookings = ? where id = ?', [delta, number, paymentId]);
  yield query('update account set credits = credits + ? where id = ?', [delta, accountId]);
  context.notify(limitNotice(accountScope(accountId)));
}

/** Of what was charged the part that did not go back, as credits; what goes back is rounded up. */
function due(row: Row): bigint {
  const [credits, charged] = [row.credits as bigint, row.charged as bigint];
  if (charged === 0n) return 0n;
  const gone = (row.refunded as bigint) + (row.disputed as bigint);
  const back = gone > charged ? charged : gone;
  return credits - (credits * back + charged - 1n) / charged;
}
