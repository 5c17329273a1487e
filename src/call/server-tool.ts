import type { JsonObject } from '../base/json.ts';
import type { Source } from './message.ts';

/** A page that a search found. */
export type FoundPage = {
  readonly url: string;
  readonly title: string;
  /** What of the page was given to the model. */
  readonly text: string;
  /** As its engine tells it. */
  readonly publishedAt?: string;
};

/**
 * A call of a tool that the gateway runs for the model (`openrouter:web_search` and the like, spec §4.2): what clients
 * are shown of it, each dialect in its own way.
 */
export type ServerToolCall = {
  readonly id: string;
  /** Its name in the contract, without `openrouter:`. */
  readonly tool: string;
  /** As the model wrote them: JSON, unless it did not. */
  readonly arguments: string;
  readonly status: 'in_progress' | 'completed' | 'failed';
  /** What the model was told; empty while it runs. */
  readonly result: string;
  /** Members of the contract's item for it, beside `id`, `type` and `status`. */
  readonly shown: JsonObject;
  /** What was drawn. */
  readonly image?: Source;
  /** Of a search. */
  readonly pages?: readonly FoundPage[];
};

/** Where it stands in a whole answer: behind so many of its parts. */
export type PlacedServerTool = { readonly at: number; readonly call: ServerToolCall };

/** Calls of such tools by the models of one answer. */
export type ServerToolUse = {
  readonly requested: number;
  /** Those that ran and brought a result. */
  readonly executed: number;
  /** Searches and fetches among them, and those of plugins. */
  readonly searches: number;
  readonly fetches: number;
};
