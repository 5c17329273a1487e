import type { JsonObject } from '../base/json.ts';

/** A prompt-cache breakpoint after this part. */
export type CacheMark = { readonly ttl: '5m' | '1h' };

/** Fields of one dialect that we do not model; they reach an endpoint of the same dialect unchanged. */
export type Native = { readonly dialect: string; readonly fields: JsonObject };

type PartBase = { readonly cache?: CacheMark; readonly native?: Native };

/** A piece of text. */
export type TextPart = PartBase & {
  readonly type: 'text';
  readonly text: string;
  readonly annotations?: readonly Annotation[];
};

/** Where bytes come from: a public URL, inline base64, or a file id at a vendor. */
export type Source =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'file-id'; readonly id: string };

/** A picture. */
export type ImagePart = PartBase & {
  readonly type: 'image';
  readonly source: Source;
  readonly detail?: 'auto' | 'low' | 'high';
};
/** A document, PDF above all. */
export type FilePart = PartBase & { readonly type: 'file'; readonly source: Source; readonly filename?: string };
/** A recording; `format` is its sender's word for what it is. */
export type AudioPart = PartBase & { readonly type: 'audio'; readonly source: Source; readonly format: string };
/** A film. */
export type VideoPart = PartBase & { readonly type: 'video'; readonly source: Source };

export const REASONING_FORMATS = [
  'unknown',
  'openai-responses-v1',
  'azure-openai-responses-v1',
  'bedrock-openai-responses-v1',
  'bedrock-xai-responses-v1',
  'xai-responses-v1',
  'meta-responses-v1',
  'anthropic-claude-v1',
  'google-gemini-v1',
] as const;
/** Whose opaque reasoning a part is: only endpoints of the same family can read it. */
export type ReasoningFormat = (typeof REASONING_FORMATS)[number];

/**
 * One piece of a model's reasoning. `format` names the vendor family whose opaque parts these are: a signature or
 * encrypted datum is only ever replayed to that family. An encrypted part whose `id` is a tool call's id belongs to
 * that call (Gemini thought signatures).
 */
export type ReasoningPart = PartBase & {
  readonly type: 'reasoning';
  readonly kind: 'text' | 'summary' | 'encrypted';
  /** Visible text (`text`, `summary`) or the opaque datum (`encrypted`). */
  readonly text: string;
  readonly signature?: string;
  readonly id?: string;
  readonly format: ReasoningFormat;
};

/** `arguments` is the raw text as the model wrote it: valid JSON unless the answer was cut off. */
export type ToolCallPart = PartBase & {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
};

/** The words with which a model refused to answer. */
export type RefusalPart = PartBase & { readonly type: 'refusal'; readonly text: string };

/** A URL citation or a parsed file, in OpenAI's annotation shape; offsets count characters of the text. */
export type Annotation =
  | {
      readonly type: 'url';
      readonly url: string;
      readonly title?: string;
      readonly content?: string;
      readonly start?: number;
      readonly end?: number;
      readonly native?: Native;
    }
  | { readonly type: 'native'; readonly value: JsonObject };

/** What a user's message may consist of. */
export type UserPart = TextPart | ImagePart | FilePart | AudioPart | VideoPart;
/** What an assistant's message, or an answer, may consist of. */
export type AssistantPart = TextPart | ReasoningPart | ToolCallPart | RefusalPart | ImagePart | AudioPart;
/** What the result of a tool may consist of. */
export type ToolResultPart = TextPart | ImagePart | FilePart;

/** Instructions: of whoever runs the program (`system`), or of its author (`developer`). */
export type SystemMessage = {
  readonly role: 'system' | 'developer';
  readonly parts: readonly TextPart[];
  readonly name?: string;
};
/** What a user says; `name` tells speakers apart. */
export type UserMessage = { readonly role: 'user'; readonly parts: readonly UserPart[]; readonly name?: string };
/** The last message of a call may be an assistant's: a prefill to be continued. */
export type AssistantMessage = {
  readonly role: 'assistant';
  readonly parts: readonly AssistantPart[];
  readonly name?: string;
  readonly native?: Native;
};
/** The result of one tool call. */
export type ToolMessage = {
  readonly role: 'tool';
  readonly callId: string;
  readonly parts: readonly ToolResultPart[];
  readonly isError?: boolean;
  readonly name?: string;
  /** Where the caller put a breakpoint on the whole result. */
  readonly cache?: CacheMark;
};
/** One message of a conversation. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;
