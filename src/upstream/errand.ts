import type { Blob } from '../base/blobs.ts';
import type { Fault } from '../base/fault.ts';
import type { Result } from '../base/result.ts';
import type { WireHeaders, WireRequest } from '../base/world.ts';
import type { OperationId, ReplyOf, StepOf } from '../call/operation.ts';
import type { EncodedCall, UpstreamFailure } from '../dialects/dialect.ts';
import type { Quirks } from '../dialects/quirks.ts';
import type { Asset, Assets } from '../facts/asset.ts';
import type { Target } from '../facts/target.ts';
import type { Reader, Sink } from './read-body.ts';

/** What a run carries to providers, whatever the operation: a chat call, texts to embed. */
export type Errand<O extends OperationId> = {
  readonly isStreamed: boolean;
  /** Is this step a part of what was asked for? The first such one decides that its endpoint answers. */
  readonly isContent: (step: StepOf<O>) => boolean;
  /** What the marks in the call, and so in every body that is encoded from it, stand for. */
  readonly blobs: readonly Blob[];
  /** Too large to be read, written and signed in one turn. */
  readonly isLarge: boolean;
  /** The parameters that were sent, by the names that losses go by; of a strict call, all that may be lost. */
  readonly parameters: () => Indispensable;
  /** The exchanges that this endpoint needs for the whole call, in order: more than one where it takes less at once. */
  readonly translate: (target: Target) => Result<Translations<O>, Fault>;
  /** The answers of those exchanges as one. */
  readonly join: (answers: readonly [ReplyOf<O>, ...ReplyOf<O>[]]) => ReplyOf<O>;
  /** Present where a streamed answer that is cut after its first words is to be gone on with. */
  readonly continuation?: Continuation<O>;
};

/** A cut answer: what was shown of it, and how others are asked to go on. */
export type Continuation<O extends OperationId> = {
  /** What of these steps is shown, faults left out; null = they cannot be joined to what was shown before. */
  readonly pass: (steps: readonly StepOf<O>[]) => readonly StepOf<O>[] | null;
  /** Can what was shown be gone on with, now that this has broken it off? */
  readonly follows: (value: Fault) => boolean;
  /** Another endpoint is asked next. */
  readonly turnTo: () => void;
  /** This endpoint did not go on, for this reason: true = it is to be asked once more, in another way. */
  readonly otherWay: (value: Fault, target: Target) => boolean;
  readonly translate: (target: Target) => Result<Translation<O>, Fault>;
  /** An exchange that goes on begins. */
  readonly begin: () => void;
};
/** What must not be lost where the plan is strict. */
export type Indispensable = readonly string[] | 'everything';
export type Translations<O extends OperationId> = readonly [Translation<O>, ...Translation<O>[]];

/** One HTTP exchange in the words of one endpoint's dialect: all that an attempt needs to know of dialects. */
export type Translation<O extends OperationId> = {
  readonly accept: string;
  /** What must be fetched before `encode`. */
  readonly assets: () => readonly Asset[];
  readonly encode: (assets: Assets) => Result<EncodedCall, Fault>;
  /** How hosts of the dialect may depart from it; absent = none is known. */
  readonly quirks?: Quirks;
  /** How a 2xx answer with these headers is read; `sent` is what it answers, signed. */
  readonly read: (headers: WireHeaders, sink: Sink<O>, sent: WireRequest) => Reader;
  readonly decodeFault: (failure: UpstreamFailure) => Fault;
};
