import type { IncomingMessage } from 'node:http';
import type { WireHeaders } from '../base/world.ts';
import { GOOGLE_ROUTES } from './inference-routes.ts';

/** The versions that Google's programs put into the path, beside `v1`, which is everyone's (read 2026-11-29). */
export const GOOGLE_VERSIONS = ['v1beta', 'v1alpha', 'v1beta1'] as const;

const VERSIONED = /^(?:\/api)?\/v1(?:beta1?|alpha)?\/(.+)$/;
const GOOGLE_ONLY = /^(?:\/api)?(?:\/v1(?:beta1?|alpha)|\/upload\/v1(?:beta1?|alpha)?)(?:\/|$)/;
/** Vertex AI's way of naming a model: below a project, a place and a publisher. */
const PUBLISHED = /^(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/([^/]+)\/models\/(.+)$/;
/** What only counts, and what is refused in Google's words. */
const OTHER_METHODS = ['countTokens', 'asyncBatchEmbedContent', 'batchGenerateContent', 'predict'];
/** The method stands behind the model. */
const METHOD = new RegExp(`:(?:${[...GOOGLE_ROUTES.map(({ method }) => method), ...OTHER_METHODS].join('|')})$`);

/**
 * Model and method of what Google's programs post (`google/gemini-2.5-flash:generateContent`), percent-encoding undone
 * where it can be; undefined if the path is another. They leave out `models/` where the id has a slash (@ai-sdk/google 4,
 * read 2026-11-29).
 */
export function googleMethodOf(path: string): string | undefined {
  const rest = VERSIONED.exec(path)?.[1];
  if (rest === undefined) return undefined;
  const written = decoded(rest);
  if (written.startsWith('models/')) return written.length > 'models/'.length ? written.slice(7) : undefined;
  if (!METHOD.test(written)) return undefined;
  const published = PUBLISHED.exec(written);
  return published ? `${published[1]}/${published[2]}` : written;
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Paths of one version of Google's are asked by Google's programs alone, whatever they name. */
export const isGooglePath = (path: string): boolean => GOOGLE_ONLY.test(path) && !isOpenaiPath(path);

/** Google's own compatible API stands below its version: its clients are OpenAI's. */
const isOpenaiPath = (path: string): boolean => /\/v1beta\/openai(?:\/|$)/.test(path);

/** A program of Google's, where the path does not tell: all of its SDKs name themselves. */
export const isGoogleClient = (headers: WireHeaders): boolean =>
  headers['x-goog-api-key'] !== undefined ||
  headers['x-goog-api-client'] !== undefined ||
  /google-genai-sdk|GeminiCLI/i.test(headers['user-agent'] ?? '');

/**
 * Google's key may stand in the query (`?key=`): it counts where no header has one. Only on the paths of its API: keys
 * in addresses are kept by proxies.
 */
export function takeQueryKey({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): void {
  const query = url.indexOf('?');
  if (query === -1 || !url.includes('key=', query)) return;
  if (headers.authorization ?? headers['x-api-key'] ?? headers['x-goog-api-key']) return;
  const path = url.slice(0, query);
  if (!isGooglePath(path) && googleMethodOf(path) === undefined && !/\/v1\/models(?:\/|$)/.test(path)) return;
  const key = new URLSearchParams(url.slice(query)).get('key');
  if (key) headers['x-goog-api-key'] = key;
}
