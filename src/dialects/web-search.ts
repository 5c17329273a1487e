import { isObject, type Json, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { Tool } from '../call/tool.ts';
import type { Endpoint } from '../catalog/model.ts';
import { isGatewayTool, pluginsOf } from './gateway-options.ts';
import type { ChatTraits } from './traits.ts';

type NativeTool = Extract<Tool, { type: 'native' }>;
/** What can be said of a search in one form or another, by the name it has in most. */
type Search = { readonly [member in (typeof MEMBERS)[number]]?: Json };
const MEMBERS = ['max_uses', 'allowed_domains', 'blocked_domains', 'user_location', 'search_context_size'] as const;

/**
 * A search of the web that the endpoint's host runs, in the host's own words: whoever asks for one by another vendor's
 * tool, by OpenRouter's or as the plugin `web` gets it where the catalogue prices it (spec §2.4, §4). Undefined where
 * nothing changes.
 */
export function suitSearch(
  call: Call,
  endpoint: Endpoint,
  { webSearch }: ChatTraits,
  losses: Loss[],
): Pick<Call, 'tools'> | undefined {
  const plugin = pluginsOf(call).find(isSearchPlugin);
  if (!webSearch || (!plugin && call.tools.every(({ type }) => type === 'function'))) return undefined;
  if (!runsSearch(call, endpoint, webSearch)) return undefined;
  const { id } = endpoint.dialect;
  let isAsked = false;
  const tools = call.tools.map((tool, at) => {
    const search = tool.type === 'native' ? searchOf(tool) : undefined;
    if (tool.type !== 'native' || !search) return tool;
    isAsked = true;
    if (!isForeign(tool, id)) return tool;
    return {
      type: 'native' as const,
      dialect: id,
      value: ownSearch(webSearch, search, (name) => losses.push(unsaid(`tools[${at}]`, name))),
    };
  });
  if (plugin && !isAsked) {
    const value = ownSearch(webSearch, optionsOf(plugin), (name) => losses.push(unsaid('plugins', name)));
    tools.push({ type: 'native', dialect: id, value });
  }
  return { tools };
}

const unsaid = (field: string, name: string): Loss => ({ field, reason: `the host's search has no ${name}` });

/** Does the host search for this call? Only where the catalogue has a price for it. */
export const runsSearch = ({ tools }: Call, endpoint: Endpoint, search: SearchTool | null): boolean =>
  search !== null &&
  endpoint.price.webSearch !== undefined &&
  (search.besideFunctions(endpoint) || !tools.some(({ type }) => type === 'function'));

/** The plugin, unless it names an engine that is not the host's. */
export const isSearchPlugin = ({ id, engine }: JsonObject): boolean => id === 'web' && isHosts(engine);
const isHosts = (engine: Json | undefined): boolean =>
  engine === undefined || engine === null || engine === 'native' || engine === 'auto';

const isForeign = (tool: NativeTool, id: string): boolean => tool.dialect !== id || isGatewayTool(tool);

/** Undefined for a tool that is no search. */
function searchOf({ dialect, value }: NativeTool): Search | undefined {
  const type = stringOf(value.type);
  if (type === 'openrouter:web_search') {
    const parameters = objectOf(value.parameters);
    return isHosts(parameters.engine) ? optionsOf(parameters) : undefined;
  }
  if (dialect === 'gemini') return isObject(value.googleSearch) ? {} : undefined;
  if (!/^web_search(?:_|$)/.test(type)) return undefined;
  return optionsOf({ ...value, ...objectOf(value.filters) });
}

function optionsOf(searchOptions: JsonObject): Search {
  const blocked = searchOptions.blocked_domains ?? searchOptions.excluded_domains ?? searchOptions.exclude_domains;
  const allowed = searchOptions.allowed_domains ?? searchOptions.include_domains;
  const whole: JsonObject = { ...searchOptions, allowed_domains: allowed, blocked_domains: blocked };
  return Object.fromEntries(MEMBERS.flatMap((name) => (whole[name] == null ? [] : [[name, whole[name]]])));
}

/** The tool by which a format's hosts search: what can be said of a search there, and how it is written. */
export type SearchTool = {
  readonly takes: readonly (keyof Search)[];
  readonly write: (search: Search) => JsonObject;
  /** May it stand beside functions of the caller's? */
  readonly besideFunctions: (endpoint: Endpoint) => boolean;
};

/** The host's own name for the search that it runs; undefined where it runs none for a price. */
export function nativeSearchOf({ price }: Endpoint, { webSearch }: ChatTraits): string | undefined {
  if (!webSearch || price.webSearch === undefined) return undefined;
  const { type } = webSearch.write({});
  return typeof type === 'string' ? type : 'google_search';
}

/** `lose` hears what the host has no word for. */
function ownSearch({ takes, write }: SearchTool, search: Search, lose: (name: string) => void): JsonObject {
  const kept = Object.entries(search).filter(([name]) => {
    const isTaken = takes.some((known) => known === name);
    if (!isTaken) lose(name);
    return isTaken;
  });
  return write(Object.fromEntries(kept));
}
