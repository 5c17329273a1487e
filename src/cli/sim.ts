import { type SimulationReport, simulate } from './simulation/simulate.ts';

const USAGE = 'sim [--seed N] [--calls N] [--verbose]';
/** More calls than this are several simulations, each with the next seed, so that memory stays bounded. */
const CALLS_MAX = 10_000;

/** `switchwright sim`: 0 if every law held, 1 with the seed of the first that did not. */
export async function simCommand(words: readonly string[]): Promise<number> {
  const asked = optionsFrom(words);
  if (!asked) {
    console.error(USAGE);
    return 2;
  }
  const { seed, verbose } = asked;
  for (let at = 0, left = asked.calls; left > 0; at++, left -= CALLS_MAX) {
    try {
      const options = { seed: seed + at, calls: Math.min(left, CALLS_MAX) };
      console.log(lineOf(await simulate(verbose ? { ...options, log: console.log } : options)));
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

type Asked = { readonly seed: number; readonly calls: number; readonly verbose: boolean };

function optionsFrom(words: readonly string[]): Asked | null {
  let asked: Asked = { seed: 1, calls: 5_000, verbose: false };
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === '--verbose') {
      asked = { ...asked, verbose: true };
      continue;
    }
    const value = Number(words[++at]);
    if ((word !== '--seed' && word !== '--calls') || !Number.isInteger(value) || value < 1) return null;
    asked = word === '--seed' ? { ...asked, seed: value } : { ...asked, calls: value };
  }
  return asked;
}
