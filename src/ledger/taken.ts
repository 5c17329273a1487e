import { type NanoUsd, NO_MONEY, nano } from '../base/money.ts';
import { completionTokens, promptTokens } from '../call/usage.ts';
import type { Receipt } from '../facts/receipt.ts';
import { type Count, countOf } from '../facts/scope.ts';
import type { Leases } from './lease.ts';
import { type Ask, exactly, type GrantRefusal } from './pool.ts';
import type { Scope } from './store.ts';

/** What a call may hold on: the sizes that its counts take. */
export type Sized = { readonly scopes: readonly Scope[]; readonly promptTokens: number; readonly outputTokens: number };

/** What a hold has of the limited scopes: the same amount of money of each, and of each count what it takes. */
export type Taken = { readonly amount: NanoUsd; readonly money: readonly Scope[]; readonly counts: readonly Counted[] };
type Counted = {
  readonly scope: Scope;
  readonly count: Count;
  readonly amount: NanoUsd;
  /** Which minute's it is; null = it is not counted by the minute. */
  readonly minute: number | null;
};

const NONE: readonly never[] = [];
export const NOTHING_TAKEN: Taken = { amount: NO_MONEY, money: NONE, counts: NONE };

/** What a call takes of a count before it is sent. */
function sizeOf(count: Count, sized: Sized): NanoUsd {
  return count === 'tokens' ? nano(BigInt(sized.promptTokens + sized.outputTokens)) : ONE;
}
const ONE = nano(1n);

/** What of that is used up when it has ended: a request is one, however it ended; a call that runs runs no more. */
function usedOf({ count, amount }: Counted, receipt: Receipt): NanoUsd {
  switch (count) {
    case 'requests':
      return amount;
    case 'calls':
      return NO_MONEY;
    case 'tokens':
      return nano(BigInt(tokensOf(receipt)));
    default:
      return count satisfies never;
  }
}

/** What a call took of tokens, those of models that its tools asked among them. */
function tokensOf({ usage, legs = [] }: Receipt): number {
  let tokens = promptTokens(usage) + completionTokens(usage);
  for (const { purpose, usage: asked } of legs)
    if (purpose === 'model' && asked) tokens += promptTokens(asked) + completionTokens(asked);
  return tokens;
}

/** From all scopes at once, without asking anyone; null = from none. */
export function takeNow(leases: Leases, sized: Sized, most: NanoUsd): Taken | null {
  const money: Scope[] = [];
  const counts: Counted[] = [];
  for (const scope of sized.scopes) {
    const count = countOf(scope);
    const amount = count === null ? most : sizeOf(count, sized);
    if (!leases.tryTake(scope, amount)) {
      free(leases, { amount: most, money, counts });
      return null;
    }
    if (!leases.isLimited(scope)) continue;
    if (count === null) money.push(scope);
    else counts.push({ scope, count, amount, minute: leases.minuteOf(scope) });
  }
  return { amount: most, money, counts };
}

/**
 * The same, asking the store where this process's lease is not enough: counts first, which pass by themselves, then as
 * much money from every scope as the one that has least of it. Rejects, and nothing is taken, if the store is broken.
 */
export async function takeAll(leases: Leases, sized: Sized, ask: Ask): Promise<Taken | GrantRefusal> {
  const money: Scope[] = [];
  const counts: Counted[] = [];
  let amount = ask.most;
  const taken = (): Taken => ({ amount, money, counts });
  const from = (scope: Scope, wanted: Ask): Promise<NanoUsd | GrantRefusal> =>
    leases.take(scope, wanted).catch((cause: unknown) => {
      free(leases, taken());
      throw cause;
    });
  for (const scope of sized.scopes) {
    const count = countOf(scope);
    if (count === null) continue;
    const answer = await from(scope, exactly(sizeOf(count, sized)));
    if (typeof answer !== 'bigint') {
      free(leases, taken());
      return answer;
    }
    if (leases.isLimited(scope)) counts.push({ scope, count, amount: answer, minute: leases.minuteOf(scope) });
  }
  for (const scope of sized.scopes) {
    if (countOf(scope) !== null) continue;
    const enough = ask.enough < amount ? ask.enough : amount;
    const answer = await from(scope, { most: amount, enough, least: ask.least });
    if (typeof answer !== 'bigint') {
      free(leases, taken());
      return answer;
    }
    if (answer < amount) for (const other of money) leases.end(other, nano(amount - answer), NO_MONEY);
    amount = answer;
    if (leases.isLimited(scope)) money.push(scope);
  }
  return taken();
}

/** Gives back what a call took of its scopes where nothing of it was used. */
export function free(leases: Leases, { amount, money, counts }: Taken): void {
  for (const scope of money) leases.end(scope, amount, NO_MONEY);
  for (const { scope, amount, minute } of counts) leases.end(scope, amount, NO_MONEY, minute);
}

/** The call has ended: what it held of counts, but for what it has used, is free. */
export function endCounts(leases: Leases, counts: Taken['counts'], receipt: Receipt): void {
  for (const counted of counts) leases.end(counted.scope, counted.amount, usedOf(counted, receipt), counted.minute);
}

/** A job has what the call held of money, `amount` of each scope; of counts it has used what it took, but it runs no more. */
export function handOverTaken(leases: Leases, { money, counts }: Taken, amount: NanoUsd): void {
  for (const scope of money) leases.end(scope, amount, amount);
  for (const { scope, count, amount: taken, minute } of counts)
    leases.end(scope, taken, count === 'calls' ? NO_MONEY : taken, minute);
}
