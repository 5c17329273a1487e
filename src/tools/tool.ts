import type { Fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import type { NanoUsd } from '../base/money.ts';
import type { Result } from '../base/result.ts';
import type { World } from '../base/world.ts';
import type { Complaints } from '../call/read.ts';
import type { FoundPage } from '../call/server-tool.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Fetching } from '../facts/fetching.ts';
import type { Search } from '../web/search.ts';

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
  /** Reads its `parameters`, and complains of what is wrong. `path`: `tools[2].parameters`. */
  readonly read: (to: Complaints, parameters: JsonObject, path: string) => Options;
  /** Opened once for each call; the fault says what is missing here. */
  readonly open: (options: Options, means: ToolMeans) => Result<OpenTool, Fault>;
};

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
  /** Never throws for what came from outside. */
  readonly run: (asked: JsonObject, running: Running) => ToolOutcome | Promise<ToolOutcome>;
};

export type Running = {
  /** Handed what gives the work up: its time is over, or the caller is gone. */
  readonly onCancel: (cancel: () => void) => void;
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
  /** The call is for a model that costs nothing and tells nothing outside. */
  readonly isSandbox: boolean;
};

/** What went wrong, told to the model in words, which may try otherwise. */
export const failure = (message: string, shown: JsonObject = {}): ToolOutcome => ({
  isFailed: true,
  result: JSON.stringify({ error: message }),
  shown: { ...shown, error: message },
});
