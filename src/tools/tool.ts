import { type Fault, fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import type { NanoUsd } from '../base/money.ts';
import type { Result } from '../base/result.ts';
import type { World } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import type { Source } from '../call/message.ts';
import type { Complaints } from '../call/read.ts';
import type { FoundPage } from '../call/server-tool.ts';
import type { Tool } from '../call/tool.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Ask } from '../facts/asking.ts';
import type { CodeRunners } from '../facts/code-runner.ts';
import type { Fetching } from '../facts/fetching.ts';
import type { Search } from '../web/search.ts';
import type { McpWish } from './mcp/index.ts';

/**
 * A tool that the gateway runs for a model (spec §4.2): the caller lists it as `{type: "openrouter:<id>", parameters}`.
 * One folder each, listed in `registry.ts`.
 */
export type ServerTool<Options = unknown> = {
  /** Its name in the contract, without `openrouter:`. */
  readonly id: string;
  /** For people: what it does, and what it costs. */
  readonly about: string;
  readonly costs: string;
  /** Its `parameters`, for people. */
  readonly fields: readonly ToolField[];
  /** Formats of the API that have a word for it; absent = chats, responses and messages. */
  readonly formats?: readonly ApiFormat[];
  /** What asks for it in this format beside `openrouter:<id>`, which all take. */
  readonly spellings?: { readonly [format in ApiFormat]?: readonly string[] };
  /** What can do it, where there is a choice. */
  readonly engines?: (means: SetUp) => readonly ToolEngine[];
  /** What is to be set up before it can be used here; null = nothing. Absent = nothing ever is. */
  readonly lacks?: (means: SetUp) => string | null;
  /** Reads its `parameters`, and complains of what is wrong. `path`: `tools[2].parameters`. */
  readonly read: (to: Complaints, parameters: JsonObject, path: string) => Options;
  /**
   * Opened once for each call, as one tool of the model's or several; the fault says what is missing here. `instance`: how
   * many of its kind stand before it.
   */
  readonly open: (
    options: Options,
    means: ToolMeans,
    instance: number,
  ) => Result<OpenTool | readonly OpenTool[], Fault>;
  /** A call may list it several times, under names that tell its entries apart; absent = the first entry counts. */
  readonly nameOf?: (options: Options) => string;
  /** Tools that those may use whom it asks. */
  readonly nested?: (options: Options) => readonly Tool[];
  /** A call may list it several times, whose tools add up. */
  readonly isRepeated?: true;
};

/** The formats of the API in which tools are listed. */
export const API_FORMATS = ['chat', 'responses', 'messages'] as const;
export type ApiFormat = (typeof API_FORMATS)[number];

/** One of a tool's parameters, in our words. */
export type ToolField = {
  readonly name: string;
  readonly type: string;
  /** What values it takes; absent = the type says it all. */
  readonly range?: string;
  /** What holds without it. */
  readonly otherwise?: string;
  readonly meaning: string;
};

/** `price`: what one use costs at most with all else left as it is, in nano US dollars. */
export type ToolEngine = { readonly id: string; readonly isSetUp: boolean; readonly price: NanoUsd };

/** What of the gateway decides whether a tool can be used. */
export type SetUp = Pick<ToolMeans, 'search' | 'runners'>;

/** A tool as one call has it. */
export type OpenTool = {
  /** As the model is offered it. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema. */
  readonly parameters: JsonObject;
  /** What one use costs at most. */
  readonly priceMax: NanoUsd;
  /** How long one use may take; absent = `LIMITS.server_tool_ms`. */
  readonly ms?: number;
  /** What it holds of the network is given back at the end of the call. */
  readonly close?: () => void;
  /** Never throws for what came from outside. */
  readonly run: (asked: JsonObject, running: Running) => ToolOutcome | Promise<ToolOutcome>;
};

export type Running = {
  /** Handed what gives the work up: its time is over, or the caller is gone. */
  readonly onCancel: (cancel: () => void) => unknown;
  /** The call as its model has it by now. */
  readonly call: Call;
  /** Asks another model, within the call. */
  readonly ask: Ask;
};

/** What came of one use. */
export type ToolOutcome = {
  readonly isFailed?: true;
  /** What the model is told. */
  readonly result: string;
  /** Members of the contract's item, beside `id`, `type` and `status`. */
  readonly shown: JsonObject;
  readonly cost?: NanoUsd;
  readonly pages?: readonly FoundPage[];
  /** What was drawn, for the client. */
  readonly image?: Source;
  readonly counts?: 'search' | 'fetch';
  /** The engine or the model that did it, for the receipt. */
  readonly by?: string;
};

/** What the gateway lends to tools. */
export type ToolMeans = {
  readonly world: World;
  readonly catalog: Catalog;
  /** Providers that can be called now. */
  readonly enabled: () => ReadonlySet<string>;
  readonly search: Search;
  readonly fetching: Fetching;
  /** What runs the code of models. */
  readonly runners: CodeRunners;
  /** In which format the call came; null = in one that lists no tools of ours. */
  readonly format: ApiFormat | null;
  /** How deep the call lies in others that ask for it; 0 = its caller asks. */
  readonly depth: number;
  /** The tools of MCP servers of the caller's workspace, which were asked for before. */
  readonly mcp: (wish: McpWish) => Result<readonly OpenTool[], Fault>;
  /** The call is for a model that costs nothing and tells nothing outside. */
  readonly isSandbox: boolean;
};

/** A tool that asks models, in a call that lies too deep in others. */
export const TOO_DEEP: Fault = fault('invalid_request', 'Tools that ask models lie too deep in each other here.');

/** What went wrong, told to the model in words, which may try otherwise. */
export const failure = (message: string, shown: JsonObject = {}): ToolOutcome => ({
  isFailed: true,
  result: JSON.stringify({ error: message }),
  shown: { ...shown, error: message },
});
