import { storedPicturesIn, withStoredPictures } from '../call/stored-file.ts';
import type { ImageClient } from '../dialects/dialect.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { CallHandle } from '../gateway/operation.ts';
import { OPERATIONS } from '../gateway/operations.ts';
import { perform } from '../gateway/perform.ts';
import { contain, refuseIn } from './answers.ts';
import { CORS } from './headers.ts';
import {
  answerContext,
  type Exchange,
  extraOf,
  type InferenceHandler,
  inferenceHandler,
  wholeAnswer,
} from './inference.ts';
import { cacheHeaders } from './response-cache.ts';
import { holdAnswer, holdOutlived } from './room.ts';
import { createEventStream } from './stream.ts';

/** Every route of pictures. */
export const imageHandler = (dialect: ImageClient, gateway: Gateway): InferenceHandler =>
  inferenceHandler(
    {
      operation: OPERATIONS.images,
      dialect,
      completed: (call) => call,
      files: { idsIn: storedPicturesIn, filled: withStoredPictures },
      answer: (exchange) =>
        exchange.request.call.stream ? streamAnswer(exchange, dialect) : wholeAnswer(exchange, dialect),
    },
    gateway,
  );

/**
 * Who asks for a stream gets one, also of hosts that have none: SDKs read what they asked for, and an answer in one piece
 * would be an empty stream to them.
 */
function streamAnswer(exchange: Exchange<'images'>, dialect: ImageClient): void {
  const { gateway, operation, response, request } = exchange;
  const { id, call, caller } = request;
  let handle: CallHandle | null = null;
  let receipt: Receipt | null = null;
  let outlived: (() => void) | null = null;
  const gone = (): void => {
    if (!exchange.room) outlived = holdOutlived(gateway.memory, caller.keyId, exchange.bodyBytes);
    handle?.cancel();
  };
  const { head_wait_ms, keep_alive_ms, between_events_ms } = gateway.upstream.deadlines;
  const stream = createEventStream(
    response,
    gateway.world,
    {
      contentType: 'text/event-stream; charset=utf-8',
      keepAlive: ': keep-alive\n\n',
      headers: { 'x-generation-id': id, ...cacheHeaders(request.cache, gateway), ...CORS },
      headWaitMs: head_wait_ms,
      keepAliveMs: keep_alive_ms,
      stalledMs: between_events_ms,
    },
    { pause: () => handle?.pause(), resume: () => handle?.resume(), gone },
  );
  handle = perform(gateway, operation, request, {
    events: (steps, target) =>
      contain(exchange, () => {
        const context = answerContext(exchange, target, {});
        stream.write(steps.map((step) => dialect.encodePartial(step, context)).join(''));
      }),
    settled: (value) => {
      receipt = value;
    },
    done: (result) => {
      outlived?.();
      exchange.room?.close();
      contain(exchange, () => {
        if (result.kind === 'failed') {
          if (!stream.opened()) {
            stream.release();
            return refuseIn(dialect, response, result.fault, { id, call });
          }
          stream.write(dialect.encodeStreamFault(result.fault));
        } else if (result.kind === 'replied') {
          const context = answerContext(exchange, result.target, {});
          context.extra = extraOf(exchange, receipt);
          const text = dialect.encodeLast(result.reply, context);
          stream.write(text);
          holdAnswer(gateway.memory, caller.keyId, response, text.length);
        }
        stream.end();
      });
      if (result.kind === 'replied') result.release?.();
    },
  });
}
