import { arrayOf, type JsonObject, stringOf } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { Tool } from '../call/tool.ts';
import type { Endpoint } from '../catalog/model.ts';

/** An endpoint that is itself a gateway like this one, and runs plugins. */
const RUNS_PLUGINS = 'reasoning-details';

/** The plugins a call asks for; `:online` behind a model's name is the plugin `web` (spec §3.3). */
export function pluginsOf({ gateway, model, models }: Call): readonly JsonObject[] {
  const isOnline = model?.includes(':online') || models.some((name) => name.includes(':online'));
  if (!gateway.plugins && !isOnline) return NONE;
  const plugins = (gateway.plugins ?? []).filter(({ enabled }) => enabled !== false);
  return isOnline && !plugins.some(({ id }) => id === 'web') ? [...plugins, { id: 'web' }] : plugins;
}
const NONE: readonly JsonObject[] = [];

/** A tool that a gateway runs (spec §4.2), whatever the dialect in which it was asked for: no vendor knows it. */
export const isGatewayTool = (tool: Tool): boolean =>
  tool.type === 'native' && stringOf(tool.value.type).startsWith('openrouter:');

/** What a caller may ask of a gateway and this one does not do: told like anything else that is lost on the way. */
export function undone(call: Call, endpoint: Endpoint, isServed: (plugin: JsonObject) => boolean): Loss[] {
  const { preset, extra } = call.gateway;
  const losses: Loss[] = [];
  if (!endpoint.dialect.quirks.includes(RUNS_PLUGINS))
    for (const plugin of pluginsOf(call))
      if (!isServed(plugin))
        losses.push({ field: 'plugins', reason: `there is no plugin ${stringOf(plugin.id) || 'without an id'} here` });
  if (preset !== undefined) losses.push({ field: 'preset', reason: 'no presets are kept here' });
  if (arrayOf(extra?.transforms).length > 0)
    losses.push({ field: 'transforms', reason: 'prompts are not shortened here' });
  return losses;
}
