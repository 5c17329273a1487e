import { z } from 'zod';
import { fault } from '../../base/fault.ts';
import { formatUsd } from '../../base/money.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { NO_RUNNERS } from '../../facts/code-runner.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { SERVER_TOOLS } from '../../tools/registry.ts';
import { API_FORMATS, type ServerTool, type ToolField } from '../../tools/tool.ts';
import type { Route } from '../route.ts';
import { refusal } from './account/refusal.ts';
import { readQuery, whole } from './insights/read-query.ts';

const PAGE_MAX = 100;

const QUERY = z.object({
  api_format: z.enum(API_FORMATS).optional(),
  offset: whole(0, 1_000_000, 0),
  limit: whole(1, PAGE_MAX, PAGE_MAX),
});

type Asking = Pick<Gateway, 'catalog' | 'search' | 'enabled' | 'runners'>;

/** `GET /tools`: what the gateway runs for models, what asks for it in each format, and what it costs. */
const LIST_TOOLS: Route = {
  method: 'GET',
  path: '/tools',
  auth: 'none',
  query: QUERY,
  handle: ({ query }, gateway) => {
    const wish = readQuery(QUERY, query);
    if (!wish.ok) return refusal(wish.error);
    const { api_format: format, offset, limit } = wish.value;
    const tools = SERVER_TOOLS.filter((tool) => format === undefined || formatsOf(tool).includes(format));
    const data = tools.slice(offset, offset + limit).map((tool) => toolJson(tool, gateway));
    return { status: 200, json: { data, total_count: tools.length } };
  },
};

/** `GET /tools/{name}`: one of them, by its name with or without `openrouter:`. */
const SHOW_TOOL: Route = {
  method: 'GET',
  path: '/tools/:name',
  auth: 'none',
  handle: ({ params }, gateway) => {
    const name = (params.name ?? '').replace(/^(?:openrouter|switchwright):/, '');
    const tool = SERVER_TOOLS.find(({ id }) => id === name);
    if (!tool) return refusal(fault('not_found', `There is no server tool '${name.slice(0, 60)}' here.`));
    return { status: 200, json: { data: toolJson(tool, gateway) } };
  },
};

export const TOOL_ROUTES: readonly Route[] = [LIST_TOOLS, SHOW_TOOL];

const formatsOf = ({ formats = API_FORMATS }: ServerTool): readonly string[] => formats;

function toolJson(tool: ServerTool, gateway: Asking) {
  const { id, about, costs, fields, spellings = {}, engines, lacks } = tool;
  const here = { search: gateway.search, runners: gateway.runners ?? NO_RUNNERS };
  const lacking = lacks?.(here) ?? null;
  const type = `openrouter:${id}`;
  const formats = API_FORMATS.filter((format) => formatsOf(tool).includes(format));
  return {
    name: id,
    type,
    description: about,
    pricing: costs,
    api_formats: Object.fromEntries(formats.map((format) => [format, { types: [type, ...(spellings[format] ?? [])] }])),
    parameters: fields.map(fieldJson),
    engines: (engines?.(here) ?? []).map(({ id: engine, isSetUp, price }) => ({
      id: engine,
      is_set_up: isSetUp,
      price_per_use: formatUsd(price),
    })),
    is_set_up: lacking === null,
    lacks: lacking,
    native_endpoint_count: id === 'web_search' ? searching(gateway.catalog(), gateway.enabled()) : 0,
  };
}

const fieldJson = ({ name, type, range, otherwise, meaning }: ToolField) => ({
  name,
  type,
  ...(range && { range }),
  ...(otherwise && { default: otherwise }),
  description: meaning,
});

/** Endpoints that can be called now and whose hosts search themselves. */
function searching({ endpoints }: Catalog, enabled: ReadonlySet<string>): number {
  let count = 0;
  for (const { price, provider } of endpoints.values())
    if (price.webSearch !== undefined && enabled.has(provider.slug)) count++;
  return count;
}
