import { nano } from '../../base/money.ts';
import { entryOf } from '../entry.ts';
import type { Group } from '../group.ts';
import { cents, receiptOf, requestOf } from './sample.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

/** What a call is named by its number. */
export const callId = (at: number): string => `gen-${String(at).padStart(8, '0')}`;
/** What it costs, in nano-dollars. */
export const costOf = (at: number): bigint => BigInt(at % 7) * 1_000n;

/** A process's groups: each begins so many calls, and ends those that the one before began. */
export function groupsOf(count: number, each = 2): readonly Group[] {
  const rowOf = (at: number) => {
    const { about, createdAt } = requestOf(callId(at), 'key', cents(1), NOON);
    const who = [callId(at), 'process-1', BigInt(createdAt), 'owner', 'key', 'workspace', 'author/model', null];
    return [...who, cents(1), nano(1_000n), 1n, 0n, JSON.stringify(about)];
  };
  const closingOf = (at: number) => {
    const request = requestOf(callId(at), 'key', cents(1), NOON + at);
    return {
      entry: entryOf(receiptOf(request, nano(costOf(at)), { user: `${at} 𝄞` })),
      leases: [],
      also: [],
      isKnown: true,
    };
  };
  const numbers = (group: number): number[] => Array.from({ length: each }, (_, at) => group * each + at);
  return Array.from({ length: count }, (_, group) => ({
    process: 'process-1',
    seq: group + 1,
    opens: numbers(group).map(rowOf),
    touches: [],
    closes: group === 0 ? [] : numbers(group - 1).map(closingOf),
    returns: [],
    relets: [],
  }));
}
