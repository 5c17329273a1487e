import { variablesToSet } from '../catalog/environment.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Provider } from '../catalog/provider.ts';
import type { StepRefusal } from './filter.ts';
import type { FilterStep } from './filters.ts';

/** What the operator would have to set so that this endpoint can be used. */
export function missingCredentials({ provider }: Endpoint): string {
  let obstacle = obstacles.get(provider);
  if (obstacle === undefined) {
    obstacle = provider.local ? 'its local server was not found' : `set ${variablesToSet(provider).join(' and ')}`;
    obstacles.set(provider, obstacle);
  }
  return obstacle;
}

/** Worked out once: every call asks for it of every provider that is not set up. */
const obstacles = new WeakMap<Provider, string>();

const STEP: FilterStep = 'credentials';

/** Which key to set, where no provider of a model has one. */
export function noCredentials({ model, models, rejected }: StepRefusal): string {
  const without = new Set(rejected.filter(({ step }) => step === STEP).map(({ endpoint }) => endpoint));
  const ways = waysToSwitchOn(models.flatMap(({ endpoints }) => endpoints).filter(({ id }) => without.has(id)));
  const best = ways.slice(0, ways[1] === KEY_TO_MOST ? 2 : 1);
  const others = ways.slice(best.length, best.length + 3);
  const shown = best.join(' or ') + (others.length > 0 ? ` (or ${others.join(', ')})` : '');
  return `No provider of ${model.id} is set up here: set ${shown} in the gateway's environment and restart it. Without any key, the model sandbox/echo works now.`;
}

/** The one key that opens most models. */
const KEY_TO_MOST = 'OPENROUTER_API_KEY';

/** What to set so that one of these endpoints can be called: the direct host's key, the one that opens most, the others. */
export function waysToSwitchOn(endpoints: readonly Endpoint[]): readonly string[] {
  const ways = endpoints
    .toSorted((a, b) => Number(a.provider.reseller) - Number(b.provider.reseller))
    .map(missingCredentials)
    .filter((way) => way.startsWith('set '))
    .map((way) => way.slice(4));
  const [direct, ...rest] = new Set(ways);
  if (direct === undefined) return [];
  return [direct, ...rest.filter((way) => way === KEY_TO_MOST), ...rest.filter((way) => way !== KEY_TO_MOST)];
}
