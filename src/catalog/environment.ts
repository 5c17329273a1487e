import type { Provider } from './provider.ts';

/** The variables that this process was started with. */
export type Environment = { readonly [name: string]: string | undefined };

/** How a provider's own variables begin: `GOOGLE_AI_STUDIO`; `_302AI`, because a shell's names begin with no digit. */
export const variablePrefix = (slug: string): string =>
  slug
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '_')
    .replace(/^(?=\d)/, '_');

const VARIABLE = /\$\{([A-Za-z0-9_]+)(?::-([^}]*))?\}/g;

/** Fills `${NAME}` and `${NAME:-default}`; what is not set stays as it is, so that it can be reported. */
export const fillVariables = (text: string, environment: Environment): string =>
  text.replace(VARIABLE, (written, name: string, fallback?: string) => environment[name] || (fallback ?? written));

/** The variables that a URL still waits for. */
export const missingVariables = (url: string): string[] =>
  [...url.matchAll(VARIABLE)].map((match) => match[1] ?? '').filter(Boolean);

/** What to set to turn a provider on. The place of a Google account is told by its file. */
export function variablesToSet({ auth, slug, baseUrl, dialects }: Provider): string[] {
  if (auth.scheme === 'none') return [`${variablePrefix(slug)}_BASE_URL`];
  if (auth.scheme === 'gcp') return [auth.env];
  const urls = [baseUrl, ...dialects.flatMap((dialect) => dialect.baseUrl ?? [])];
  return [...new Set([auth.env, ...urls.flatMap(missingVariables)])];
}

/**
 * A provider as this environment has it: `<SLUG>_BASE_URL` replaces its base URL and that of its every dialect;
 * variables in URLs are filled.
 */
export function inEnvironment(provider: Provider, environment: Environment): Provider {
  const override = baseUrlOverride(provider.slug, environment);
  const dialects = provider.dialects.map(({ baseUrl, ...dialect }) =>
    override !== undefined || baseUrl === undefined
      ? dialect
      : { ...dialect, baseUrl: fillVariables(baseUrl, environment) },
  );
  const filled = { ...provider, baseUrl: override ?? fillVariables(provider.baseUrl, environment), dialects };
  const urls = [provider.baseUrl, ...provider.dialects.flatMap(({ baseUrl }) => baseUrl ?? [])];
  const written = urls.filter((url) => missingVariables(url).length > 0);
  if (override !== undefined || written.length === 0) return filled;
  return { ...filled, writtenUrls: new Map(written.map((url) => [fillVariables(url, environment), url])) };
}

function baseUrlOverride(slug: string, environment: Environment): string | undefined {
  const url = environment[`${variablePrefix(slug)}_BASE_URL`]?.trim().replace(/\/+$/, '');
  return url ? url : undefined;
}
