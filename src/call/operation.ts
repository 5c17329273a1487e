import type { Blob } from '../base/blobs.ts';
import type { Call, GatewayOptions } from './call.ts';
import type { DecisionCall, DecisionReply } from './decision.ts';
import type { EmbeddingCall, EmbeddingReply } from './embedding.ts';
import type { Bill } from './event.ts';
import type { ImageCall, ImageReply, ImageStep } from './image.ts';
import type { ModerationCall, ModerationReply } from './moderation.ts';
import type { RealtimeCall } from './realtime.ts';
import type { Reply } from './reply.ts';
import type { RerankCall, RerankReply } from './rerank.ts';
import type { SpeechCall, SpeechStep } from './speech.ts';
import type { ChatStep } from './text-run.ts';
import type { Transcript, TranscriptionCall } from './transcription.ts';
import type { Usage } from './usage.ts';
import type { VideoCall, VideoReply } from './video.ts';

/** What a call can ask a model to do. The order is that of lists and docs. */
export const OPERATION_IDS = [
  'chat',
  'embeddings',
  'images',
  'rerank',
  'decisions',
  'moderations',
  'speech',
  'transcription',
  'videos',
  'realtime',
] as const;
/** The name of an operation, in code and catalogue. */
export type OperationId = (typeof OPERATION_IDS)[number];
/** Those that a request of its own asks for. Answers of realtime sessions are asked for on connections that stand already. */
export type PostedId = Exclude<OperationId, 'realtime'>;

/** What each operation is asked with, what it is answered with, and the steps of a streamed answer; `never` = it has none. */
type Exchanges = {
  readonly chat: { readonly call: Call; readonly reply: Reply; readonly step: ChatStep };
  readonly embeddings: { readonly call: EmbeddingCall; readonly reply: EmbeddingReply; readonly step: never };
  readonly images: { readonly call: ImageCall; readonly reply: ImageReply; readonly step: ImageStep };
  readonly rerank: { readonly call: RerankCall; readonly reply: RerankReply; readonly step: never };
  readonly decisions: { readonly call: DecisionCall; readonly reply: DecisionReply; readonly step: never };
  readonly moderations: { readonly call: ModerationCall; readonly reply: ModerationReply; readonly step: never };
  readonly speech: { readonly call: SpeechCall; readonly reply: never; readonly step: SpeechStep };
  readonly transcription: { readonly call: TranscriptionCall; readonly reply: Transcript; readonly step: never };
  readonly videos: { readonly call: VideoCall; readonly reply: VideoReply; readonly step: never };
  readonly realtime: { readonly call: RealtimeCall; readonly reply: never; readonly step: never };
};

/** What an operation is asked with. */
export type CallOf<O extends OperationId> = Exchanges[O]['call'];
/** What an operation is answered with. */
export type ReplyOf<O extends OperationId> = Exchanges[O]['reply'];
/** A step of an operation's streamed answer; `never` where it has none. */
export type StepOf<O extends OperationId> = Exchanges[O]['step'];
/** A step of whatever operation. */
export type AnyStep = StepOf<OperationId>;

/** What a call of every operation says beside what it is about. */
export type CommonCall = {
  /** As written by the caller, variants and aliases unresolved. */
  readonly model: string | null;
  /** Fallback models, tried in order after `model`. */
  readonly models: readonly string[];
  readonly user?: string;
  readonly sessionId?: string;
  readonly gateway: GatewayOptions;
  /** What the marks in its texts and media stand for. */
  readonly blobs?: readonly Blob[];
  /** Its body was too large to be worked through in one turn. */
  readonly isLarge?: true;
};

/** What an answer of every operation may tell about itself. */
export type CommonReply = { readonly id?: string; readonly usage?: Usage; readonly bill?: Bill };
