/**
 * The entry of a table under a word from outside. Undefined also for words that every object answers to, such as
 * `constructor` and `__proto__`: a vendor's `stop_reason` may be anything.
 */
export const entryOf = <Value>(
  table: { readonly [word: string]: Value },
  word: string | null | undefined,
): Value | undefined => (typeof word === 'string' && Object.hasOwn(table, word) ? table[word] : undefined);
