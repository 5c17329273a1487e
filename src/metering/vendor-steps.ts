import { countOf, isObject, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Tool } from '../call/tool.ts';
import { hostSteps } from '../catalog/dialect-table.ts';
import type { Endpoint } from '../catalog/model.ts';

/** What a vendor may do on its own before it answers: each use of a tool that it runs is a step that reads the prompt anew. */
export type VendorSteps = {
  readonly searches: number;
  readonly uses: number;
  /** A tool may bring in whole pages or files: each step may fill the window. */
  readonly readsPages: boolean;
};

const NO_STEPS: VendorSteps = { searches: 0, uses: 0, readsPages: false };

/** Where the caller sets no number; also what is sent where the vendor has a word for it. */
export const VENDOR_USES = 5;
/**
 * Gemini searches as often as it likes, in one step, and bills each query from Gemini 3 on (you.com/resources/gemini-web-search-api,
 * of Google's page, read 2026-11-29; discuss.ai.google.dev/t/197393: there is no word for a limit). That what it finds is no input, and
 * the number itself, are assumptions.
 */
const GEMINI_SEARCHES = 20;
const USES_MAX = 1_000;

/** The tools that vendors run, by their types and names in all dialects; what the caller runs takes no step of its own. */
const RUN_BY_VENDOR =
  /^(?:openrouter:|web_search|web_fetch|code_execution|code_interpreter|file_search|mcp|image_generation|browser)|googleSearch|urlContext|codeExecution|googleMaps|fileSearch|retrieval/;
const SEARCHES = /^(?:openrouter:)?web_search|googleSearch/;

export function vendorSteps(call: Call, { dialect }: Endpoint): VendorSteps {
  const tools = call.tools.filter(isRunByVendor);
  const isOnline = asksPlugin(call);
  const hasOptions = isObject(call.native?.fields.web_search_options);
  if (tools.length === 0 && !isOnline && !hasOptions) return NO_STEPS;
  const bound = hostSteps(dialect.id);
  if (bound === 'unbounded') return { searches: GEMINI_SEARCHES, uses: 0, readsPages: tools.some(readsPages) };
  const most = bound === 'by-call' ? maxToolCalls(call) : undefined;
  const sum = tools.reduce((total, tool) => total + usesOf(tool), isOnline || hasOptions ? pluginUses(call) : 0);
  const uses = Math.min(most ?? (bound === 'by-call' ? VENDOR_USES : sum), USES_MAX);
  return { searches: uses, uses, readsPages: tools.some(readsPages) };
}

/** The same call with a number for what its vendor would else decide alone; where there is no word for it, as it is. */
export function limitSteps(call: Call, { dialect }: Endpoint): Call {
  const bound = hostSteps(dialect.id);
  if (bound === 'by-call') {
    const isBounded = maxToolCalls(call) !== undefined || !call.tools.some(isRunByVendor);
    if (isBounded) return call;
    return { ...call, gateway: { ...call.gateway, extra: { ...call.gateway.extra, max_tool_calls: VENDOR_USES } } };
  }
  if (bound !== 'by-tool') return call;
  const isUnlimited = (tool: Tool): boolean => isRunByVendor(tool) && SEARCHES.test(wordOf(tool)) && !saysUses(tool);
  const tools = call.tools.some(isUnlimited)
    ? call.tools.map((tool) => (isUnlimited(tool) ? limitTool(tool) : tool))
    : call.tools;
  if (!asksPlugin(call)) return tools === call.tools ? call : { ...call, tools };
  const plugins = (call.gateway.plugins ?? []).filter(({ id }) => id !== 'web');
  const web = { ...pluginOf(call), id: 'web', max_uses: pluginUses(call) };
  return { ...call, tools, gateway: { ...call.gateway, plugins: [...plugins, web] } };
}

type NativeTool = Extract<Tool, { type: 'native' }>;
const isRunByVendor = (tool: Tool): tool is NativeTool => tool.type === 'native' && RUN_BY_VENDOR.test(wordOf(tool));
const readsPages = (tool: Tool): boolean => !SEARCHES.test(wordOf(tool));

/** `web_search_20250305`, or the member by which Gemini names its tools. */
const wordOf = (tool: Tool): string =>
  tool.type === 'native' ? stringOf(tool.value.type) || (Object.keys(tool.value)[0] ?? '') : '';

const saysUses = (tool: Tool): boolean => usesSaid(tool) !== undefined;

function usesSaid(tool: Tool): number | undefined {
  if (tool.type !== 'native') return undefined;
  const maxUses = tool.value.max_uses ?? objectOf(tool.value.parameters).max_uses;
  return typeof maxUses === 'number' ? countOf(maxUses) : undefined;
}

const usesOf = (tool: Tool): number => usesSaid(tool) ?? VENDOR_USES;

function limitTool(tool: Tool): Tool {
  if (tool.type !== 'native') return tool;
  const { value } = tool;
  if (!stringOf(value.type).startsWith('openrouter:')) return { ...tool, value: { ...value, max_uses: VENDOR_USES } };
  const parameters = { ...objectOf(value.parameters), max_uses: VENDOR_USES };
  return { ...tool, value: { ...value, parameters } };
}

const pluginOf = ({ gateway }: Call): JsonObject | undefined => gateway.plugins?.find(({ id }) => id === 'web');
function asksPlugin(call: Call): boolean {
  const plugin = pluginOf(call);
  if (plugin) return plugin.enabled !== false;
  return [call.model, ...call.models].some((name) => name?.includes(':online'));
}

function pluginUses(call: Call): number {
  const maxUses = pluginOf(call)?.max_uses;
  return typeof maxUses === 'number' ? countOf(maxUses) : VENDOR_USES;
}

function maxToolCalls({ gateway }: Call): number | undefined {
  const maxCalls = gateway.extra?.max_tool_calls;
  return typeof maxCalls === 'number' ? countOf(maxCalls) : undefined;
}
