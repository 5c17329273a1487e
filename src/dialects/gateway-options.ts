import { arrayOf, type JsonObject, stringOf } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { Endpoint } from '../catalog/model.ts';

/** An endpoint that is itself a gateway like this one, and runs plugins. */
const RUNS_PLUGINS = 'reasoning-details';

/** The plugins a call asks for; `:online` behind a model's name is the plugin `web` (spec §3.3). */
export function pluginsOf({ gateway, model, models }: Call): readonly JsonObject[] {
  const plugins = (gateway.plugins ?? []).filter(({ enabled }) => enabled !== false);
  const isOnline = [model, ...models].some((name) => name !== null && /:online(?=:|$)/.test(name));
  return isOnline && !plugins.some(({ id }) => id === 'web') ? [...plugins, { id: 'web' }] : plugins;
}

/** What a caller may ask of a gateway and this one does not do: told like anything else that is lost on the way. */
export function undone(call: Call, endpoint: Endpoint): Loss[] {
  const { preset, extra } = call.gateway;
  const losses: Loss[] = [];
  if (!endpoint.dialect.quirks.includes(RUNS_PLUGINS))
    for (const { id } of pluginsOf(call))
      losses.push({ field: 'plugins', reason: `there is no plugin ${stringOf(id) || 'without an id'} here` });
  if (preset !== undefined) losses.push({ field: 'preset', reason: 'no presets are kept here' });
  if (arrayOf(extra?.transforms).length > 0)
    losses.push({ field: 'transforms', reason: 'prompts are not shortened here' });
  return losses;
}
