import { INFERENCE_ROUTES } from './inference-routes.ts';
import { PREFIXES } from './route.ts';

/** The paths of inference below our own prefixes, without their first slash, to stand in patterns. */
const RESOURCES = INFERENCE_ROUTES.filter(({ prefixes }) => prefixes === undefined)
  .map(({ path }) => path.slice(1))
  .join('|');

/** How a path begins that some programs ask, and what is meant: the same resources as below the first of `PREFIXES`. */
const FOREIGN: readonly (readonly [start: RegExp, note: string])[] = [
  [/^(?:\/api)?\/openai\/v1(?=[/?]|$)/, 'Azure’s API without dated versions, and Groq’s'],
  // Only its resources: below /openai lie the pages of OpenAI's models too.
  [new RegExp(`^(?:/api)?/openai(?=/(?:models|files|batches|${RESOURCES})(?:[/?]|$))`), 'Azure’s, with ?api-version='],
  [/^(?:\/api)?\/v1beta\/openai(?=[/?]|$)/, 'Google’s for OpenAI’s clients'],
  [/^\/api\/v1\/cursor(?=[/?]|$)/, 'OpenRouter’s for Cursor'],
  [/^\/api\/v0(?=[/?]|$)/, 'LM Studio’s'],
];

/** Azure names the model in the path; some programs of today let names with slashes stand there as they are. */
const DEPLOYMENT = new RegExp(`^(?:/api)?/openai/deployments/(.{1,300}?)(/(?:${RESOURCES})/?)(?:\\?(.*))?$`);
const DEPLOYMENT_PARAMETER = 'deployment';

/**
 * The URL below our own prefix: `/openai/deployments/gpt-5/chat/completions?api-version=1` becomes
 * `/api/v1/chat/completions?api-version=1&deployment=gpt-5`. What needs no change is returned as it is.
 */
export function ownUrl(url: string): string {
  if (isOwn(url)) return url;
  const [, model, rest, query] = DEPLOYMENT.exec(url) ?? [];
  if (model !== undefined) {
    const named = `${DEPLOYMENT_PARAMETER}=${encodeURIComponent(decoded(model))}`;
    return `${PREFIXES[0]}${rest}?${query === undefined || query === '' ? '' : `${query}&`}${named}`;
  }
  const start = FOREIGN.map(([pattern]) => pattern.exec(url)?.[0]).find((found) => found !== undefined);
  return start === undefined ? url : PREFIXES[0] + url.slice(start.length);
}

const isOwn = (url: string): boolean =>
  (url.startsWith('/api/v1/') && !url.startsWith('/api/v1/cursor')) || url.startsWith('/v1/');

/** The model that the path named, for a body that names none or, as Azure's clients do, an outdated one. */
export function deploymentIn(url: string): string | undefined {
  if (!url.includes(`${DEPLOYMENT_PARAMETER}=`)) return undefined;
  return new URLSearchParams(url.slice(url.indexOf('?') + 1)).get(DEPLOYMENT_PARAMETER) ?? undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
