/**
 * What was used lately, at most twice `max` of it: a young half, which is asked first, and an old one, which is dropped
 * whole when the young one is full. A look-up of what is used often is one look-up in a Map and moves nothing: entries
 * taken out and put back for every use would keep the engine busy (see `ledger/open-holds.ts`).
 */
export class Recent<V> {
  readonly #max: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.#young.size >= this.#max && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    this.#old.delete(key);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Looks at all of them. */
  deleteWhere(isMeant: (value: V) => boolean): void {
    for (const half of [this.#young, this.#old]) for (const [key, value] of half) if (isMeant(value)) half.delete(key);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
