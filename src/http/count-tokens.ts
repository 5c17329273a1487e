import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../base/fault.ts';
import { type Json, type JsonObject, parseBody } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { Result } from '../base/result.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import type { ClientDialect, ClientRequest } from '../dialects/dialect.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { estimatePrompt } from '../metering/estimate.ts';
import { contain, refuseIn, sendJson } from './answers.ts';

/** How a dialect asks for a count of tokens, and what it expects for an answer. */
export type TokenCount = {
  readonly dialect: ClientDialect;
  readonly decode: (body: JsonObject, request: ClientRequest) => Result<Call, Fault>;
  readonly encode: (tokens: number) => Json;
};

/** Counts a prompt without sending it anywhere: our own estimate, free, for any model (coding agents ask each turn). */
export function countTokensHandler({ dialect, decode, encode }: TokenCount, gateway: Gateway) {
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const headers = request.headers as WireHeaders;
    reply.hijack();
    contain({ gateway, dialect, reply }, () => {
      const body = parseBody((request.body as Uint8Array | undefined) ?? new Uint8Array(), LIMITS.nesting_max);
      if (!body.ok) return refuseIn(dialect, reply, body.error);
      const call = decode(body.value, { headers, params: request.params as { [name: string]: string } });
      if (!call.ok) return refuseIn(dialect, reply, call.error);
      sendJson(reply, JSON.stringify(encode(estimatePrompt(call.value))));
    });
  };
}
