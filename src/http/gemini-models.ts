import { decodeCountTokens, encodeTokenCount, geminiClient } from '../dialects/gemini/index.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { countTokensHandler } from './count-tokens.ts';
import type { InferenceHandler } from './inference.ts';
import { GOOGLE_ROUTES } from './inference-routes.ts';

type Speaking = Pick<(typeof GOOGLE_ROUTES)[number], 'operation' | 'dialect'>;

/** Everything below `models/` that is posted, as Google's SDKs know it: the method stands behind the model's name. */
export function geminiModelsHandler(
  gateway: Gateway,
  handlerOf: (route: Speaking) => InferenceHandler,
): InferenceHandler {
  const count = countTokensHandler(
    { dialect: geminiClient, decode: decodeCountTokens, encode: (tokens) => encodeTokenCount(tokens) },
    gateway,
  );
  const handlers = GOOGLE_ROUTES.map((route) => ({ ...route, handler: handlerOf(route) }));
  // Says which methods there are, where one is asked for that is not.
  const other = handlerOf({ operation: 'chat', dialect: 'gemini' });
  return (request, response) => {
    const path = request.url.split('?')[0] ?? '';
    if (path.endsWith(':countTokens')) return count(request, response);
    const route = handlers.find(
      ({ method, query }) => path.endsWith(`:${method}`) && (query?.test(request.url) ?? true),
    );
    return (route?.handler ?? other)(request, response);
  };
}
