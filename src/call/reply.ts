import type { Json } from '../base/json.ts';
import type { Bill } from './event.ts';
import type { FinishReason } from './finish.ts';
import type { Annotation, AssistantPart, Native } from './message.ts';
import type { PlacedServerTool } from './server-tool.ts';
import type { Usage } from './usage.ts';

/** A whole answer: what `collect(events)` folds to and what a non-streamed answer decodes to. */
export type Reply = {
  readonly id?: string;
  readonly model?: string;
  readonly systemFingerprint?: string;
  readonly serviceTier?: string;
  readonly choices: readonly Choice[];
  readonly usage?: Usage;
  readonly bill?: Bill;
  readonly native?: Native;
};

/** One of the answers to a call. */
export type Choice = {
  readonly index: number;
  /** In the order in which the model produced them; neighbouring texts are one part. */
  readonly parts: readonly AssistantPart[];
  readonly finish: FinishReason;
  readonly nativeFinish: string | null;
  readonly stopSequence?: string;
  readonly annotations?: readonly Annotation[];
  /** Tools that the gateway ran on the way, in their order. */
  readonly serverTools?: readonly PlacedServerTool[];
  readonly logprobs?: { readonly content?: readonly Json[]; readonly refusal?: readonly Json[] };
  readonly native?: Native;
};
