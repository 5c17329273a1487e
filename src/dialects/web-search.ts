import { isObject, type Json, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { Tool } from '../call/tool.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import type { Endpoint } from '../catalog/model.ts';
import { isGatewayTool, pluginsOf } from './gateway-options.ts';
import { mixesTools } from './gemini-names.ts';

type NativeTool = Extract<Tool, { type: 'native' }>;
/** What can be said of a search in one form or another, by the name it has in most. */
type Search = { readonly [member in (typeof MEMBERS)[number]]?: Json };
const MEMBERS = ['max_uses', 'allowed_domains', 'blocked_domains', 'user_location', 'search_context_size'] as const;

/**
 * A search of the web that the endpoint's host runs, in the host's own words: whoever asks for one by another vendor's
 * tool, by OpenRouter's or as the plugin `web` gets it where the catalogue prices it (spec §2.4, §4). Undefined where
 * nothing changes.
 */
export function suitSearch(call: Call, endpoint: Endpoint, losses: Loss[]): Pick<Call, 'tools'> | undefined {
  const plugin = pluginsOf(call).find(isSearchPlugin);
  if ((!plugin && call.tools.every(({ type }) => type === 'function')) || !runsSearch(call, endpoint)) return undefined;
  const { id } = endpoint.dialect;
  let isAsked = false;
  const tools = call.tools.map((tool, at) => {
    const search = tool.type === 'native' ? searchOf(tool) : undefined;
    if (tool.type !== 'native' || !search) return tool;
    isAsked = true;
    return isForeign(tool, id) ? ownSearch(id, search, (name) => losses.push(unsaid(`tools[${at}]`, name))) : tool;
  });
  if (plugin && !isAsked) tools.push(ownSearch(id, optionsOf(plugin), (name) => losses.push(unsaid('plugins', name))));
  return { tools };
}

const unsaid = (field: string, name: string): Loss => ({ field, reason: `the host's search has no ${name}` });

export function runsSearch({ tools }: Call, endpoint: Endpoint): boolean {
  const { id } = endpoint.dialect;
  if (endpoint.price.webSearch === undefined || !Object.hasOwn(FORMS, id)) return false;
  return id !== 'gemini' || mixesTools(endpoint) || !tools.some(({ type }) => type === 'function');
}

/** The plugin, unless it names an engine that is not the host's. */
export const isSearchPlugin = ({ id, engine }: JsonObject): boolean => id === 'web' && isHosts(engine);
const isHosts = (engine: Json | undefined): boolean =>
  engine === undefined || engine === null || engine === 'native' || engine === 'auto';

const isForeign = (tool: NativeTool, id: DialectId): boolean => tool.dialect !== id || isGatewayTool(tool);

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

function optionsOf(said: JsonObject): Search {
  const blocked = said.blocked_domains ?? said.excluded_domains ?? said.exclude_domains;
  const allowed = said.allowed_domains ?? said.include_domains;
  const whole: JsonObject = { ...said, allowed_domains: allowed, blocked_domains: blocked };
  return Object.fromEntries(MEMBERS.flatMap((name) => (whole[name] == null ? [] : [[name, whole[name]]])));
}

type Form = { readonly takes: readonly (keyof Search)[]; readonly write: (search: Search) => JsonObject };

/** Each host's tool (its reference of the tool, read 2026-11-25). */
const FORMS: { readonly [id in DialectId]?: Form } = {
  'anthropic-messages': {
    takes: ['max_uses', 'allowed_domains', 'blocked_domains', 'user_location'],
    write: (search) => ({ type: 'web_search_20250305', name: 'web_search', ...search }),
  },
  'openai-responses': {
    takes: ['allowed_domains', 'user_location', 'search_context_size'],
    write: ({ allowed_domains, ...search }) => ({
      type: 'web_search',
      ...(allowed_domains !== undefined && { filters: { allowed_domains } }),
      ...search,
    }),
  },
  gemini: { takes: [], write: () => ({ googleSearch: {} }) },
};

/** The host's own name for the search that it runs; undefined where it runs none for a price. */
export function nativeSearchOf({ dialect, price }: Endpoint): string | undefined {
  const form = FORMS[dialect.id];
  if (!form || price.webSearch === undefined) return undefined;
  const { type } = form.write({});
  return typeof type === 'string' ? type : 'google_search';
}

function ownSearch(id: DialectId, search: Search, lose: (name: string) => void): NativeTool {
  const { takes, write } = FORMS[id] ?? { takes: [], write: () => ({}) };
  const kept = Object.entries(search).filter(([name]) => {
    const isTaken = takes.some((known) => known === name);
    if (!isTaken) lose(name);
    return isTaken;
  });
  return { type: 'native', dialect: id, value: write(Object.fromEntries(kept)) };
}
