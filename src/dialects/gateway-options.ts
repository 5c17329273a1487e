import { arrayOf, type Json, type JsonObject, stringOf } from '../base/json.ts';
import type { Call, GatewayOptions, ProviderPreferences } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { Tool } from '../call/tool.ts';
import { hostSteps } from '../catalog/dialect-table.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { App } from '../facts/caller.ts';
import type { Target } from '../facts/target.ts';
import { isKept } from '../facts/trace.ts';
import { dataWishes, rulesAbout } from './data-wishes.ts';
import { type ChatTraits, holds } from './traits.ts';

/** The plugins a call asks for; `:online` behind a model's name is the plugin `web` (spec §3.3). */
export function pluginsOf({ gateway, model, models }: Call): readonly JsonObject[] {
  const isOnline = model?.includes(':online') || models.some((name) => name.includes(':online'));
  if (!gateway.plugins && !isOnline) return NONE;
  const named = gateway.plugins ?? [];
  const plugins = named.filter(({ enabled }) => enabled !== false);
  return isOnline && !named.some(({ id }) => id === 'web') ? [...plugins, { id: 'web' }] : plugins;
}
const NONE: readonly JsonObject[] = [];

/** A tool that a gateway runs (spec §4.2), whatever the dialect in which it was asked for: no vendor knows it. */
export const isGatewayTool = (tool: Tool): boolean =>
  tool.type === 'native' && stringOf(tool.value.type).startsWith('openrouter:');

/** An endpoint that is OpenRouter, or a gateway that takes all that OpenRouter takes. */
export const GATEWAY_FIELDS = 'gateway-fields';
export const takesGatewayFields = ({ dialect }: Endpoint): boolean => dialect.quirks.includes(GATEWAY_FIELDS);

/** The fields of a gateway's own for a provider that is one: how it is to route, and what it is to write beside the call. */
export function gatewayFields(call: Call, target: Target): JsonObject {
  const wishes = dataWishes(call.gateway, target);
  if (!takesGatewayFields(target.endpoint)) return wishes ? { provider: wishes } : {};
  const provider = { ...routingFields(withRules(call.gateway, target), target.endpoint.provider.slug), ...wishes };
  const fields: Record<string, Json> = {};
  for (const name of PASSED_ON) {
    const value = call.gateway.extra?.[name];
    if (value !== undefined) fields[name] = value;
  }
  return {
    ...fields,
    ...(Object.keys(provider).length > 0 && { provider }),
    ...(call.sessionId !== undefined && { session_id: call.sessionId }),
    ...(call.metadata !== undefined && { metadata: call.metadata }),
  };
}
const PASSED_ON = ['trace', 'transforms', 'max_tool_calls', 'stop_server_tools_when'] as const;

/** The caller's preferences, without the hosts that a rule forbids for this model. */
function withRules({ provider = {}, rules }: GatewayOptions, { endpoint }: Target): ProviderPreferences {
  const forbidden = rules ? rulesAbout(rules, endpoint).flatMap(({ ignore }) => ignore ?? []) : [];
  return forbidden.length === 0 ? provider : { ...provider, ignore: [...(provider.ignore ?? []), ...forbidden] };
}

/**
 * What was said of providers in general goes on; of names, those of hosts that are not this one. `only` has done its work
 * here: it names this gateway, and its hosts go by other names. So has a wish for no fallbacks without an order.
 */
function routingFields(preferences: ProviderPreferences, slug: string): JsonObject {
  const { only: _, order, ignore, allow_fallbacks, ...general } = preferences;
  const others = (names: readonly string[] | undefined): readonly string[] =>
    (names ?? []).filter((name) => name.toLowerCase().split('/', 1)[0] !== slug);
  const ordered = others(order);
  const ignored = others(ignore);
  return {
    ...(general as JsonObject),
    ...(ordered.length > 0 && { order: ordered, ...(allow_fallbacks !== undefined && { allow_fallbacks }) }),
    ...(ignored.length > 0 && { ignore: ignored }),
  };
}

/** Who the app is that a call comes from, in the headers that such a gateway counts apps by. */
export const appHeaders = ({ origin, title, categories }: App): { readonly [name: string]: string } => ({
  'http-referer': origin,
  // Headers are Latin-1; UTF-8 goes byte by byte, as it came.
  'x-openrouter-title': Buffer.from(title, 'utf8').toString('latin1'),
  ...(categories.length > 0 && { 'x-openrouter-categories': categories.join(',') }),
});

/** What a caller may ask of a gateway and this one does not do: told like anything else that is lost on the way. */
export function undone(
  call: Call,
  endpoint: Endpoint,
  traits: ChatTraits,
  isServed: (plugin: JsonObject) => boolean,
): Loss[] {
  const { preset, extra, headers } = call.gateway;
  const losses: Loss[] = [];
  const lose = (field: string, reason: string): void => void losses.push({ field, reason });
  if (!holds(traits.plugins, endpoint))
    for (const plugin of pluginsOf(call))
      if (!isServed(plugin)) lose('plugins', `there is no plugin ${stringOf(plugin.id) || 'without an id'} here`);
  if (preset !== undefined) lose('preset', 'presets are for chats');
  for (const name of headers ?? []) lose(name, UNHEARD[name] ?? 'this header is not heard here');
  if (takesGatewayFields(endpoint)) return losses;
  if (arrayOf(extra?.transforms).some((name) => name !== 'middle-out'))
    lose('transforms', 'there is no such transform');
  if (extra?.trace !== undefined && !isKept(extra.trace)) lose('trace', 'it is longer than 4,096 characters');
  if (extra?.stop_server_tools_when !== undefined) lose('stop_server_tools_when', 'no tools are run here');
  if (extra?.max_tool_calls !== undefined && hostSteps(endpoint.dialect.id) !== 'by-call')
    lose('max_tool_calls', 'no tools are run here');
  if (call.metadata !== undefined && !traits.metadata) lose('metadata', "no such field in the endpoint's dialect");
  return losses;
}

/** Headers of a gateway's own that are read by `read-gateway.ts` only so as to be told. */
const UNHEARD: { readonly [name: string]: string } = {
  'X-Provider-API-Keys': 'keys of providers are the operator’s to give here',
};
