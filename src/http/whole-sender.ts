import { isObject, type Json } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { lengthOf, writtenInSlices } from '../base/written-json.ts';
import type { OperationId } from '../call/operation.ts';
import { laterFor, sendJson } from './answers.ts';
import { CORS } from './headers.ts';
import type { Exchange } from './inference.ts';
import { holdAnswer } from './room.ts';
import { withoutStore } from './stored/turn.ts';

type Head = { readonly [name: string]: string };
type Whole = {
  /** As a text, or as a value that is to be written as JSON. */
  readonly text?: string;
  readonly body?: Json;
  readonly head: Head;
  /** Absent = 200; a long one is always that. */
  readonly status?: number | undefined;
  /** Of a large one: gives back the memory that it was read into. */
  readonly release: (() => void) | undefined;
};

/** What sends a whole answer, once it is known whether it was stored as it says. */
export function senderOf<O extends OperationId>(
  exchange: Exchange<O>,
  { text: other, body = null, head, status, release }: Whole,
): (isKept: boolean) => void {
  const { gateway, response, request } = exchange;
  if (release && other === undefined && isLong(body))
    return (isKept) => {
      const told = !isKept && isObject(body) && body.store === true ? { ...body, store: false } : body;
      sendInTurns(exchange, told, { head, done: release });
    };
  const text = other ?? JSON.stringify(body);
  return (isKept) => {
    const told = isKept ? text : withoutStore(text);
    sendJson(response, told, head, status);
    holdAnswer(gateway.memory, request.caller.keyId, response, told.length);
    release?.();
  };
}

/** More than is written in one turn. */
const isLong = (body: Json): boolean => lengthOf(body, LIMITS.at_once_bytes_max) > LIMITS.at_once_bytes_max;

/**
 * Writes a long JSON answer slice by slice, each in a turn of its own and only as the client takes them: how long it will
 * be is not known at its beginning, so it goes out in chunks. `done`: it has gone, or its client has.
 */
function sendInTurns<O extends OperationId>(
  exchange: Exchange<O>,
  body: Json,
  { head, done }: { readonly head: Head; readonly done: () => void },
): void {
  const { response } = exchange;
  if (response.destroyed) return done();
  response.on('close', done);
  const later = laterFor(exchange);
  const slices = writtenInSlices(body, LIMITS.at_once_bytes_max);
  let isWaiting = false;
  const turn = (): void => {
    const slice = slices.next();
    if (slice.done) return void response.end();
    if (response.write(slice.value)) later(turn);
    else isWaiting = true;
  };
  response.on('drain', () => {
    if (!isWaiting) return;
    isWaiting = false;
    later(turn);
  });
  response.setTimeout(LIMITS.answer_stalled_ms, () => response.destroy());
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...CORS, ...head });
  turn();
}
