import { sizeOf } from '../base/blobs.ts';
import { type JsonObject, type ParsedBody, parseReceived } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import type { Event } from '../call/event.ts';
import { withReadTexts } from '../call/kept-texts.ts';
import { withTrueMediaTypes } from '../call/media-types.ts';
import type { AnswerContext, ClientDialect, EventEncoder } from '../dialects/dialect.ts';
import type { Caller } from '../facts/caller.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Target } from '../facts/target.ts';
import { complete } from '../gateway/complete.ts';
import type { Completion } from '../gateway/completion.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { createKeptItems, type KeptItems } from '../gateway/kept-items.ts';
import { createKeptThoughts, type KeptThoughts } from '../gateway/kept-thoughts.ts';
import { wantsEcho } from '../upstream/echo.ts';
import type { Answering } from './answering.ts';
import { contain, refuseIn, sendJson } from './answers.ts';
import { continuedJson } from './continued-json.ts';
import { appOf, CORS, wantsLosses } from './headers.ts';
import { deploymentIn } from './prefixes.ts';
import type { WholeBody } from './read-body.ts';
import { holdAnswer, type Room } from './room.ts';
import { createEventStream } from './stream.ts';

/** A request for inference: its caller admitted, its body whole. */
export type InferenceRequest = {
  readonly headers: WireHeaders;
  /** As it was asked for, query included. */
  readonly url: string;
  readonly params: { readonly [name: string]: string };
  readonly caller: Caller;
  readonly body: WholeBody;
  /** What a large one takes of our memory; null = it is not counted. */
  readonly room: Room | null;
};
export type InferenceHandler = (request: InferenceRequest, response: Answering) => void;

/** Every inference route: decode, complete, encode — in whatever dialect the client speaks. */
export function inferenceHandler(
  dialect: ClientDialect,
  gateway: Gateway,
  thoughts: KeptThoughts = createKeptThoughts(gateway.world),
  items: KeptItems = createKeptItems(gateway.world),
): InferenceHandler {
  return ({ headers, params, url, caller, body, room }, response) => {
    const receivedAt = gateway.world.now();
    const begunAt = gateway.world.elapsed();
    const decode = ({ value, blobs, restBytes }: ParsedBody): void => {
      const model = deploymentIn(url);
      const recall = (id: string): JsonObject | undefined => items.recall(caller.accountId, id);
      const asked = { headers, params, recall };
      const decoded = dialect.decodeCall(model === undefined ? value : { ...value, model }, asked);
      if (!decoded.ok) return refuseIn(dialect, response, decoded.error);
      const isLarge = blobs.length > 0 || restBytes > LIMITS.at_once_bytes_max;
      const read = isLarge ? withReadTexts({ ...decoded.value, blobs, isLarge }) : decoded.value;
      const call = thoughts.restore(caller.accountId, withTrueMediaTypes(read));
      answer({ gateway, dialect, response, headers, caller, receivedAt, begunAt, call, thoughts, items, room });
    };
    contain({ gateway, dialect, response }, () => {
      const parsed = parseReceived(body, LIMITS.nesting_max);
      if (!parsed.ok) return refuseIn(dialect, response, parsed.error);
      const { blobs, restBytes } = parsed.value;
      room?.settle(
        body.size,
        blobs.reduce((sum, blob) => sum + sizeOf(blob), 0),
      );
      if (restBytes <= LIMITS.at_once_bytes_max) return decode(parsed.value);
      // Reading it was long enough: others come first.
      gateway.world.after(0, () => {
        if (!response.destroyed) contain({ gateway, dialect, response }, () => decode(parsed.value));
      });
    });
  };
}

type Exchange = {
  readonly gateway: Gateway;
  readonly dialect: ClientDialect;
  readonly response: Answering;
  readonly headers: WireHeaders;
  readonly caller: Caller;
  readonly receivedAt: number;
  readonly begunAt: number;
  readonly call: Call;
  readonly thoughts: KeptThoughts;
  readonly items: KeptItems;
  readonly room: Room | null;
};

function answer(exchange: Exchange): void {
  const { gateway, dialect, headers, call, caller, receivedAt, begunAt } = exchange;
  const id = gateway.world.newId('gen');
  const request = {
    id,
    call,
    clientDialect: dialect.id,
    caller,
    app: appOf(headers),
    userAgent: headers['user-agent'] ?? null,
    receivedAt,
    begunAt,
  };
  // A call may outlive its response: whole ones run to their end.
  exchange.room?.keep();
  try {
    if (call.stream) streamAnswer(exchange, request);
    else wholeAnswer(exchange, request);
  } catch (cause) {
    exchange.room?.close();
    throw cause;
  }
}

type CompletionRequest = Parameters<typeof complete>[1];

function wholeAnswer(exchange: Exchange, request: CompletionRequest): void {
  const { gateway, dialect, response, headers, call } = exchange;
  let receipt: Receipt | null = null;
  const completion = complete(gateway, request, {
    events: () => {},
    settled: (value) => {
      receipt = value;
    },
    done: (result) => {
      exchange.room?.close();
      contain(exchange, () => {
        if (result.kind === 'failed') return refuseIn(dialect, response, result.fault, { id: request.id, call });
        if (result.kind !== 'replied') return;
        const context = answerContext(exchange, request, result.target);
        context.extra = extraOf(headers, call, receipt);
        exchange.thoughts.keep(exchange.caller.accountId, result.reply.choices[0]?.parts ?? []);
        const text = JSON.stringify(dialect.encodeReply(result.reply, context));
        sendJson(response, text, { 'x-generation-id': request.id });
        holdAnswer(gateway.memory, exchange.caller.keyId, response, text.length);
      });
    },
  });
  response.on('close', () => {
    if (!response.writableFinished) completion.cancel();
  });
}

function streamAnswer(exchange: Exchange, request: CompletionRequest): void {
  const { gateway, dialect, response, headers, call } = exchange;
  let completion: Completion | null = null;
  let encode: EventEncoder | null = null;
  let context: OpenContext | null = null;
  const listen = exchange.thoughts.listen(exchange.caller.accountId);
  const echoes: JsonObject[] | undefined = wantsEcho(call) ? [] : undefined;
  const stream = createEventStream(
    response,
    gateway.world,
    {
      contentType: dialect.streamContentType,
      keepAlive: dialect.keepAlive,
      headers: { 'x-generation-id': request.id, ...CORS },
      headWaitMs: gateway.upstream.deadlines.head_wait_ms,
      keepAliveMs: gateway.upstream.deadlines.keep_alive_ms,
      stalledMs: gateway.upstream.deadlines.between_events_ms,
    },
    {
      pause: () => completion?.pause(),
      resume: () => completion?.resume(),
      gone: () => completion?.cancel(),
    },
  );
  const write = (events: readonly Event[], target: Target | null): void => {
    context ??= answerContext(exchange, request, target, echoes);
    encode ??= dialect.encodeEvents(context);
    let text = '';
    for (const event of events) {
      listen(event);
      text += encode(event);
    }
    stream.write(text);
  };
  completion = complete(gateway, request, {
    events: (events, target) => contain(exchange, () => write(events, target)),
    ...(echoes && { echo: (body) => echoes.push(body) }),
    settled: (receipt) => {
      if (context) context.extra = extraOf(headers, call, receipt);
    },
    done: (result) => {
      exchange.room?.close();
      contain(exchange, () => {
        if (result.kind !== 'failed') return stream.end();
        if (!stream.opened() && !dialect.tellsInBand?.(result.fault, call)) {
          stream.release();
          return refuseIn(dialect, response, result.fault, { id: request.id, call });
        }
        write([{ type: 'start' }, { type: 'fault', fault: result.fault }], null);
        stream.end();
      });
    },
  });
}

/** Losses, and where the answer was gone on with, when the caller asked for it; only known when the answer ends. */
function extraOf(headers: WireHeaders, call: Call, receipt: Receipt | null): JsonObject | undefined {
  const wants = wantsLosses(headers, call);
  const continued = (wants || call.gateway.onCut === 'continue') && receipt?.continued;
  if (!receipt || !(wants || continued)) return undefined;
  return {
    [PRODUCT.slug]: {
      ...(wants && { losses: receipt.losses.map(({ field, reason }) => ({ field, reason })) }),
      ...(continued && { continued: continuedJson(continued) }),
    },
  };
}

/** What is known only when the answer ends is filled in then: a getter would cost each call a hidden class of its own. */
type OpenContext = Omit<AnswerContext, 'extra'> & { extra: JsonObject | undefined };

function answerContext(
  { gateway, caller, items }: Exchange,
  request: CompletionRequest,
  target: Target | null,
  echoes?: readonly JsonObject[],
): OpenContext {
  const { call } = request;
  return {
    id: request.id,
    created: Math.floor(request.receivedAt / 1000),
    model: target?.model.id ?? call.model ?? '',
    provider: target?.endpoint.provider.name ?? '',
    call,
    newId: gateway.world.newId,
    now: gateway.world.now,
    ...(call.refersToItems && { keep: (item) => items.keep(caller.accountId, item) }),
    extra: undefined,
    echoes,
  };
}
