import type { OperationId } from '../call/operation.ts';

/** What a path asks for, and the client dialect it is asked in, by the names of `CLIENT_DIALECTS`. */
type Spoken = { readonly operation: OperationId; readonly dialect: string };

/** Below `/api/v1` and its alias. All of them are posted to, and go through one pipeline. */
export const INFERENCE_ROUTES: readonly (Spoken & { readonly path: string })[] = [
  { path: '/chat/completions', operation: 'chat', dialect: 'openai-chat' },
  { path: '/completions', operation: 'chat', dialect: 'openai-completions' },
  { path: '/responses', operation: 'chat', dialect: 'openai-responses' },
  { path: '/messages', operation: 'chat', dialect: 'anthropic-messages' },
  { path: '/embeddings', operation: 'embeddings', dialect: 'openai-embeddings' },
  { path: '/audio/speech', operation: 'speech', dialect: 'openai-speech' },
];

/**
 * Google's methods, which stand behind the model: `models/{model}:generateContent`. Of two rows for one method the first
 * whose `query` the URL has is meant.
 */
export const GOOGLE_ROUTES: readonly (Spoken & { readonly method: string; readonly query?: RegExp })[] = [
  { method: 'generateContent', operation: 'chat', dialect: 'gemini' },
  { method: 'streamGenerateContent', query: /[?&]alt=sse(?:&|$)/, operation: 'chat', dialect: 'gemini' },
  { method: 'streamGenerateContent', operation: 'chat', dialect: 'gemini-list' },
  { method: 'embedContent', operation: 'embeddings', dialect: 'gemini-embed-content' },
  { method: 'batchEmbedContents', operation: 'embeddings', dialect: 'gemini-batch-embed-contents' },
];

/** The path at which a dialect is spoken, for docs and samples. */
export function pathOfDialect(dialect: string): string {
  const own = INFERENCE_ROUTES.find((route) => route.dialect === dialect);
  if (own) return own.path;
  const googles = GOOGLE_ROUTES.find((route) => route.dialect === dialect);
  if (!googles) throw new Error(`no route speaks ${dialect}`);
  return `/models/{model}:${googles.method}`;
}
