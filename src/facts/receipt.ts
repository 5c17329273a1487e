import type { Fault } from '../base/fault.ts';
import type { NanoUsd } from '../base/money.ts';
import type { Bill } from '../call/event.ts';
import type { FinishReason } from '../call/finish.ts';
import type { Loss } from '../call/loss.ts';
import type { OperationId } from '../call/operation.ts';
import type { Usage } from '../call/usage.ts';
import type { Attempt } from './attempt.ts';
import type { App } from './caller.ts';
import type { GuardEvent } from './policy.ts';
import type { Trace } from './trace.ts';

/** The one permanent record of a call (OpenRouter's *generation*): every attempt, what was used, what it cost and why. */
export type Receipt = {
  readonly id: string;
  readonly createdAt: number;
  readonly accountId: string;
  readonly keyId: string;
  readonly workspaceId: string;
  readonly operation: OperationId;
  /** The client's dialect, e.g. `openai-chat`. */
  readonly clientDialect: string;
  readonly requestedModel: string;
  readonly model: string | null;
  readonly endpoint: string | null;
  readonly provider: string | null;
  readonly streamed: boolean;
  readonly state: 'completed' | 'failed' | 'cancelled' | 'interrupted';
  readonly finish: FinishReason | null;
  readonly nativeFinish: string | null;
  /** The tier that served: the vendor's word, or the endpoint's own; null = nobody told. */
  readonly serviceTier: string | null;
  readonly usage: Usage;
  readonly bill: Bill;
  readonly attempts: readonly Attempt[];
  readonly losses: readonly Loss[];
  readonly fault: Fault | null;
  /** Where a stream broke off and another exchange went on with it, in order; absent where none did. */
  readonly continued?: readonly Continued[];
  /** Who was asked beside the endpoint that answered, and given up; absent where nobody was. */
  readonly hedged?: Hedged;
  /** Of a call that took several exchanges and tools, in order; absent where one exchange was all. */
  readonly legs?: readonly Leg[];
  readonly catalogVersion: string;
  readonly seed: number;
  /** What the plan rested on (`router/grounds-text.ts`), JSON; absent where nobody wrote it down. */
  readonly grounds?: string;
  /** The preset it was made with; absent where there was none. */
  readonly presetId?: string;
  /** The generation that this is the shadow of (`policies/lay-down.ts`); absent where somebody was answered. */
  readonly shadowOf?: string;
  /** The generation whose answer was given again, out of the response cache; absent where a provider was asked. */
  readonly cachedFrom?: string;
  /** What guardrails found in its texts; absent where they found nothing. */
  readonly guarded?: readonly GuardEvent[];
  /** From the request's arrival to its first content event, and to its end. */
  readonly firstContentMs: number | null;
  readonly totalMs: number;
  readonly app: App | null;
  readonly userAgent: string | null;
  readonly user: string | null;
  readonly sessionId: string | null;
  /** Absent where the caller said nothing of it. */
  readonly trace?: Trace;
};

/** An exchange that was given up because another one answered first. */
export type Hedged = {
  readonly endpoint: string;
  /** How long the first of the two had been silent when the second was asked. */
  readonly afterMs: number;
  /** What of it is charged, by our estimate: no vendor tells what it bills for what was given up. */
  readonly charged: 'prompt' | 'answer';
  /** Within the receipt's bill. */
  readonly cost: NanoUsd;
};

/** A part of an answer that was cut. */
export type Continued = {
  /** Whose stream it was. */
  readonly endpoint: string;
  /** Output tokens that had been written by then, those of earlier parts included. */
  readonly afterTokens: number;
  /** What the part costs, within the receipt's bill unless the whole costs nothing. */
  readonly cost: NanoUsd;
};

/** One step of a call that takes several: an answer of its model, or something the gateway did for it. */
export type Leg = {
  readonly purpose: 'answer' | 'tool' | 'plugin' | 'model';
  /** The tool or the plugin; of a model: the one that asked it. */
  readonly name?: string;
  /** What did it: a search engine, another model. */
  readonly by?: string;
  /** Of an answer. */
  readonly endpoint?: string;
  /** How many of the receipt's attempts it took. */
  readonly attempts?: number;
  readonly usage?: Usage;
  /** Its part of the receipt's bill. */
  readonly cost: NanoUsd;
  readonly ms: number;
  /** Why it failed; absent = it did not. */
  readonly reason?: string;
  /** What came of it, where that is not seen elsewhere. */
  readonly note?: string;
};

/** What is known of a call before it is sent: kept with its intent, so that a receipt can tell it whatever happens. */
export type About = Pick<
  Receipt,
  | 'operation'
  | 'clientDialect'
  | 'requestedModel'
  | 'streamed'
  | 'catalogVersion'
  | 'seed'
  | 'app'
  | 'userAgent'
  | 'user'
  | 'sessionId'
  | 'trace'
  | 'presetId'
  | 'shadowOf'
  | 'guarded'
>;
