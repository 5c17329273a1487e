import type { FastifyReply } from 'fastify';
import type { Fault } from '../base/fault.ts';
import type { ClientDialect, FaultContext } from '../dialects/dialect.ts';
import { sendFault } from './faults.ts';

/** Writes a whole JSON answer on a hijacked reply. */
export function sendJson(reply: FastifyReply, text: string, headers: { readonly [name: string]: string } = {}): void {
  const { raw } = reply;
  if (raw.destroyed) return;
  raw.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'access-control-allow-origin': '*',
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
