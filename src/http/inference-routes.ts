import type { PostedId } from '../call/operation.ts';
import { PREFIXES } from './route.ts';

/** What a path asks for, and the client dialect it is asked in, by the names of `CLIENT_DIALECTS`; whether as a form, too. */
type Spoken = { readonly operation: PostedId; readonly dialect: string; readonly takesForms?: true };

type InferenceRoute = Spoken & {
  readonly path: string;
  /** What the path stands below, where it is not `PREFIXES`. */
  readonly prefixes?: readonly string[];
};

/** All of them are posted to, and go through one pipeline. */
export const INFERENCE_ROUTES: readonly InferenceRoute[] = [
  { path: '/chat/completions', operation: 'chat', dialect: 'openai-chat' },
  { path: '/completions', operation: 'chat', dialect: 'openai-completions' },
  { path: '/responses', operation: 'chat', dialect: 'openai-responses' },
  { path: '/messages', operation: 'chat', dialect: 'anthropic-messages' },
  { path: '/embeddings', operation: 'embeddings', dialect: 'openai-embeddings' },
  { path: '/audio/speech', operation: 'speech', dialect: 'openai-speech' },
  { path: '/rerank', operation: 'rerank', dialect: 'openrouter-rerank' },
  // Cohere's SDKs put the version behind the base URL by themselves (cohere-ai 8, read 2026-11-29).
  { path: '/rerank', prefixes: ['/v2', '/api/v2'], operation: 'rerank', dialect: 'cohere-rerank' },
  { path: '/systemone', operation: 'decisions', dialect: 'decisions' },
  { path: '/decisions', operation: 'decisions', dialect: 'decisions' },
  // What OpenRouter's was called while it was new; a program may name the server of it with or without the version.
  { path: '/decisions', prefixes: ['/api/alpha', '/api/v1/api/alpha'], operation: 'decisions', dialect: 'decisions' },
  { path: '/moderations', operation: 'moderations', dialect: 'openai-moderations' },
  { path: '/chat', prefixes: ['/v2', '/api/v2'], operation: 'chat', dialect: 'cohere-chat' },
  { path: '/embed', prefixes: ['/v2', '/api/v2'], operation: 'embeddings', dialect: 'cohere-embed' },
  { path: '/images', operation: 'images', dialect: 'openrouter-images' },
  { path: '/images/generations', operation: 'images', dialect: 'openai-images' },
  { path: '/images/edits', operation: 'images', dialect: 'openai-image-edits', takesForms: true },
  { path: '/images/variations', operation: 'images', dialect: 'openai-image-variations', takesForms: true },
  { path: '/audio/transcriptions', operation: 'transcription', dialect: 'openai-transcription', takesForms: true },
  { path: '/audio/translations', operation: 'transcription', dialect: 'openai-translation', takesForms: true },
  // OpenRouter's, in JSON, and OpenAI's, as a form.
  { path: '/videos', operation: 'videos', dialect: 'openrouter-videos', takesForms: true },
  // Ollama's, whose programs are given a host. Their paths end where OpenRouter's `/api/v1` begins.
  { path: '/chat', prefixes: ['/api'], operation: 'chat', dialect: 'ollama' },
  { path: '/generate', prefixes: ['/api'], operation: 'chat', dialect: 'ollama-generate' },
  { path: '/embed', prefixes: ['/api'], operation: 'embeddings', dialect: 'ollama-embed' },
  { path: '/embeddings', prefixes: ['/api'], operation: 'embeddings', dialect: 'ollama-embeddings' },
];

/**
 * Google's methods, which stand behind the model: `models/{model}:generateContent`. Of two rows for one method the first
 * whose `query` the URL has is meant.
 */
export const GOOGLE_ROUTES: readonly (Spoken & { readonly method: string; readonly query?: RegExp })[] = [
  { method: 'generateContent', operation: 'chat', dialect: 'gemini' },
  { method: 'streamGenerateContent', query: /[?&]alt=sse(?:&|$)/, operation: 'chat', dialect: 'gemini' },
  { method: 'streamGenerateContent', operation: 'chat', dialect: 'gemini-list' },
  { method: 'predictLongRunning', operation: 'videos', dialect: 'veo' },
  { method: 'embedContent', operation: 'embeddings', dialect: 'gemini-embed-content' },
  { method: 'batchEmbedContents', operation: 'embeddings', dialect: 'gemini-batch-embed-contents' },
];

/** The paths at which a route is served. */
export const pathsOf = ({ path, prefixes = PREFIXES }: InferenceRoute): readonly string[] =>
  prefixes.map((prefix) => prefix + path);

/** The path at which a dialect is spoken below the base URL, for docs and samples. */
export function pathOfDialect(dialect: string): string {
  const own = INFERENCE_ROUTES.find((route) => route.dialect === dialect);
  if (own) return own.path;
  const googles = GOOGLE_ROUTES.find((route) => route.dialect === dialect);
  if (!googles) throw new Error(`no route speaks ${dialect}`);
  return `/models/{model}:${googles.method}`;
}

/** The same from the first slash on: Google's and Ollama's programs have base URLs of their own. */
export function wholePathOfDialect(dialect: string): string {
  const own = INFERENCE_ROUTES.find((route) => route.dialect === dialect);
  return own ? (pathsOf(own)[0] ?? '') : `/api/v1beta${pathOfDialect(dialect)}`;
}
