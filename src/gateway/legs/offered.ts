import { type Fault, fault } from '../../base/fault.ts';
import { isObject, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import { complain, newComplaints } from '../../call/read.ts';
import type { Tool, ToolChoice } from '../../call/tool.ts';
import type { Endpoint } from '../../catalog/model.ts';
import { isGatewayTool, takesGatewayFields } from '../../dialects/gateway-options.ts';
import { runsSearch } from '../../dialects/web-search.ts';
import type { Target } from '../../facts/target.ts';
import { type Exposures, exposuresOf } from '../../metering/exposure.ts';
import { MCP_TYPE } from '../../tools/mcp/index.ts';
import { SERVER_TOOLS } from '../../tools/registry.ts';
import type { OpenTool, ServerTool, ToolMeans } from '../../tools/tool.ts';
import { isHostsEngine } from '../../web/search-options.ts';
import type { Gateway } from '../gateway.ts';

/** A tool of a call that the gateway can run. */
export type Offered = {
  /** Its place in the call's tools. */
  readonly at: number;
  readonly tool: ServerTool;
  readonly open: OpenTool;
  /** The name that the model knows it by: the caller may have a function of the same name. */
  readonly name: string;
  /** What tells it from other entries of its kind, where there may be several. */
  readonly title?: string;
  /** The host of a model may run it itself, as it does a search. */
  readonly isHosts: boolean;
  /** No host runs it, whatever its kind. */
  readonly isOurs?: true;
};

const GATEWAY_TYPE = /^openrouter:/;
const SEARCH_TYPE = /^web_search(?:_|$)/;

/** Does a call list anything that the gateway may have to run? Looked at in every call. */
export function mayUseTools({ tools }: Call): boolean {
  for (const tool of tools) if (tool.type === 'native' && idOf(tool.value) !== undefined) return true;
  return false;
}

/** `openrouter:datetime`; vendors' own words for a search are shorthands of ours (spec §4.2). */
function idOf(value: JsonObject): string | undefined {
  const type = stringOf(value.type);
  if (GATEWAY_TYPE.test(type)) return type.replace(GATEWAY_TYPE, '');
  return SEARCH_TYPE.test(type) || isObject(value.googleSearch) ? 'web_search' : undefined;
}

/** A tool of a call that nothing here is set up for: only a host that runs it itself can serve the call. */
export type Missing = Pick<Offered, 'at' | 'isHosts' | 'isOurs'> & { readonly fault: Fault };
/** What a call lists, as far as it is the gateway's affair. */
export type Listed = { readonly offered: readonly Offered[]; readonly missing: readonly Missing[] };

/**
 * The tools of a call that the gateway runs. One that was asked for by the gateway's name and that nobody knows here, or
 * nothing is set up for, is missing; a vendor's own word for a search that we have no engine for is left to the vendor.
 */
export function listedBy(call: Call, means: ToolMeans): Result<Listed, Fault> {
  const to = newComplaints();
  const offered: Offered[] = [];
  const missing: Missing[] = [];
  const taken = new Set(call.tools.flatMap((tool) => (tool.type === 'function' ? [tool.name] : [])));
  for (const [at, entry] of call.tools.entries()) {
    const id = entry.type === 'native' ? idOf(entry.value) : undefined;
    if (entry.type !== 'native' || id === undefined) continue;
    const same = offered.filter(({ tool }) => tool.id === id);
    if (same.length > 0 && !same[0]?.tool.nameOf && !same[0]?.tool.isRepeated) continue;
    const isOurs = isGatewayTool(entry);
    const path = `tools[${at}]`;
    const tool = SERVER_TOOLS.find((known) => known.id === id);
    if (!tool) {
      missing.push({ at, isHosts: false, fault: unknown(id, path) });
      continue;
    }
    const isOfFormat =
      means.depth > 0 || !tool.formats || (means.format !== null && tool.formats.includes(means.format));
    if (!isOfFormat) return failed(elsewhere(tool, path));
    const said = isOurs ? objectOf(entry.value.parameters) : entry.value;
    const options = tool.read(to, said, isOurs ? `${path}.parameters` : path);
    const title = tool.nameOf?.(options);
    if (title !== undefined && same.some((one) => one.title === title))
      complain(to, `${path}.parameters.name`, `Invalid '${path}.parameters.name': another entry has this name.`);
    if (to.first) return failed(to.first);
    const inner = (means.depth < LIMITS.asks_depth_max && tool.nested?.(options)) || [];
    const nested = inner.length > 0 ? listedBy({ ...call, tools: inner }, { ...means, depth: means.depth + 1 }) : null;
    if (nested && !nested.ok) return failed({ ...nested.error, param: `${path}.parameters.${nested.error.param}` });
    const [lacking] = nested?.value.missing ?? [];
    if (lacking) return failed({ ...lacking.fault, param: `${path}.parameters.tools` });
    const isHosts = id === 'web_search' && isHostsEngine(said);
    const own = tool.isRepeated ? ({ isOurs: true } as const) : {};
    const opened = tool.open(options, means, same.length);
    if (opened.ok) {
      for (const open of severalOf(opened.value)) {
        if (tool.isRepeated && same.some((one) => one.open.name === open.name)) continue;
        const name = freeName(open.name, taken);
        taken.add(name);
        offered.push({ at, tool, open, name, isHosts, ...own, ...(title !== undefined && { title }) });
      }
    } else if (isOurs) missing.push({ at, isHosts, ...own, fault: { ...opened.error, param: path } });
  }
  const repeated = offered.filter(({ tool }) => tool.isRepeated).length;
  if (repeated > LIMITS.mcp_tools_max) return failed(tooMany(repeated));
  return ok({ offered, missing });
}

const elsewhere = ({ id, formats = [] }: ServerTool, path: string): Fault =>
  fault('invalid_request', `The tool 'openrouter:${id}' is one of these formats alone: ${formats.join(', ')}.`, {
    param: `${path}.type`,
  });
const tooMany = (count: number): Fault =>
  fault(
    'invalid_request',
    `These MCP servers have ${count} tools: a call may have ${LIMITS.mcp_tools_max} of them. Name some with 'allowed_tools'.`,
  );

const severalOf = (opened: OpenTool | readonly OpenTool[]): readonly OpenTool[] =>
  Array.isArray(opened) ? opened : [opened as OpenTool];

const unknown = (id: string, path: string): Fault =>
  fault('invalid_request', `There is no server tool 'openrouter:${id.slice(0, 60)}' here.`, { param: `${path}.type` });

const freeName = (name: string, taken: ReadonlySet<string>): string => (taken.has(name) ? `openrouter__${name}` : name);

/** Is this tool run by the endpoint's host, which then is told of it in its own words (`suitSearch`)? */
export function isRunByHost(
  gateway: Gateway,
  call: Call,
  { at, isHosts, isOurs }: Pick<Offered, 'at' | 'isHosts' | 'isOurs'>,
  { endpoint }: Pick<Target, 'endpoint'>,
): boolean {
  // Servers of a workspace here are known to no other gateway.
  if (isOurs) return false;
  if (takesGatewayFields(endpoint)) return true;
  const entry = call.tools[at];
  if (!isHosts || entry?.type !== 'native') return false;
  // A host that is asked in its own words knows what to do with them.
  if (!isGatewayTool(entry) && entry.dialect === endpoint.dialect.id) return true;
  return runsSearch(call, endpoint, gateway.dialects.of('chat', endpoint.dialect.id).traits.webSearch);
}

/** Exposures of a call: what is a function to an endpoint is no tool that its host runs on our bill. */
export const exposingWith =
  (gateway: Gateway, offered: readonly Offered[]) =>
  (call: Call, promptTokens: number): Exposures => {
    const hosts = exposuresOf(call, promptTokens);
    const places = new Set(offered.map(({ at }) => at));
    const ours = exposuresOf({ ...call, tools: call.tools.filter((_, at) => !places.has(at)) }, promptTokens);
    const of = (endpoint: Endpoint): Exposures =>
      offered.some((one) => isRunByHost(gateway, call, one, { endpoint })) ? hosts : ours;
    return { at: (endpoint) => of(endpoint).at(endpoint), costAt: (endpoint) => of(endpoint).costAt(endpoint) };
  };

/** The call as an endpoint is sent it: what its host does not run itself is a function, which we run when it is called. */
export function equipped(
  gateway: Gateway,
  call: Call,
  offered: readonly Offered[],
  target: Target,
): { readonly call: Call; readonly losses: readonly Loss[] } {
  const functions = offered.filter((one) => !isRunByHost(gateway, call, one, target));
  if (functions.length === 0) return { call, losses: [] };
  const tools = call.tools.flatMap((tool, at): readonly Tool[] => {
    const own = functions.filter((one) => one.at === at);
    if (own.length > 0) return own.map(functionOf);
    // All of its tools stand under another entry.
    return tool.type === 'native' && tool.value.type === MCP_TYPE ? [] : [tool];
  });
  const toolChoice = choiceFor(call, functions);
  return { call: { ...withoutStops(call), tools, ...(toolChoice && { toolChoice }) }, losses: [] };
}

/** Where the loop is ours, its ends are: no host is told of them. */
function withoutStops(call: Call): Call {
  const { max_tool_calls: _, stop_server_tools_when: __, ...extra } = call.gateway.extra ?? {};
  return { ...call, gateway: { ...call.gateway, extra } };
}

const functionOf = ({ name, open: { description, parameters } }: Offered): Tool => ({
  type: 'function',
  name,
  description,
  parameters,
});

/** `{type: "openrouter:web_search"}` is the function that stands for it. */
function choiceFor({ toolChoice }: Call, functions: readonly Offered[]): ToolChoice | undefined {
  if (toolChoice?.type !== 'native') return undefined;
  const id = idOf(toolChoice.value);
  const chosen = functions.find(({ tool }) => tool.id === id);
  return chosen && { type: 'function', name: chosen.name };
}
