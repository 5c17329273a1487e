import type { Blob } from '../base/blobs.ts';
import type { JsonObject } from '../base/json.ts';
import type { CacheMark, Message, Native } from './message.ts';
import type { Tool, ToolChoice } from './tool.ts';

/** What a client asked for, in no vendor's words. Every field that is absent was not sent and is not sent upstream. */
export type Call = {
  /** As written by the caller, variants and aliases unresolved; null = the default model. */
  readonly model: string | null;
  /** The wire format it was asked in, where a provider that speaks the same one is to be spoken to in it. */
  readonly dialect?: string;
  /** Its program may refer to items of the answer by their ids. */
  readonly refersToItems?: true;
  /** What is kept of it, where responses are stored and its dialect has words for that. */
  readonly storing?: Storing;
  /** Its program reads the codes of errors as numbers only. */
  readonly numericCodes?: true;
  /** Its program repeats a call whatever status refuses it, and gives up only on a fault that is told in the stream. */
  readonly faultsInBand?: true;
  /** Fallback models, tried in order after `model`. */
  readonly models: readonly string[];
  readonly stream: boolean;
  readonly messages: readonly Message[];
  /** What the first of the messages was, where the caller's dialect has a field for it: only ever echoed. */
  readonly instructions?: string;
  /** Set where a text is to be completed rather than a conversation continued; `messages` then holds the prompts. */
  readonly completion?: TextCompletion;
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly output: OutputFormat;
  readonly sampling: Sampling;
  readonly maxOutputTokens?: number;
  readonly stop: readonly string[];
  readonly reasoning?: ReasoningRequest;
  readonly verbosity?: string;
  readonly modalities?: readonly string[];
  readonly audio?: JsonObject;
  readonly imageConfig?: JsonObject;
  readonly prediction?: JsonObject;
  /** One automatic breakpoint for the whole call. */
  readonly cache?: CacheMark;
  readonly promptCacheKey?: string;
  readonly serviceTier?: string;
  /** Beta features of Anthropic's API, asked for by header from whatever dialect. */
  readonly anthropicBetas?: readonly string[];
  readonly user?: string;
  readonly sessionId?: string;
  readonly metadata?: { readonly [key: string]: string };
  /** The gateway's own fields, read by the router and plugins, never sent to a vendor. */
  readonly gateway: GatewayOptions;
  /** Top-level fields we do not model; they reach an endpoint of the same dialect unchanged. */
  readonly native?: Native;
  /** What the marks in its texts and media stand for. */
  readonly blobs?: readonly Blob[];
  /** Its body was too large to be worked through in one turn. */
  readonly isLarge?: true;
};

/** `store`: whether the answer may be gone on from by its id. `previousResponseId`: the answer that it goes on from itself. */
export type Storing = {
  readonly store: boolean;
  readonly previousResponseId: string | null;
  /** The conversation that it goes on, and is added to. */
  readonly conversationId?: string;
};

/** A call of `/completions`: what has no place in a conversation. Token ids are the model's own. */
export type TextCompletion = {
  readonly prompts: readonly (string | readonly number[])[];
  /** What follows the text to be written. */
  readonly suffix?: string;
  /** The prompt stands before the answer. */
  readonly echo?: true;
  /** So many are written for each prompt, and the likeliest `n` of them answered; more than `n`. */
  readonly bestOf?: number;
};

/** Can no conversation say this? Several prompts are as many conversations, but one stream holds only one. */
export const completesOnlyText = ({ completion, stream }: Call): boolean =>
  completion !== undefined &&
  (completion.suffix !== undefined ||
    completion.echo === true ||
    completion.bestOf !== undefined ||
    completion.prompts.some((prompt) => typeof prompt !== 'string') ||
    (stream && completion.prompts.length > 1));

/** What the answer's text has to be. */
export type OutputFormat =
  | { readonly type: 'text' | 'json' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly description?: string;
      readonly schema: JsonObject;
      readonly strict?: boolean;
    }
  | { readonly type: 'native'; readonly dialect: string; readonly value: JsonObject };

/** Sampling parameters by the field's standard names; see `PARAMETERS` for the vocabulary. */
export type Sampling = {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly min_p?: number;
  readonly top_a?: number;
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  readonly repetition_penalty?: number;
  readonly seed?: number;
  readonly logit_bias?: { readonly [token: string]: number };
  readonly logprobs?: boolean;
  readonly top_logprobs?: number;
  readonly n?: number;
};

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
/** How hard a model is to think, in OpenRouter's words. */
export type Effort = (typeof EFFORTS)[number];

/** Effort or budget or just on; converted per model by the dialect. `exclude` hides reasoning from the answer. */
export type ReasoningRequest = {
  readonly effort?: Effort;
  readonly budgetTokens?: number;
  readonly enabled?: boolean;
  readonly exclude?: boolean;
  readonly summary?: 'auto' | 'concise' | 'detailed';
  /** OpenAI's `pro`, and which turns' thoughts count, in its own words (spec §2.5). */
  readonly mode?: string;
  readonly context?: string;
};

/** What a call says to the gateway, and not to the model. */
export type GatewayOptions = {
  readonly provider?: ProviderPreferences;
  /** What holds for its hosts whatever the caller says: goes along to a gateway that picks them by itself. */
  readonly rules?: readonly HostRule[];
  /** Whatever an endpoint cannot be told refuses it; includes `provider.require_parameters`. */
  readonly strict?: true;
  /** Any of OpenRouter's plugins, unread. */
  readonly plugins?: readonly JsonObject[];
  /** The slug of a preset. */
  readonly preset?: string;
  /** The preset that the call was completed with; `cacheSeconds`: its answers are kept and given again for so long. */
  readonly usedPreset?: { readonly id: string; readonly versionId: string; readonly cacheSeconds?: number };
  /** Headers of a gateway's own that ask for what is not done here, by their names. */
  readonly headers?: readonly string[];
  /** An answer that breaks off after its first words: gone on with elsewhere, or told as an error. */
  readonly onCut?: OnCut;
  /** What a refusal for its content does: ends the call, or leads to the caller's next model. */
  readonly onRefusal?: OnRefusal;
  /** When a second endpoint is asked beside the first. */
  readonly hedge?: Hedge;
  /** `debug`, `trace`, `transforms` and the like: kept for plugins and the receipt. */
  readonly extra?: JsonObject;
};

export const HEDGES = ['off', 'p50', 'p75', 'p90', 'p99'] as const;
/** How much of a streamed answer's usual first silence is borne before a second endpoint is asked; `off` = all of it. */
export type Hedge = (typeof HEDGES)[number];

/** Which endpoints a rule is about: those of models, by patterns for their ids (absent = all), but of others not. */
export type RuleReach = {
  readonly about?: readonly string[];
  readonly except?: readonly string[];
  /** Only those that cost nothing, or only the others. */
  readonly price?: 'free' | 'paid';
};

/** The hosts that are forbidden, and how the others are to deal with prompts. */
export type HostRule = RuleReach & {
  readonly ignore?: readonly string[];
  readonly zdr?: true;
  readonly data_collection?: 'deny';
};

export const ON_CUT = ['continue', 'fail'] as const;
/** What becomes of a streamed answer that breaks off. */
export type OnCut = (typeof ON_CUT)[number];
export const ON_REFUSAL = ['stop', 'next'] as const;
/** What becomes of a call that a provider's moderation refuses. */
export type OnRefusal = (typeof ON_REFUSAL)[number];

/** OpenRouter's `provider` object (spec §3.2). Unknown members are refused where it is read. */
export type ProviderPreferences = {
  readonly order?: readonly string[];
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  readonly allow_fallbacks?: boolean;
  readonly require_parameters?: boolean;
  readonly data_collection?: 'allow' | 'deny';
  readonly zdr?: boolean;
  readonly enforce_distillable_text?: boolean;
  readonly quantizations?: readonly string[];
  readonly sort?: SortPreference | { readonly by?: SortPreference; readonly partition?: 'model' | 'none' };
  readonly max_price?: {
    readonly prompt?: string;
    readonly completion?: string;
    readonly request?: string;
    readonly image?: string;
    readonly audio?: string;
  };
  /** Tokens per second. */
  readonly preferred_min_throughput?: Cutoffs;
  /** Seconds. */
  readonly preferred_max_latency?: Cutoffs;
};
/** Of weights, as hosts tell it. Closed models count as `unknown`. */
export const QUANTIZATIONS: readonly string[] = 'int4 int8 fp4 mxfp4 nvfp4 fp6 fp8 mxfp8 fp16 bf16 fp32 unknown'.split(
  ' ',
);
export const PERCENTILES = ['p50', 'p75', 'p90', 'p99'] as const;
/** A number stands for the median. */
export type Cutoffs = number | { readonly [name in (typeof PERCENTILES)[number]]?: number };
/** By what endpoints are put in order where the caller says so. */
export type SortPreference = (typeof SORTS)[number];
export const SORTS = ['price', 'throughput', 'latency', 'exacto'] as const;

/** Ids of the conversation's tool calls so far: a new call must have another, though some vendors count from 0 each time. */
export const toolCallIds = (call: Call): Set<string> => {
  const ids = new Set<string>();
  for (const { role, parts } of call.messages)
    if (role === 'assistant') for (const part of parts) if (part.type === 'tool-call') ids.add(part.id);
  return ids;
};

/** Does the caller set a prompt-cache breakpoint anywhere? */
export const marksCache = (call: Call): boolean =>
  call.cache !== undefined ||
  call.tools.some((tool) => tool.type === 'function' && tool.cache !== undefined) ||
  call.messages.some((message) => {
    const parts: readonly { readonly cache?: CacheMark }[] = message.parts;
    return parts.some(({ cache }) => cache !== undefined) || (message.role === 'tool' && message.cache !== undefined);
  });
