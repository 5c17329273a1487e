import { type Fault, fault } from '../base/fault.ts';
import { isObject, type JsonObject, type Later } from '../base/json.ts';
import type { OperationId } from '../call/operation.ts';
import type { FaultContext, OperationClient } from '../dialects/dialect.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Answering } from './answering.ts';
import { sendFault } from './faults.ts';
import { CORS } from './headers.ts';

/** Writes a whole JSON answer. */
export function sendJson(
  response: Answering,
  text: string,
  headers: { readonly [name: string]: string } = {},
  status = 200,
): void {
  if (response.destroyed) return;
  const head = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...CORS,
    ...headers,
  };
  if (response.whole) return void response.whole(status, head, text);
  response.writeHead(status, head);
  response.end(text);
}

/** Refuses in the caller's own dialect. */
export function refuseIn<O extends OperationId>(
  dialect: Pick<OperationClient<O>, 'encodeFault'>,
  response: Answering,
  value: Fault,
  context: FaultContext<O> = { id: null },
  /** Stands beside the error. */
  extra?: JsonObject,
): void {
  const encoded = dialect.encodeFault(value, context);
  const body = extra && isObject(encoded.body) ? { ...encoded.body, ...extra } : encoded.body;
  sendFault(response, { ...encoded, body }, value, context.id);
}

/** What of a large call is left for a later turn: others are served between, and a client that has left is done with. */
export const laterFor =
  <O extends OperationId>(exchange: Parameters<typeof contain<O>>[0]): Later =>
  (task) =>
    void exchange.gateway.world.after(0, () => {
      if (!exchange.response.destroyed) contain(exchange, task);
    });

/** A throw is a bug of ours: this call ends with it, the others go on. What has begun is broken off. */
export function contain<O extends OperationId>(
  {
    gateway,
    dialect,
    response,
  }: {
    readonly gateway: Gateway;
    readonly dialect: Pick<OperationClient<O>, 'encodeFault'>;
    readonly response: Answering;
  },
  act: () => void,
): void {
  try {
    act();
  } catch (cause) {
    gateway.log('a call failed inside', cause);
    try {
      refuseIn(dialect, response, fault('server', 'Internal Server Error'));
    } catch {
      response.destroy();
    }
  }
}
