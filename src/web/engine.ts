import type { Json } from '../base/json.ts';
import type { NanoUsd } from '../base/money.ts';
import type { WireRequest } from '../base/world.ts';
import type { FoundPage } from '../call/server-tool.ts';

/** What is looked for, in the contract's words (`WebSearchServerToolConfig`, spec §4.2). */
export type SearchQuery = {
  readonly text: string;
  readonly maxResults: number;
  /** Hosts, and paths below them. */
  readonly allowedDomains: readonly string[];
  readonly excludedDomains: readonly string[];
  /** Of the text of each page. */
  readonly maxCharacters: number;
  readonly mode?: string;
};

/** A search engine of the web: one small wire format. */
export type Engine = {
  /** As callers name it. */
  readonly id: string;
  readonly name: string;
  /** Without it the engine is off, unless its address is named. */
  readonly keyVariable: string | null;
  readonly baseUrlVariable: string;
  /** Null = only the operator knows it. */
  readonly baseUrl: string | null;
  readonly docs: string;
  /** What callers are charged: for a search, and for each result beyond ten. */
  readonly price: { readonly search: NanoUsd; readonly result: NanoUsd };
  readonly maxResults: number;
  readonly request: (query: SearchQuery, at: EngineAccess) => Pick<WireRequest, 'method' | 'url' | 'headers' | 'body'>;
  readonly read: (body: Json) => readonly FoundPage[];
};

export type EngineAccess = { readonly baseUrl: string; readonly key: string };
