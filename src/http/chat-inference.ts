import type { JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { lengthOf } from '../base/written-json.ts';
import type { Event } from '../call/event.ts';
import { excessOf } from '../call/excess.ts';
import { withReadTexts } from '../call/kept-texts.ts';
import { withTrueMediaTypes } from '../call/media-types.ts';
import { storedFilesIn, withStoredFiles } from '../call/stored-file.ts';
import { type ChatStep, eventsOf } from '../call/text-run.ts';
import type { ClientDialect, EventEncoder } from '../dialects/dialect.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Target } from '../facts/target.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Shelf } from '../gateway/kept.ts';
import { createKeptThoughts, type KeptThoughts } from '../gateway/kept-thoughts.ts';
import type { CallHandle } from '../gateway/operation.ts';
import { OPERATIONS } from '../gateway/operations.ts';
import { perform } from '../gateway/perform.ts';
import type { StoredResponses } from '../gateway/stored-responses.ts';
import { presetIn } from '../presets/apply.ts';
import { wantsEcho } from '../upstream/echo.ts';
import { contain } from './answers.ts';
import { CORS } from './headers.ts';
import {
  answerContext,
  type Exchange,
  extraOf,
  type InferenceHandler,
  inferenceHandler,
  type OpenContext,
  refuseRouted,
  wholeAnswer,
} from './inference.ts';
import { completeByPreset } from './preset.ts';
import { cacheHeaders } from './response-cache.ts';
import { recollectFor } from './stored/recollect.ts';
import { withoutStore } from './stored/turn.ts';
import { createEventStream } from './stream.ts';

/**
 * Items of answers in the Responses API, by their ids. Programs that do not say `store: false` may send an id back in
 * place of the item (`item_reference`: the AI SDK does by default).
 */
type KeptItems = Shelf<JsonObject>;
/** What is kept of earlier answers, for the turns that follow. */
type KeptParts = { readonly thoughts: KeptThoughts; readonly items: KeptItems };

/** Every route of chats and text completions, streamed and not. */
export function chatHandler(
  dialect: ClientDialect,
  gateway: Gateway,
  storedResponses: StoredResponses | null = gateway.storedResponses,
): InferenceHandler {
  const thoughts = createKeptThoughts(gateway.kept);
  const items = gateway.kept.shelf<JsonObject>('items');
  const kept = { thoughts, items };
  return inferenceHandler(
    {
      operation: OPERATIONS.chat,
      dialect,
      recollect: storedResponses && dialect.stores ? recollectFor(gateway, storedResponses) : undefined,
      recall: ({ accountId }, id) => items.recall(accountId, id),
      excess: excessOf,
      preset: {
        isNamedIn: (call) => presetIn(call) !== null,
        complete: (caller, call, goOn) => completeByPreset(gateway, caller, call, goOn),
      },
      completed: (call, { accountId }) =>
        thoughts.restore(accountId, withTrueMediaTypes(call.isLarge ? withReadTexts(call) : call)),
      files: { idsIn: storedFilesIn, filled: withStoredFiles },
      answer: (exchange) => {
        const { call, caller } = exchange.request;
        if (call.stream) return streamAnswer(exchange, dialect, kept);
        wholeAnswer(exchange, dialect, {
          replied: ({ choices }) => thoughts.keep(caller.accountId, choices[0]?.parts ?? []),
          keep: keeperOf(exchange, items),
        });
      },
    },
    gateway,
  );
}

function keeperOf({ request: { call, caller } }: Exchange<'chat'>, items: KeptItems) {
  if (!call.refersToItems) return undefined;
  return (item: JsonObject): void => {
    if (typeof item.id === 'string')
      items.keep(caller.accountId, [item.id], item, lengthOf(item, LIMITS.kept_entry_bytes_max + 1));
  };
}

type Writing = {
  readonly encode: EventEncoder;
  readonly listen: (event: Event) => void;
  readonly write: (data: string | Uint8Array) => void;
};

/** Writes runs of texts, and what comes before them; gives the text behind the last one. */
function writeSteps(steps: readonly ChatStep[], { encode, listen, write }: Writing): string {
  let text = '';
  for (const step of steps) {
    if (step.type !== 'texts') {
      listen(step);
      text += encode(step);
      continue;
    }
    const bytes = encode.run?.(step) ?? null;
    if (bytes === null) text += eventsOf(step).map(encode).join('');
    else {
      write(text);
      write(bytes);
      text = '';
    }
  }
  return text;
}

function streamAnswer(exchange: Exchange<'chat'>, dialect: ClientDialect, { thoughts, items }: KeptParts): void {
  const { gateway, operation, response, request } = exchange;
  const { id, call, caller } = request;
  let handle: CallHandle | null = null;
  let receipt: Receipt | null = null;
  let encode: EventEncoder | null = null;
  let context: OpenContext<'chat'> | null = null;
  /** The end of an answer waits until it is stored. */
  let storing: Promise<void> | null = null;
  const listen = thoughts.listen(caller.accountId);
  const echoes: JsonObject[] | undefined = wantsEcho(call) ? [] : undefined;
  const stream = createEventStream(
    response,
    gateway.world,
    {
      contentType: dialect.streamContentType,
      keepAlive: dialect.keepAlive,
      headers: { 'x-generation-id': id, ...cacheHeaders(request.cache, gateway), ...CORS },
      headWaitMs: gateway.upstream.deadlines.head_wait_ms,
      keepAliveMs: gateway.upstream.deadlines.keep_alive_ms,
      stalledMs: gateway.upstream.deadlines.between_events_ms,
    },
    {
      pause: () => handle?.pause(),
      resume: () => handle?.resume(),
      gone: () => handle?.cancel(),
    },
  );
  const write = (steps: readonly ChatStep[], target: Target | null): void => {
    context ??= answerContext(exchange, target, { keep: keeperOf(exchange, items), echoes });
    encode ??= dialect.encodeEvents(context);
    const text = writeSteps(steps, { encode, listen, write: stream.write });
    const kept = exchange.turn?.kept();
    if (!kept) return stream.write(text);
    storing = kept.then((isKept) => contain(exchange, () => stream.write(isKept ? text : withoutStore(text))));
  };
  const end = (): void => (storing ? void storing.then(stream.end) : stream.end());
  handle = perform(gateway, operation, request, {
    events: (steps, target) => contain(exchange, () => write(steps, target)),
    ...(echoes && { echo: (body) => echoes.push(body) }),
    settled: (value) => {
      receipt = value;
      if (context) context.extra = extraOf(exchange, receipt);
    },
    done: (result) => {
      exchange.room?.close();
      contain(exchange, () => {
        if (result.kind !== 'failed') return end();
        if (!stream.opened() && !dialect.tellsInBand?.(result.fault, call)) {
          stream.release();
          return refuseRouted(exchange, dialect, result.fault, receipt);
        }
        write([{ type: 'start' }, { type: 'fault', fault: result.fault }], null);
        end();
      });
    },
  });
}
