import type { Fault } from '../base/fault.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { Call } from '../call/call.ts';
import type { ClientDialect, ClientRequest } from '../dialects/dialect.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { estimatePrompt } from '../metering/estimate.ts';
import { laterFor, refuseIn, sendJson } from './answers.ts';
import type { InferenceHandler } from './inference.ts';
import { parseBodyOf } from './parse-body.ts';

/** How a dialect asks for a count of tokens, and what it expects for an answer. */
export type TokenCount = {
  readonly dialect: ClientDialect;
  readonly decode: (body: JsonObject, request: ClientRequest) => Result<Call, Fault>;
  readonly encode: (tokens: number) => Json;
};

/** Counts a prompt without sending it anywhere: our own estimate, free, for any model (coding agents ask each turn). */
export function countTokensHandler({ dialect, decode, encode }: TokenCount, gateway: Gateway): InferenceHandler {
  return ({ headers, params, body, room }, response) => {
    const exchange = { gateway, dialect, response };
    const refuse = (value: Fault): void => refuseIn(dialect, response, value);
    parseBodyOf(exchange, { body, room, refuse }, ({ value, blobs, isLarge }) => {
      const call = decode(value, { headers, params });
      if (!call.ok) return refuse(call.error);
      const count = (): void => sendJson(response, JSON.stringify(encode(estimatePrompt({ ...call.value, blobs }))));
      if (isLarge) laterFor(exchange)(count);
      else count();
    });
  };
}
