import type { JsonObject } from '../../base/json.ts';
import type { OperationId } from '../../call/operation.ts';
import { type Catalog, findModel } from '../../catalog/catalog.ts';
import type { Model } from '../../catalog/model.ts';
import { operationFor } from '../../catalog/operations.ts';
import { isCallable, offersOf } from '../../router/offer.ts';
import { GOOGLE_ROUTES, INFERENCE_ROUTES, wholePathOfDialect } from '../inference-routes.ts';
import type { Route } from '../route.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

const SAID = 'Name three rivers.';
const MESSAGES = [{ role: 'user', content: SAID }];
const POINT =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';

/** What each wire format is asked first, beside the model. One without a body here is offered by no page. */
export const FIRST_BODIES: { readonly [dialect: string]: JsonObject } = {
  'openai-chat': { messages: MESSAGES, stream: true },
  'openai-completions': { prompt: SAID, max_tokens: 100, stream: true },
  'openai-responses': { input: SAID, stream: true },
  'anthropic-messages': { max_tokens: 500, messages: MESSAGES, stream: true },
  'cohere-chat': { messages: MESSAGES, stream: true },
  ollama: { messages: MESSAGES, stream: true },
  'ollama-generate': { prompt: SAID, stream: true },
  gemini: { contents: [{ role: 'user', parts: [{ text: SAID }] }] },
  'openai-embeddings': { input: ['A river.', 'A mountain.'] },
  'cohere-embed': { texts: ['A river.', 'A mountain.'], input_type: 'search_document', embedding_types: ['float'] },
  'ollama-embed': { input: ['A river.', 'A mountain.'] },
  'ollama-embeddings': { prompt: 'A river.' },
  'openrouter-rerank': { query: 'rivers', documents: ['The Loire is a river.', 'The Eiger is a mountain.'] },
  'cohere-rerank': { query: 'rivers', documents: ['The Loire is a river.', 'The Eiger is a mountain.'] },
  'openai-speech': { input: 'The Loire is a river.', voice: 'alloy' },
  'openai-transcription': { input_audio: { data: '<base64 of a recording>', format: 'wav' } },
  'openai-translation': { input_audio: { data: '<base64 of a recording>', format: 'wav' } },
  'openai-moderations': { input: SAID },
  decisions: { state: 'A traveller wants to see water.', options: ['a river', 'a mountain'] },
  'openrouter-images': { prompt: 'A river at dawn.' },
  'openai-images': { prompt: 'A river at dawn.' },
  'openai-image-edits': { prompt: 'Make it dusk.', image: POINT },
  'openai-image-variations': { image: POINT },
  'openrouter-videos': { prompt: 'A river at dawn.' },
};

/** One request that can be built here: where it goes and what it says at first. `{model}` in its path is the model. */
type Offered = {
  readonly path: string;
  readonly dialect: string;
  readonly operation: OperationId;
  readonly model: string;
};

/** For each operation a model that answers here and now. */
function modelFor(models: readonly Model[], operation: OperationId): string {
  return models.find((model) => operationFor(model.output) === operation)?.id ?? 'author/model';
}

function offered(
  catalog: Catalog,
  enabled: ReadonlySet<string>,
  chosen: Model | undefined,
): readonly (Offered & { readonly body: JsonObject })[] {
  const offers = offersOf(enabled);
  const on = [...catalog.models.values()]
    .filter((model) => isCallable(model, offers(model)) && !model.router)
    .toSorted((a, b) => Number(a.sandbox) - Number(b.sandbox));
  const seen = new Set<string>();
  return [...INFERENCE_ROUTES, ...GOOGLE_ROUTES].flatMap(({ dialect, operation }) => {
    const first = FIRST_BODIES[dialect];
    if (!first || seen.has(dialect)) return [];
    seen.add(dialect);
    const model = chosen && operationFor(chosen.output) === operation ? chosen.id : modelFor(on, operation);
    const path =
      dialect === 'gemini' ? '/api/v1beta/models/{model}:streamGenerateContent?alt=sse' : wholePathOfDialect(dialect);
    const body = path.includes('{model}') ? first : { model, ...first };
    return [{ path, dialect, operation, model, body }];
  });
}

/** Builds a request of any operation, shows what comes back as it comes, and the same in six languages. */
export const playgroundRoute: Route = {
  method: 'GET',
  path: '/playground',
  auth: 'none',
  handle: (request, gateway) => {
    const chosen = findModel(gateway.catalog(), request.query.model ?? '') ?? undefined;
    const requests = offered(gateway.catalog(), gateway.enabled(), chosen);
    return page(request, '/playground', {
      title: 'Playground',
      description: 'Build a request of any operation and see what comes back, byte by byte.',
      section: 'chat',
      content: html`<div class="head measure"><h1>Playground</h1><p class="facts"><span>requests are booked like any other</span><span>each frame with the time it came at</span><span><a href="/chat">Chat</a></span></p></div>
<div class="measure">${
        request.caller
          ? html`<div class="play" data-play="${JSON.stringify({ origin: request.origin, requests })}"><noscript><p class="empty">The playground needs JavaScript.</p></noscript></div>`
          : html`<p class="empty"><a href="/sign-in">Sign in</a> to make a request.</p>`
      }</div>`,
    });
  },
};
