import type { Fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import type { NanoUsd } from '../base/money.ts';
import type { Result } from '../base/result.ts';
import type { World } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { Complaints } from '../call/read.ts';
import type { Reply } from '../call/reply.ts';
import type { FoundPage } from '../call/server-tool.ts';
import type { ChatStep } from '../call/text-run.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Ask } from '../facts/asking.ts';
import type { Fetching } from '../facts/fetching.ts';
import type { Target } from '../facts/target.ts';
import type { Search } from '../web/search.ts';

/**
 * A step of the gateway around a chat, asked for by its id in the field `plugins` (spec §4.1). One folder each, listed in
 * `registry.ts`; the order there is the order in which hooks are called.
 */
export type Plugin<Options = unknown> = {
  readonly id: string;
  /** Reads its entry, `id` and `enabled` apart, and complains of what is wrong. `path`: `plugins[2]`. */
  readonly read: (to: Complaints, entry: JsonObject, path: string) => Options;
  /** An entry that a call implies without naming the plugin, by another field of it; undefined = it implies none. */
  readonly implied?: (call: Call) => JsonObject | undefined;
  /**
   * An entry that a call implies once it cannot be planned, for this reason, without the plugin; looked at where the call
   * neither names the plugin nor turns it off. undefined = it would not help.
   */
  readonly rescues?: (call: Call, obstacle: Fault, means: PluginMeans) => JsonObject | undefined;
  /** Opened once for each call; what hooks of one call have in common is kept in its closure. */
  readonly open: (options: Options, means: PluginMeans) => Hooks;
  /** Its entry stays in the call: hosts may have a word for it. Absent = it is done with here. */
  readonly staysInCall?: true;
};

/** What the gateway lends to plugins. */
export type PluginMeans = {
  readonly world: World;
  /** The one that the call is planned with. */
  readonly catalog: Catalog;
  /** Our estimate of the tokens of a call's prompt. */
  readonly promptTokensOf: (call: Call) => number;
  readonly search: Search;
  /** Reaches the network, bounded; `reach: 'public'` where a caller named the address. */
  readonly fetching: Fetching;
  /** Reads the text layer of a PDF, or says in words why there is none. */
  readonly readPdf: (bytes: Uint8Array) => Promise<Result<string, string>>;
  /** The model that reads PDFs which have no text; null = the operator has named none. */
  readonly ocrModel: string | null;
  /** The call is for a model that costs nothing and tells nothing outside. */
  readonly isSandbox: boolean;
};

/**
 * Where a plugin may step in, in this order. Each hook of a plugin comes after the same hook of those before it in the
 * registry; what a call does not use costs it nothing.
 */
export type Hooks = {
  /** Before the call is planned: the call as it goes on, or why it ends here. May take `LIMITS.plugin_ms`. */
  readonly call?: (call: Call) => Result<Call, Fault> | Promise<Result<Call, Fault>>;
  /** Why it cannot be done here: only endpoints whose hosts do it themselves can serve the call. */
  readonly missing?: Fault;
  /** How many tokens of the prompt have to fit into an endpoint's window, where `leg` will see to that. */
  readonly fits?: (promptTokens: number) => number;
  /** Once money is set aside, before the first exchange: work that costs something. Null = this call needs none. */
  readonly ahead?: (call: Call, planned: Planned) => Ahead | null;
  /** The call as one endpoint is sent it, each time that one is tried. Pure, in one turn. */
  readonly leg?: (call: Call, target: Target) => Bent;
  /** What passes of a streamed answer: one read's steps, the last of them with `usage` and `end` or `fault`. In one turn. */
  readonly events?: (steps: readonly ChatStep[]) => readonly ChatStep[];
  /** A whole answer. In one turn. */
  readonly answer?: (reply: Reply) => Reply;
};

/** What is known of a planned call. */
export type Planned = {
  /** Does the host of the endpoint that is tried first search the web itself for this call? */
  readonly searchesItself: boolean;
};

/** Work that costs something, bounded in time by `ms`, or `LIMITS.plugin_ms`. */
export type Ahead = {
  /** Of what it does itself: models that it asks are paid for one by one. */
  readonly priceMax: NanoUsd;
  readonly ms?: number;
  readonly run: (onCancel: (cancel: () => void) => unknown, ask: Ask) => Promise<Result<AheadDone, Fault>>;
};
export type AheadDone = {
  readonly call: Call;
  readonly cost: NanoUsd;
  /** What did it, for the receipt. */
  readonly by?: string;
  readonly counts?: 'search';
  /** What came of it, for the receipt. */
  readonly note?: string;
  /** What is cited with the answer. */
  readonly pages: readonly FoundPage[];
};

/** A call that was changed, and what that lost. */
export type Bent = { readonly call: Call; readonly losses: readonly Loss[] };
