import type { Fault } from '../base/fault.ts';
import { type Json, type JsonObject, parseReceived } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { Result } from '../base/result.ts';
import type { Call } from '../call/call.ts';
import type { ClientDialect, ClientRequest } from '../dialects/dialect.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { estimatePrompt } from '../metering/estimate.ts';
import { contain, laterFor, refuseIn, sendJson } from './answers.ts';
import type { InferenceHandler } from './inference.ts';
import { settle } from './room.ts';

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
    const later = laterFor(exchange);
    contain(exchange, () =>
      parseReceived(body, { nestingMax: LIMITS.nesting_max, later }, (parsed) => {
        if (!parsed.ok) return refuseIn(dialect, response, parsed.error);
        settle(room, body, parsed.value);
        const call = decode(parsed.value.value, { headers, params });
        if (!call.ok) return refuseIn(dialect, response, call.error);
        const { blobs, isLarge } = parsed.value;
        const count = (): void => sendJson(response, JSON.stringify(encode(estimatePrompt({ ...call.value, blobs }))));
        if (isLarge) later(count);
        else count();
      }),
    );
  };
}
