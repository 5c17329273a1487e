/** Settlements that the store refused, on a full disk for example. */
export type Unsettled = {
  readonly keep: (again: () => Promise<void>) => void;
  readonly tryAgain: () => void;
};

/** What does not fit in here stays open in the store and is settled by the next start. */
const UNSETTLED_MAX = 20_000;

export function createUnsettled(): Unsettled {
  const waiting = new Set<() => Promise<void>>();
  const keep = (again: () => Promise<void>): void => {
    if (waiting.size < UNSETTLED_MAX) waiting.add(again);
  };
  const tryAgain = (): void => {
    for (const again of [...waiting]) {
      waiting.delete(again);
      again().catch(() => keep(again));
    }
  };
  return { keep, tryAgain };
}
