import type { Value } from './work.ts';

/** Adds up figures by key, so that a group touches each row once; rows come sorted, so that groups never deadlock. */
export class Sums {
  readonly #rows = new Map<string, { readonly key: readonly string[]; readonly figures: bigint[] }>();

  get size(): number {
    return this.#rows.size;
  }

  add(key: readonly string[], figures: readonly bigint[]): void {
    const name = key.join('\u0000');
    const row = this.#rows.get(name);
    if (!row) this.#rows.set(name, { key, figures: [...figures] });
    else for (let at = 0; at < figures.length; at++) row.figures[at] = (row.figures[at] ?? 0n) + (figures[at] ?? 0n);
  }

  values(): Iterable<{ readonly key: readonly string[]; readonly figures: readonly bigint[] }> {
    return this.#rows.values();
  }

  rows(): Value[][] {
    const sorted = [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([, { key, figures }]) => [...key, ...figures]);
  }
}
