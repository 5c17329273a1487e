import type { Blob } from '../base/blobs.ts';
import type { Fault } from '../base/fault.ts';
import type { Frame, Framing } from '../base/frame.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import type { Event } from '../call/event.ts';
import type { ImageReply, ImageStep } from '../call/image.ts';
import type { Loss } from '../call/loss.ts';
import type { CallOf, OperationId, PostedId, ReplyOf, StepOf } from '../call/operation.ts';
import type { Reply } from '../call/reply.ts';
import type { TextRun } from '../call/text-run.ts';
import type { VideoReply } from '../call/video.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import type { Asset, Assets } from '../facts/asset.ts';
import type { Target } from '../facts/target.ts';
import type { Capabilities } from './image-capabilities.ts';
import type { Quirk, Quirks } from './quirks.ts';
import type { ChatTraits } from './traits.ts';
import type { VideoCapabilities } from './video-capabilities.ts';

/**
 * A dialect is two halves, both pure. The client half reads what a program sends us and writes what it expects; the
 * upstream half writes what a provider expects and reads what it sends. `laws.ts` holds those of chats to the same laws.
 * Nothing here throws on what came from outside.
 *
 * This is what the client halves of all operations have in common.
 */
export type RequestClient<O extends OperationId> = {
  /** As receipts name it. */
  readonly id: string;
  readonly decodeCall: (body: JsonObject, request: ClientRequest) => Result<CallOf<O>, Fault>;
  readonly encodeFault: (fault: Fault, answer: FaultContext<O>) => EncodedFault;
  /** What a call is answered with that asks nothing of its model; null = it asks. Absent = there are no such calls. */
  readonly unasked?: (call: CallOf<O>, answer: AnswerContext<O>) => Json | null;
};

/** The client half of any operation whose answers are JSON. */
export type OperationClient<O extends OperationId> = RequestClient<O> & {
  readonly encodeReply: (reply: ReplyOf<O>, answer: AnswerContext<O>) => Json;
  /** Where the caller wants anything but JSON: the answer as text, with its media type; undefined = it wants JSON. */
  readonly encodeText?: (reply: ReplyOf<O>, answer: AnswerContext<O>) => EncodedText | undefined;
  /** The status of an answer; absent = 200. */
  readonly statusOf?: (call: CallOf<O>) => number;
};
export type EncodedText = { readonly type: string; readonly text: string };

/** The client half of an operation whose answers are a stream of bytes, or of events that hold them. */
export type BytesClient<O extends OperationId> = RequestClient<O> & {
  readonly encodeSteps: (answer: AnswerContext<O>) => BytesEncoder<O>;
};

export type BytesEncoder<O extends OperationId> = {
  /** The media type of the answer, asked for once, when its first bytes are written. */
  readonly contentType: () => string;
  /** What is written of these steps; `broken` = the answer ends here by having its connection closed. */
  readonly encode: (steps: readonly StepOf<O>[]) => Uint8Array | string | 'broken';
};

/** The client half of chats, whose answers may be streamed. */
export type ClientDialect = OperationClient<'chat'> & {
  readonly encodeEvents: (answer: AnswerContext) => EventEncoder;
  /** Is a streamed call that failed before its first byte told so in a stream, not by the status? Absent = never. */
  readonly tellsInBand?: (fault: Fault, call: Call) => boolean;
  /** It has words for answers that are stored. */
  readonly stores?: true;
  /** Keeps a silent line alive, before the first frame and between any two: what every reader of the dialect skips. */
  readonly keepAlive: string;
  readonly streamContentType: string;
};

/** The client half of pictures: a stream shows them unfinished, and ends with what a whole answer has. */
export type ImageClient = OperationClient<'images'> & {
  readonly encodePartial: (step: ImageStep, answer: AnswerContext<'images'>) => string;
  readonly encodeLast: (reply: ImageReply, answer: AnswerContext<'images'>) => string;
  /** Of a stream that has begun. */
  readonly encodeStreamFault: (fault: Fault) => string;
};

/** What programs speak, by operation. */
export type ClientDialects = {
  readonly [O in PostedId]: O extends 'chat'
    ? ClientDialect
    : O extends 'speech'
      ? BytesClient<O>
      : O extends 'images'
        ? ImageClient
        : OperationClient<O>;
};

/** Turns events into the text to write: framed, possibly empty. One call per event; the rim joins one read's worth. */
export type EventEncoder = ((event: Event) => string) & {
  /** Many texts at once, framed; null = not now. Absent = only one by one. */
  readonly run?: (run: TextRun) => Uint8Array | null;
};

/** A file of a form: the name of its field, and its own name and type as its sender has them. */
export type ReceivedFile = {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Blob;
};

export type ClientRequest = {
  readonly headers: WireHeaders;
  readonly params: { readonly [name: string]: string | undefined };
  /** What a form brought beside its fields, which are the body. */
  readonly files?: readonly ReceivedFile[];
  /** The item of an earlier answer by its id, where it is still kept. */
  readonly recall?: (id: string) => JsonObject | undefined;
  /** What the marks in a large body stand for. */
  readonly blobs?: readonly Blob[];
  /** Answers are stored here for those who ask, and what the body refers to of them has been put into it. */
  readonly stores?: boolean;
};

/** What the gateway says about the answer, in place of what the vendor says. */
export type AnswerContext<O extends OperationId = 'chat'> = {
  /** `gen-…` */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The catalogue's id of the model that answers. */
  readonly model: string;
  /** The provider's display name. */
  readonly provider: string;
  /** The call as decoded: whether reasoning is hidden, which stop sequences, and so on. */
  readonly call: CallOf<O>;
  readonly newId: (prefix: string) => string;
  /** Milliseconds since 1970, for dialects that tell when an answer was whole. */
  readonly now?: () => number;
  /** Milliseconds since 1970: when the call came, for dialects that tell how long it took. */
  readonly receivedAt?: number;
  /** Hears each finished item that the program may later refer to by its id; absent where it may not. */
  readonly keep?: (item: JsonObject) => void;
  /** Hears the whole answer, where it is to be stored, before it is told. */
  readonly finished?: ((answer: JsonObject) => void) | undefined;
  /** Losses and the like the caller asked to see; added to the answer's top level where the dialect allows. */
  readonly extra?: JsonObject | undefined;
  /** What each provider was sent, in order, for the caller of a stream who asked to see it. */
  readonly echoes?: readonly JsonObject[] | undefined;
};

export type FaultContext<O extends OperationId = OperationId> = {
  readonly id: string | null;
  readonly extra?: JsonObject | undefined;
  /** The call that failed, where it could be read. */
  readonly call?: CallOf<O>;
};
export type EncodedFault = {
  readonly status: number;
  readonly body: Json;
  readonly headers: { readonly [name: string]: string };
};

export type UpstreamDialect = {
  readonly id: string;
  readonly framing: Framing;
  /** What must be fetched before `encodeCall`: only what this vendor cannot fetch itself. */
  readonly assets: (call: Call, target: Target) => readonly Asset[];
  readonly encodeCall: (call: Call, target: Target, assets: Assets) => Result<EncodedCall, Fault>;
  readonly decodeReply: (body: Json, upstream: UpstreamContext) => Result<Reply, Fault>;
  readonly decodeEvents: (upstream: UpstreamContext) => EventDecoder;
  readonly decodeFault: (failure: UpstreamFailure) => Fault;
  readonly quirks: Quirks;
  readonly traits: ChatTraits;
};

export type SentFile = {
  readonly bytes: Blob;
  readonly type: string;
  /** The name of its field in a form and its own; absent = it is the whole body. */
  readonly inForm?: { readonly field: string; readonly name: string };
};

export type EncodedCall = {
  /** Appended to the provider's base URL, query included. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: JsonObject;
  /** A file that goes with it: then the body's members are the fields of a form, or the file is all that is sent. */
  readonly file?: SentFile;
  readonly losses: readonly Loss[];
};

/** Synchronous: all events of one frame at once. `end` notices a missing terminal frame and says so with a fault. */
export type EventDecoder = {
  readonly push: (frame: Frame) => Event[];
  readonly end: () => Event[];
  /** Present where frames that differ from the one before in nothing but a text need not be parsed (`mould/`). */
  readonly again?: Again;
};

/** What is to be known of a stream's frames, and what its decoder is told instead of those that were not parsed. */
export type Again = {
  /** The text of a frame, given as JSON, that tells nothing beside it; undefined = it may tell more. */
  readonly textIn: (data: JsonObject) => Json | undefined;
  /** Members whose text means nothing, whatever it is. */
  readonly padding: readonly string[];
  /** The member whose numbers may change from frame to frame: those of the last frame count. */
  readonly counts?: string;
  /** The frame that was pushed last came again, once with each of these texts. */
  readonly repeated: (run: TextRun) => void;
  /** With `counts`: the last of such frames. Told before anything else is pushed, and before the end. */
  readonly counted?: (last: JsonObject) => void;
};

export type UpstreamContext = {
  readonly target: Target;
  /** For vendors that give tool calls no id, and for ids that are not unique. */
  readonly newId: (prefix: string) => string;
  /** The call that is answered: names of tools that emulate structured output, and so on. */
  readonly call: Call;
};

export type UpstreamFailure = {
  readonly status: number;
  readonly headers: WireHeaders;
  /** The body as text, cut at `LIMITS.error_body_bytes_max`. */
  readonly body: string;
  readonly provider: string;
  /** Milliseconds since 1970, for retry hints given as a point in time. */
  readonly now: number;
};

/** The upstream half of an operation whose answers are whole: the same translation, both ways, without events. */
export type WholeDialect<O extends OperationId> = {
  readonly id: string;
  /** As many entries as one request takes; a call with more takes several requests. */
  readonly entriesMax: (target: Target) => number;
  /** What must be fetched before `encodeCall`. */
  readonly assets: (call: CallOf<O>) => readonly Asset[];
  readonly encodeCall: (call: CallOf<O>, target: Target, assets: Assets) => Result<EncodedCall, Fault>;
  readonly decodeReply: (body: Json, answer: WholeContext<O>) => Result<ReplyOf<O>, Fault>;
  readonly decodeFault: (failure: UpstreamFailure) => Fault;
  /** Absent = none is known. */
  readonly quirks?: Quirks;
};

export type WholeContext<O extends OperationId> = {
  readonly target: Target;
  /** The call that is answered, with the entries of this request only. */
  readonly call: CallOf<O>;
  /** Some vendors count tokens nowhere else. */
  readonly headers: WireHeaders;
};

/** The upstream half of an operation whose answers are streams of steps, one request for each call. */
export type StreamedDialect<O extends OperationId> = {
  readonly id: string;
  /** What the answer is asked to be, as the header `accept` says it. */
  readonly accept: string;
  readonly encodeCall: (call: CallOf<O>, target: Target) => Result<EncodedCall, Fault>;
  /** How a 2xx answer with these headers is read. */
  readonly decodeSteps: (answer: WholeContext<O>) => StepDecoder<O>;
  readonly decodeFault: (failure: UpstreamFailure) => Fault;
  /** Its answers are bytes, which no hook can bend. */
  readonly quirks: { readonly [name: string]: Pick<Quirk, 'why' | 'request'> };
};

/** Synchronous. The bytes are valid only during the call. `end` gives the last steps: `end` or `fault` is among them. */
export type StepDecoder<O extends OperationId> = {
  readonly push: (bytes: Uint8Array) => StepOf<O>[];
  readonly end: () => StepOf<O>[];
};

/** The upstream half of pictures: some hosts show them unfinished, some give a job to be asked about. */
export type ImageDialect = WholeDialect<'images'> & {
  /** What it takes of what a call may say; the rest is lost there. */
  readonly takes: (target: Target) => Capabilities;
  /** Is a streamed call of this endpoint streamed by its host too? Absent = never. */
  readonly streams?: (target: Target) => boolean;
  /** How its server-sent events are read. */
  readonly decodeFrames?: (answer: WholeContext<'images'>) => ImageFrames;
  readonly quirks: Quirks;
};

/** The upstream half of videos: a host begins a task, and is asked about it until it is over. */
export type VideoDialect = Omit<WholeDialect<'videos'>, 'decodeReply'> & {
  readonly takes: (target: Target) => VideoCapabilities;
  /** Reads the answer that began a task, and each later one; `task`: what the host called it, once that is known. */
  readonly decodeReply: (
    body: Json,
    answer: { readonly target: Target; readonly task?: string },
  ) => Result<VideoReply, Fault>;
};

/** Reads a host's stream of pictures. `cut` = it ended before a picture was finished. */
export type ImageFrames = {
  readonly push: (frame: Frame) => readonly ImageStep[];
  readonly end: () => Result<ImageReply, Fault> | 'cut';
};

/** The upstream half of realtime sessions: how a host is asked for one. Its messages are passed on as they are. */
export type RealtimeDialect = {
  readonly id: string;
  readonly open: (target: Target, wish: { readonly isBeta: boolean }) => RealtimeOpening;
  readonly decodeFault: (failure: UpstreamFailure) => Fault;
};
/** Appended to the provider's base URL, query included; headers beside those that sign. */
export type RealtimeOpening = { readonly path: string; readonly headers: { readonly [name: string]: string } };

/** What providers speak, by operation. */
export type UpstreamDialects = {
  readonly [O in OperationId]: O extends 'chat'
    ? UpstreamDialect
    : O extends 'speech'
      ? StreamedDialect<O>
      : O extends 'images'
        ? ImageDialect
        : O extends 'videos'
          ? VideoDialect
          : O extends 'realtime'
            ? RealtimeDialect
            : WholeDialect<O>;
};

/** Every dialect that providers speak, by its operation and the id that the catalogue has checked. */
export type Dialects = { readonly of: <O extends OperationId>(operation: O, id: DialectId) => UpstreamDialects[O] };
