import type { Fault } from '../base/fault.ts';
import type { Json } from '../base/json.ts';
import type { NanoUsd } from '../base/money.ts';
import type { FinishReason } from './finish.ts';
import type { Annotation, Native, ReasoningFormat, Source } from './message.ts';
import type { ServerToolCall } from './server-tool.ts';
import type { Usage } from './usage.ts';

/**
 * One step of an answer. The grammar, checked by `dialects/laws.ts`:
 *
 *   start, (content | annotation | server-tool | logprobs | native)*, finish per choice, usage?, end      or      …, fault
 *
 * `start` comes first and once. Content events of one choice are in the order in which the model produced them.
 * `finish` comes once per choice; `usage` at most once and complete; `end` says that the vendor's terminal frame was
 * seen. `fault` ends everything. A decoder that meets the end of its bytes without a terminal frame emits
 * `fault(upstream_truncated)`, never `end`.
 */
export type Event =
  | StartEvent
  | TextEvent
  | RefusalEvent
  | ReasoningEvent
  | ToolStartEvent
  | ToolArgumentsEvent
  | ImageEvent
  | AudioEvent
  | AnnotationEvent
  | ServerToolEvent
  | LogprobsEvent
  | NativeEvent
  | FinishEvent
  | UsageEvent
  | { readonly type: 'end' }
  | { readonly type: 'fault'; readonly fault: Fault };

/** What the vendor calls this answer. The gateway replaces id and model; both stay in the receipt. */
export type StartEvent = {
  readonly type: 'start';
  readonly id?: string;
  readonly model?: string;
  readonly systemFingerprint?: string;
  readonly serviceTier?: string;
  /** What is known of the prompt's tokens by now; the gateway puts its estimate where the vendor tells nothing yet. */
  readonly prompt?: Usage;
};
/** A piece of the answer's text. */
export type TextEvent = { readonly type: 'text'; readonly choice: number; readonly text: string };
/** A piece of the words with which a model refuses to answer. */
export type RefusalEvent = { readonly type: 'refusal'; readonly choice: number; readonly text: string };

/**
 * A fragment of one reasoning part. Fragments with the same `index` within a choice belong to one part: texts are
 * concatenated, a later `signature`, `id` or `format` completes it. Indices are dense and rise.
 */
export type ReasoningEvent = {
  readonly type: 'reasoning';
  readonly choice: number;
  readonly index: number;
  readonly kind: 'text' | 'summary' | 'encrypted';
  readonly text: string;
  readonly signature?: string;
  readonly id?: string;
  readonly format: ReasoningFormat;
};

/** `index` is ours: dense per choice, in order of appearance. Ids are unique within the answer. */
export type ToolStartEvent = {
  readonly type: 'tool-start';
  readonly choice: number;
  readonly index: number;
  readonly id: string;
  readonly name: string;
  /** Members of the call that only its own dialect knows, such as who made it. */
  readonly native?: Native;
};
/** The next piece of the arguments' raw text. A call without arguments gets one event with `{}`. */
export type ToolArgumentsEvent = {
  readonly type: 'tool-arguments';
  readonly choice: number;
  readonly index: number;
  readonly text: string;
};
/** A whole picture of the answer. */
export type ImageEvent = { readonly type: 'image'; readonly choice: number; readonly source: Source };
/** Audio output: base64 pieces and their transcript are concatenated. */
export type AudioEvent = {
  readonly type: 'audio';
  readonly choice: number;
  readonly id?: string;
  readonly data?: string;
  readonly transcript?: string;
  readonly expiresAt?: number;
};
/** A citation, or a file that was read for the answer. */
export type AnnotationEvent = { readonly type: 'annotation'; readonly choice: number; readonly annotation: Annotation };
/** A tool that the gateway runs is at work, and later again, under the same id, what came of it. No vendor sends these. */
export type ServerToolEvent = { readonly type: 'server-tool'; readonly choice: number; readonly call: ServerToolCall };
/** The probabilities of the tokens in the choice's next text or refusal event. */
export type LogprobsEvent = {
  readonly type: 'logprobs';
  readonly choice: number;
  readonly content?: readonly Json[];
  readonly refusal?: readonly Json[];
};
/** Vendor fields we do not model; encoded only by the same dialect. `choice` null = beside the choices. */
export type NativeEvent = { readonly type: 'native'; readonly choice: number | null; readonly native: Native };
/** A choice is at its end. */
export type FinishEvent = {
  readonly type: 'finish';
  readonly choice: number;
  readonly reason: FinishReason;
  /** The vendor's own word, untouched; null if it gave none. */
  readonly native: string | null;
  /** The sequence that stopped it, where the vendor tells. */
  readonly stopSequence?: string;
};
/** The vendor's count, with the tier that served if that is told only now; the gateway adds `bill` before it is encoded. */
export type UsageEvent = {
  readonly type: 'usage';
  readonly usage: Usage;
  readonly serviceTier?: string;
  readonly bill?: Bill;
};

/** What the account was charged, and what the inference cost at the endpoint's prices. */
export type Bill = {
  readonly cost: NanoUsd;
  readonly inputCost: NanoUsd;
  readonly outputCost: NanoUsd;
  /** Set when the caller's own provider key paid. */
  readonly upstreamCost: NanoUsd | null;
  readonly isByok: boolean;
  /** The part of `cost` that tools took which the gateway ran; absent = none ran. */
  readonly serverToolCost?: NanoUsd;
};

/** Is this what the client waits for? Before the first one a failure moves on; after it the failure is the client's to see. */
export function isContent(event: Event): boolean {
  switch (event.type) {
    case 'text':
    case 'refusal':
    case 'tool-arguments':
    case 'reasoning':
      return event.text !== '' || (event.type === 'reasoning' && event.signature !== undefined);
    case 'tool-start':
    case 'image':
    case 'audio':
    case 'server-tool':
      return true;
    case 'start':
    case 'annotation':
    case 'logprobs':
    case 'native':
    case 'finish':
    case 'usage':
    case 'end':
    case 'fault':
      return false;
    default:
      return event satisfies never;
  }
}
