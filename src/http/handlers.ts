import { assert } from '../base/assert.ts';
import type { OperationId } from '../call/operation.ts';
import type { ClientDialects } from '../dialects/dialect.ts';
import { CLIENT_DIALECTS } from '../dialects/registry.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { OPERATIONS } from '../gateway/operations.ts';
import { chatHandler } from './chat-inference.ts';
import { type InferenceHandler, wholeHandler } from './inference.ts';

type Route = { readonly operation: OperationId; readonly dialect: string };
type Handlers = { readonly [O in OperationId]: (client: ClientDialects[O]) => InferenceHandler };

/** What handles a route, by its operation and its client dialect. */
export function createHandlers(gateway: Gateway): (route: Route) => InferenceHandler {
  const handlers: Handlers = {
    chat: (client) => chatHandler(client, gateway),
    embeddings: (client) => wholeHandler(OPERATIONS.embeddings, client, gateway),
  };
  const handlerOf = <O extends OperationId>(operation: O, dialect: string): InferenceHandler => {
    const client: ClientDialects[O] | undefined = CLIENT_DIALECTS[operation][dialect];
    assert(client, `no client dialect ${dialect} of ${operation}`);
    return handlers[operation](client);
  };
  return ({ operation, dialect }) => handlerOf(operation, dialect);
}
