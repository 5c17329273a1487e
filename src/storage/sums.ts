import type { Value } from './work.ts';

type Row = { readonly key: readonly string[]; readonly figures: bigint[] };

/** Keys that came lately are compared with before a name is made of one: most receipts of a group share theirs. */
const LATELY = 4;

/** Adds up figures by key, so that a group touches each row once; rows come sorted, so that groups never deadlock. */
export class Sums {
  readonly #rows = new Map<string, Row>();
  readonly #lately: Row[] = [];
  #next = 0;

  get size(): number {
    return this.#rows.size;
  }

  add(key: readonly string[], figures: readonly bigint[]): void {
    for (const row of this.#lately) if (isSame(row.key, key)) return addTo(row, figures);
    const name = key.join('\u0000');
    let row = this.#rows.get(name);
    if (row) addTo(row, figures);
    else {
      row = { key, figures: [...figures] };
      this.#rows.set(name, row);
    }
    this.#lately[this.#next] = row;
    this.#next = (this.#next + 1) % LATELY;
  }

  values(): Iterable<{ readonly key: readonly string[]; readonly figures: readonly bigint[] }> {
    return this.#rows.values();
  }

  rows(): Value[][] {
    const sorted = [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([, { key, figures }]) => [...key, ...figures]);
  }
}

function addTo({ figures: sums }: Row, figures: readonly bigint[]): void {
  for (let at = 0; at < figures.length; at++) {
    const figure = figures[at] ?? 0n;
    if (figure !== 0n) sums[at] = (sums[at] ?? 0n) + figure;
  }
}

/** Keys that differ mostly do so near their ends. */
function isSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = some.length - 1; at >= 0; at--) if (some[at] !== others[at]) return false;
  return true;
}
