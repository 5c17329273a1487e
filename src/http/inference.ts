import type { Blob } from '../base/blobs.ts';
import type { Fault } from '../base/fault.ts';
import type { JsonObject, ParsedBody } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import type { Result } from '../base/result.ts';
import type { WireHeaders } from '../base/world.ts';
import type { CallOf, OperationId, ReplyOf } from '../call/operation.ts';
import type { AnswerContext, OperationClient, RequestClient } from '../dialects/dialect.ts';
import type { Caller } from '../facts/caller.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Target } from '../facts/target.ts';
import { traceOf } from '../facts/trace.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { screenedBy } from '../gateway/guard/prompt.ts';
import type { Watch } from '../gateway/guard/watch.ts';
import type { CallResult, Operation } from '../gateway/operation.ts';
import { perform } from '../gateway/perform.ts';
import type { CallRequest } from '../gateway/receipt.ts';
import type { Answering } from './answering.ts';
import { contain, laterFor, refuseIn } from './answers.ts';
import { continuedJson, hedgedJson } from './continued-json.ts';
import { appOf, wantsLosses } from './headers.ts';
import { INLINE_KEYS, withInlineKeys } from './inline-keys.ts';
import { parseBodyOf, weighForm } from './parse-body.ts';
import { deploymentIn } from './prefixes.ts';
import type { WholeBody } from './read-body.ts';
import type { Form } from './read-form.ts';
import { asksForCache, cacheHeaders, cacheWishOf } from './response-cache.ts';
import { holdOutlived, type Room, type RoomKept } from './room.ts';
import { faultMetadata, routerMetadata, wantsMetadata } from './router-metadata.ts';
import { bothOf, type Recollect, type Turn, withRecollected } from './stored/reading.ts';
import { type FileNaming, whenFilled } from './stored-files.ts';
import { answerUnasked } from './unasked.ts';
import { senderOf } from './whole-sender.ts';

/** A request for inference: its caller admitted, its body whole. */
export type InferenceRequest = {
  readonly headers: WireHeaders;
  /** As it was asked for, query included. */
  readonly url: string;
  readonly params: { readonly [name: string]: string };
  readonly caller: Caller;
  readonly body: WholeBody;
  /** In the place of the body, where somebody has read it already. */
  readonly parsed?: ParsedBody | undefined;
  /** In the place of the body, where a route takes forms. */
  readonly form?: Form;
  /** What a large one takes of our memory; null = it is not counted. */
  readonly room: Room | null;
  /** What it is recorded by, where that was decided before it came. */
  readonly generationId?: string;
};
export type InferenceHandler = (request: InferenceRequest, response: Answering) => void;

/** What one dialect of one operation does with requests; the rest is the same for all (`inferenceHandler`). */
export type Rim<O extends OperationId> = {
  readonly operation: Operation<O>;
  readonly dialect: RequestClient<O>;
  /** The item of an earlier answer to this caller, by its id. */
  readonly recall?: (caller: Caller, id: string) => JsonObject | undefined;
  /** Reads what a body only refers to; absent = nothing can be referred to. */
  readonly recollect?: Recollect | undefined;
  /** Why a call that is not small is not taken though it can be read. */
  readonly excess?: (call: CallOf<O>, blobs: readonly Blob[]) => Fault | null;
  /** What a call may leave to a preset of its caller's workspace. */
  readonly preset?: {
    readonly isNamedIn: (call: CallOf<O>) => boolean;
    /** Called back at once, or when the preset is found. */
    readonly complete: (caller: Caller, call: CallOf<O>, goOn: (completed: Result<CallOf<O>, Fault>) => void) => void;
  };
  /** The call as it is worked with, blobs included. */
  readonly completed: (call: CallOf<O>, caller: Caller) => CallOf<O>;
  /** Why a call is not taken, seen only when it is complete. */
  readonly objection?: (call: CallOf<O>) => Fault | null;
  /** How a call names files that are kept here. */
  readonly files?: FileNaming<O>;
  readonly answer: (exchange: Exchange<O>) => void;
};

/** One request and its answer. */
export type Exchange<O extends OperationId> = {
  readonly gateway: Gateway;
  readonly operation: Operation<O>;
  readonly dialect: RequestClient<O>;
  readonly response: Answering;
  readonly headers: WireHeaders;
  readonly request: CallRequest<O>;
  /** What was sent, in bytes. */
  readonly bodyBytes: number;
  readonly room: RoomKept | null;
  readonly turn: Turn | null;
};

/** Every inference route: decode, perform, encode — whatever is asked for, in whatever dialect the client speaks. */
export function inferenceHandler<O extends OperationId>(rim: Rim<O>, gateway: Gateway): InferenceHandler {
  const { operation, dialect } = rim;
  return (incoming, response) => {
    const { headers, params, url, caller, body, parsed: given, form, room, generationId } = incoming;
    const bodyBytes = body.size;
    const receivedAt = gateway.world.now();
    const arrival = { headers, generationId, receivedAt, begunAt: gateway.world.elapsed() };
    let named: string | null = null;
    const refuse = (value: Fault, watch?: Watch): void => {
      gateway.telemetry.refused({ at: receivedAt, ...refusedOf(rim, incoming, watch), model: named, fault: value });
      refuseIn(dialect, response, value);
    };
    const decode = (value: JsonObject, blobs: readonly Blob[]): Result<CallOf<O>, Fault> => {
      const model = deploymentIn(url);
      named = model ?? (typeof value.model === 'string' ? value.model : null);
      const recall = (id: string): JsonObject | undefined => rim.recall?.(caller, id);
      const stores = rim.recollect !== undefined;
      const asked = { headers, params, recall, blobs, stores, ...(form && { files: form.files }) };
      return dialect.decodeCall(model === undefined ? value : { ...value, model }, asked);
    };
    const begin = (call: CallOf<O>, body: JsonObject, room: RoomKept | null, turn: Turn | null): void => {
      if (!rim.files || rim.files.idsIn(call).length === 0) return beginFilled(call, body, room, turn);
      const filling = { ...exchange, caller, room, naming: rim.files };
      whenFilled(filling, call, { refuse, done: (filled, held) => beginFilled(filled, body, held, turn) });
    };
    const beginFilled = (call: CallOf<O>, body: JsonObject, room: RoomKept | null, turn: Turn | null): void => {
      const objection = rim.objection?.(call);
      if (objection) return refuse(objection);
      const who = withInlineKeys(gateway, caller, headers[INLINE_KEYS]);
      if (!who.ok) return refuse(who.error);
      screenedBy(caller, { operation: operation.id, call, later: laterFor(exchange) }, (screened) => {
        if (!screened.ok) return refuse(screened.error.fault, screened.error.watch);
        const request = requestOf(rim, gateway, { ...arrival, ...screened.value, caller: who.value, body });
        const own = { gateway, operation, dialect, response, headers, request, bodyBytes, room, turn };
        if (!(dialect.unasked && answerUnasked(own))) answerIn(own, rim);
      });
    };
    const exchange = { gateway, dialect, response };
    const beginForm = ({ fields }: Form): void => {
      const decoded = decode(fields, []);
      return decoded.ok ? begin(rim.completed(decoded.value, caller), fields, room, null) : refuse(decoded.error);
    };
    if (form) return weighForm(exchange, { form, room, refuse }, beginForm);
    const weigh = (call: CallOf<O>, parsed: ParsedBody, room: RoomKept | null, turn: Turn | null): void => {
      const { value, blobs, isLarge, restBytes } = parsed;
      const excess = isLarge || restBytes > LIMITS.small_body_bytes ? rim.excess?.(call, blobs) : null;
      if (excess) return refuse(excess);
      if (!isLarge) return begin(rim.completed(call, caller), value, room, turn);
      const later = laterFor(exchange);
      later(() => {
        const completed = rim.completed({ ...call, blobs, isLarge }, caller);
        later(() => begin(completed, value, room, turn));
      });
    };
    const take = (parsed: ParsedBody, room: RoomKept | null, turn: Turn | null): void => {
      const decoded = decode(parsed.value, parsed.blobs);
      if (!decoded.ok) return refuse(decoded.error);
      const goOn = (call: CallOf<O>): void => weigh(call, parsed, room, turn);
      if (!rim.preset?.isNamedIn(decoded.value)) return goOn(decoded.value);
      completeIn(exchange, { rim, caller, room, refuse }, decoded.value, goOn);
    };
    parseBodyOf(exchange, { body, parsed: given, room, refuse }, (parsed) => {
      if (!rim.recollect) return take(parsed, room, null);
      const within = (act: () => void): void => (response.destroyed ? undefined : contain(exchange, act));
      const later = laterFor(exchange);
      const reading = { body: parsed.value, blobs: parsed.blobs, caller, response, refuse, later, within };
      rim.recollect(reading, (found) => take(withRecollected(parsed, found), bothOf(room, found.room), found.turn));
    });
  };
}

const refusedOf = (
  {
    operation,
    dialect,
  }: { readonly operation: { readonly id: OperationId }; readonly dialect: { readonly id: string } },
  { caller, generationId }: InferenceRequest,
  watch?: Watch,
) => ({
  clientDialect: dialect.id,
  operation: operation.id,
  keyId: caller.keyId,
  caller,
  id: generationId,
  ...(watch && { guarded: watch.events() }),
});

type Coming<O extends OperationId> = Pick<InferenceRequest, 'headers' | 'caller'> & {
  readonly generationId: string | undefined;
  readonly call: CallOf<O>;
  readonly watch: Watch | undefined;
  readonly body: JsonObject;
  readonly receivedAt: number;
  readonly begunAt: number;
};

/** The call as it is recorded. */
function requestOf<O extends OperationId>(
  { operation, dialect }: Pick<Rim<O>, 'operation' | 'dialect'>,
  gateway: Gateway,
  { headers, caller, generationId, call, watch, body, receivedAt, begunAt }: Coming<O>,
): CallRequest<O> {
  const clientDialect = dialect.id;
  const wish = { operation: operation.id, clientDialect, headers, caller, body, call };
  return {
    id: generationId ?? gateway.world.newId('gen'),
    call,
    clientDialect,
    caller,
    app: appOf(headers),
    userAgent: headers['user-agent'] ?? null,
    trace: traceOf(call.gateway.extra?.trace, headers.traceparent),
    ...(watch && { watch }),
    cache: asksForCache(headers, call) ? cacheWishOf(gateway, wish) : undefined,
    receivedAt,
    begunAt,
  };
}

type Completing<O extends OperationId> = {
  readonly rim: Rim<O>;
  readonly caller: Caller;
  readonly room: RoomKept | null;
  readonly refuse: (value: Fault) => void;
};

/** Goes on with what a preset makes of the call, or refuses it. */
function completeIn<O extends OperationId>(
  exchange: Parameters<typeof contain<O>>[0],
  { rim, caller, room, refuse }: Completing<O>,
  call: CallOf<O>,
  goOn: (call: CallOf<O>) => void,
): void {
  rim.preset?.complete(caller, call, (completed) => {
    if (exchange.response.destroyed) return room?.close();
    contain(exchange, () => (completed.ok ? goOn(completed.value) : refuse(completed.error)));
  });
}

/** A call may outlive its response: whole ones run to their end. */
function answerIn<O extends OperationId>(exchange: Exchange<O>, { answer }: Pick<Rim<O>, 'answer'>): void {
  exchange.room?.keep();
  try {
    answer(exchange);
  } catch (cause) {
    exchange.room?.close();
    throw cause;
  }
}

/** Routes of an operation whose answers come in one piece, with nothing to be remembered between them. */
export const wholeHandler = <O extends OperationId>(
  operation: Operation<O>,
  dialect: OperationClient<O>,
  gateway: Gateway,
  read: Pick<Rim<O>, 'completed' | 'objection'> = { completed: (call) => call },
): InferenceHandler =>
  inferenceHandler({ operation, dialect, ...read, answer: (exchange) => wholeAnswer(exchange, dialect) }, gateway);

/** What is heard of an answer that comes in one piece, beside that it is sent. */
export type WholeListener<O extends OperationId> = {
  readonly replied?: (reply: ReplyOf<O>) => void;
  /** Hears each item that the program may later refer to by its id. */
  readonly keep?: ((item: JsonObject) => void) | undefined;
};

type Replied<O extends OperationId> = Extract<CallResult<O>, { readonly kind: 'replied' }>;

export function wholeAnswer<O extends OperationId>(
  exchange: Exchange<O>,
  dialect: OperationClient<O>,
  listener: WholeListener<O> = {},
): void {
  const { gateway, operation, response, request } = exchange;
  const { id, caller } = request;
  let receipt: Receipt | null = null;
  let isOver = false;
  let outlived: (() => void) | null = null;
  const encoded = (result: Replied<O>) => {
    const context = answerContext(exchange, result.target, { keep: listener.keep });
    context.extra = extraOf(exchange, receipt);
    try {
      listener.replied?.(result.reply);
      const other = dialect.encodeText?.(result.reply, context);
      const named = other && { 'content-type': other.type };
      return senderOf(exchange, {
        ...(other ? { text: other.text } : { body: dialect.encodeReply(result.reply, context) }),
        head: { 'x-generation-id': id, ...cacheHeaders(request.cache, gateway), ...named },
        status: dialect.statusOf?.(request.call),
        release: result.release,
      });
    } catch (cause) {
      result.release?.();
      throw cause;
    }
  };
  const handle = perform(gateway, operation, request, {
    events: () => {},
    settled: (value) => {
      receipt = value;
    },
    done: (result) => {
      isOver = true;
      outlived?.();
      exchange.room?.close();
      contain(exchange, () => {
        if (result.kind === 'failed') return refuseRouted(exchange, dialect, result.fault, receipt);
        if (result.kind !== 'replied') return;
        const send = encoded(result);
        const kept = exchange.turn?.kept();
        if (!kept) return send(true);
        void kept.then((isKept) => contain(exchange, () => send(isKept)));
      });
    },
  });
  response.on('close', () => {
    if (response.writableFinished) return;
    if (!isOver && !exchange.room) outlived = holdOutlived(gateway.memory, caller.keyId, exchange.bodyBytes);
    handle.cancel();
  });
}

/** Refuses a call that was routed, and tells how where that was asked for. */
export function refuseRouted<O extends OperationId>(
  { gateway, headers, response, request: { id, call } }: Exchange<O>,
  dialect: Pick<OperationClient<O>, 'encodeFault'>,
  value: Fault,
  receipt: Receipt | null,
): void {
  const extra = wantsMetadata(headers) ? faultMetadata(value, receipt, gateway.catalog()) : undefined;
  refuseIn(dialect, response, value, { id, call }, extra);
}

type Answered<O extends OperationId> = Pick<Exchange<O>, 'gateway' | 'headers' | 'request'>;

/**
 * Losses, where the answer was gone on with and how it was routed, when the caller asked for it; only known when the
 * answer ends.
 */
export function extraOf<O extends OperationId>(
  { gateway, headers, request: { call } }: Answered<O>,
  receipt: Receipt | null,
): JsonObject | undefined {
  if (!receipt) return undefined;
  const wants = wantsLosses(headers, call);
  const continued = (wants || call.gateway.onCut === 'continue') && receipt.continued;
  const routed = wantsMetadata(headers) && routerMetadata(receipt, gateway.catalog());
  const { hedged } = receipt;
  if (!(wants || continued || hedged || routed)) return undefined;
  return {
    ...((wants || continued || hedged) && {
      [PRODUCT.slug]: {
        ...(wants && { losses: receipt.losses.map(({ field, reason }) => ({ field, reason })) }),
        ...(continued && { continued: continuedJson(continued) }),
        ...(hedged && { hedged: hedgedJson(hedged) }),
      },
    }),
    ...(routed && { openrouter_metadata: routed }),
  };
}

/** What is known only when the answer ends is filled in then: a getter would cost each call a hidden class of its own. */
export type OpenContext<O extends OperationId> = Omit<AnswerContext<O>, 'extra'> & { extra: JsonObject | undefined };

export function answerContext<O extends OperationId>(
  { gateway, request, turn }: Exchange<O>,
  target: Target | null,
  { keep, echoes }: Pick<WholeListener<O>, 'keep'> & Pick<AnswerContext<O>, 'echoes'>,
): OpenContext<O> {
  const { call } = request;
  return {
    id: request.id,
    created: Math.floor(request.receivedAt / 1000),
    receivedAt: request.receivedAt,
    model: target?.model.id ?? call.model ?? '',
    provider: target?.endpoint.provider.name ?? '',
    call,
    newId: gateway.world.newId,
    now: gateway.world.now,
    ...(keep && { keep }),
    ...(turn && { finished: turn.keep }),
    extra: undefined,
    echoes,
  };
}
