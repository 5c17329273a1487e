import { Recent } from '../base/recent.ts';
import type { World } from '../base/world.ts';

/** How often one may ask: so many times a minute. */
export type Rates = {
  /** One more question. Null = it is answered; else how many milliseconds until one is again. */
  readonly ask: (who: string) => number | null;
};

const MINUTE_MS = 60_000;
/** Who is remembered; whoever has not asked for longest is forgotten first. */
const ASKING_MAX = 5_000;

/** Counts questions of each asker in minutes of this process's clock. */
export function createRates(world: Pick<World, 'elapsed'>, perMinute: number): Rates {
  const seen = new Recent<{ readonly since: number; asked: number }>(ASKING_MAX);
  return {
    ask: (who) => {
      const now = world.elapsed();
      const known = seen.get(who);
      if (!known || now - known.since >= MINUTE_MS) {
        seen.set(who, { since: now, asked: 1 });
        return null;
      }
      if (known.asked >= perMinute) return Math.ceil(known.since + MINUTE_MS - now);
      known.asked++;
      return null;
    },
  };
}
