import type { FastifyReply } from 'fastify';
import { type Fault, fault } from '../base/fault.ts';
import type { ClientDialect, FaultContext } from '../dialects/dialect.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { sendFault } from './faults.ts';
import { CORS } from './headers.ts';

/** Writes a whole JSON answer on a hijacked reply. */
export function sendJson(reply: FastifyReply, text: string, headers: { readonly [name: string]: string } = {}): void {
  const { raw } = reply;
  if (raw.destroyed) return;
  raw.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...CORS,
    ...headers,
  });
  raw.end(text);
}

/** Refuses in the caller's own dialect. */
export function refuseIn(
  dialect: ClientDialect,
  reply: FastifyReply,
  value: Fault,
  context: FaultContext = { id: null },
): void {
  sendFault(reply, dialect.encodeFault(value, context), value, context.id);
}

/** A throw is a bug of ours: this call ends with it, the others go on. What has begun is broken off. */
export function contain(
  {
    gateway,
    dialect,
    reply,
  }: { readonly gateway: Gateway; readonly dialect: ClientDialect; readonly reply: FastifyReply },
  act: () => void,
): void {
  try {
    act();
  } catch (cause) {
    gateway.log('a call failed inside', cause);
    try {
      refuseIn(dialect, reply, fault('server', 'Internal Server Error'));
    } catch {
      reply.raw.destroy();
    }
  }
}
