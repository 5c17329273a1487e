import type { Endpoint } from '../catalog/model.ts';
import type { ToolIdRule } from './tool-ids.ts';
import type { ToolNameRule } from './tool-names.ts';
import type { SearchTool } from './web-search.ts';

/** True or false of all hosts, or true of those with one of these quirks. */
export type Fact = boolean | readonly string[];

export const holds = (fact: Fact, { dialect }: Endpoint): boolean =>
  typeof fact === 'boolean' ? fact : fact.some((quirk) => dialect.quirks.includes(quirk));

/**
 * What a format of chats has a place for, as data that stand in its folder: what is done with every call before it is
 * written (`suit`, `fitNames`, `fitIds`, `inOrder`) reads them. Each has to be decided for a new format.
 */
export type ChatTraits = {
  /** The format of programs whose own fields, parts and items it takes. Those of other formats are losses. */
  readonly vocabulary: string;
  /** A message may name its speaker. Where it may not, the name stands in front of the text. */
  readonly speakerNames: boolean;
  /** A picture may say how closely it is to be looked at. */
  readonly imageDetail: boolean;
  /** A tool's result may say that the tool failed. */
  readonly failedResults: boolean;
  /** `reasoning.mode` and `reasoning.context` have words. */
  readonly reasoningModes: Fact;
  /** A choice of tools in the format's own words goes as it is. */
  readonly nativeToolChoice: Fact;
  /** What the caller notes beside a call is kept by the host (`metadata`). */
  readonly metadata: boolean;
  /** The host runs OpenRouter's plugins. */
  readonly plugins: Fact;
  /** Results of tools may stand anywhere behind their calls. Else they follow the calls directly. */
  readonly resultsAnywhere: boolean;
  /** Its own writer makes the top of each tool's schema a plain object. */
  readonly rootsSchemas: boolean;
  /** A last message of the assistant's is gone on with. */
  readonly prefill: Fact;
  /** What a function may be called; null = anything. */
  readonly toolNames: ToolNameRule | null;
  /** What the id of a tool call may be at an endpoint; null = anything. */
  readonly toolIds: (endpoint: Endpoint) => ToolIdRule | null;
  /** The tool by which its hosts search the web; null = they have none. */
  readonly webSearch: SearchTool | null;
};

/** Of a format that has none of these, and whose hosts refuse no name or id. */
export const PLAIN_TRAITS: Omit<ChatTraits, 'vocabulary'> = {
  speakerNames: false,
  imageDetail: false,
  failedResults: false,
  reasoningModes: false,
  nativeToolChoice: true,
  metadata: false,
  plugins: false,
  resultsAnywhere: false,
  rootsSchemas: false,
  prefill: false,
  toolNames: null,
  toolIds: () => null,
  webSearch: null,
};
