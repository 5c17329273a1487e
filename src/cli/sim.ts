import { parseArgs } from 'node:util';
import { type SimulationReport, simulate } from './simulation/simulate.ts';
import { wholeNumber } from './usage.ts';

/** More calls than this are several simulations, each with the next seed, so that memory stays bounded. */
const CALLS_MAX = 10_000;

/** `switchwright sim`: 0 if every law held, 1 with the seed of the first that did not. */
export async function simCommand(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: 'string', default: '1' },
      calls: { type: 'string', default: '5000' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const seed = wholeNumber(values.seed, '--seed', 1);
  for (let at = 0, left = wholeNumber(values.calls, '--calls', 1); left > 0; at++, left -= CALLS_MAX) {
    try {
      const options = { seed: seed + at, calls: Math.min(left, CALLS_MAX) };
      console.log(lineOf(await simulate(values.verbose ? { ...options, log: console.log } : options)));
    } catch (cause) {
      console.error(cause instanceof Error ? cause.message : cause);
      return 1;
    }
  }
  return 0;
}

function lineOf({ seed, calls, ends, kills, virtualMs, trace }: SimulationReport): string {
  const kinds = Object.entries(ends).map(([kind, count]) => `${count} ${kind}`);
  return `seed ${seed}: ${calls} calls in ${Math.round(virtualMs / 1000)} virtual seconds with ${kills} kills: ${kinds.join(', ')}; trace ${trace.slice(0, 12)}`;
}
