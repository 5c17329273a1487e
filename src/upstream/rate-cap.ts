const MINUTE_MS = 60_000;
/** So much more is tried in each minute without a refusal; beyond so many times what was learned it is forgotten. */
const RISE = { share: 0.1, least: 1, forgottenAt: 4 } as const;

/**
 * How many requests a minute an endpoint takes, learned from its refusals: where they began is the cap, which rises by a
 * tenth in each minute in which there was none. It puts an endpoint behind its peers and keeps nobody from it.
 */
export type RateCap = {
  readonly sent: (now: number) => void;
  /** It refused a request for its rate. */
  readonly refused: (now: number) => void;
  readonly isReached: (now: number) => boolean;
};

export function createRateCap(): RateCap {
  let minute = 0;
  let count = 0;
  let before = 0;
  let learned: number | null = null;
  let cap = 0;
  const turn = (now: number): void => {
    const present = Math.floor(now / MINUTE_MS);
    if (present === minute) return;
    for (let passed = Math.min(present - minute, 60); learned !== null && passed > 0; passed--) {
      cap += Math.max(RISE.least, RISE.share * cap);
      if (cap > RISE.forgottenAt * learned + RISE.least) learned = null;
    }
    before = present === minute + 1 ? count : 0;
    minute = present;
    count = 0;
  };
  return {
    sent: (now) => {
      turn(now);
      count++;
    },
    refused: (now) => {
      turn(now);
      // Just after the minute has turned, what was sent before it still counts for the host.
      const share = (now % MINUTE_MS) / MINUTE_MS;
      cap = Math.max(1, Math.floor(count + before * (1 - share)) - 1);
      learned = cap;
    },
    isReached: (now) => {
      turn(now);
      return learned !== null && count >= cap;
    },
  };
}
