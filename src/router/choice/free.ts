import type { Endpoint } from '../../catalog/model.ts';
import { generator } from '../random.ts';
import type { Fit } from './pool.ts';
import type { Ranked } from './ranked.ts';

/** Asks nothing for anything that a chat consumes. */
export const isFree = ({ price }: Endpoint): boolean =>
  price.input === 0n && price.output === 0n && !price.request && price.overrides.length === 0;

/** So that the draw of a model does not decide the draw of its endpoint. */
const OTHER_DRAW = 0x5bf03635;

/** All of them in a drawn order. */
export function drawFree(pool: readonly Fit[], seed: number): Ranked {
  const draw = generator(seed ^ OTHER_DRAW);
  const drawn = pool.map(({ model }) => ({ model, at: draw() })).sort((a, b) => a.at - b.at);
  return { models: drawn.map(({ model }) => model), reasonAt: () => `drawn among ${pool.length} that cost nothing` };
}
