import type { JsonObject } from '../../base/json.ts';

/** One call of this gateway's own API, as a tool makes it. */
export type AskCall = {
  readonly method: 'GET' | 'POST';
  /** As its route has it: `/model/:author/:slug`. */
  readonly path: string;
  readonly params?: { readonly [name: string]: string };
  readonly query?: { readonly [name: string]: string };
  readonly body?: JsonObject;
};

export type AskAnswer = { readonly status: number; readonly json: JsonObject; readonly headers: AskHeaders };
export type AskHeaders = { readonly [name: string]: unknown };

/**
 * Asks with the rights of whoever uses the tools: inside the gateway without the network (`within.ts`), over it by the
 * command (`cli/mcp.ts`). The signal gives the call up.
 */
export type Ask = (call: AskCall, signal: AbortSignal) => Promise<AskAnswer>;
