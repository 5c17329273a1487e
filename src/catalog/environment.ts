import type { Catalog } from './catalog.ts';
import type { Provider } from './provider.ts';

export type Environment = { readonly [name: string]: string | undefined };

/** `google-ai-studio` → `GOOGLE_AI_STUDIO`: how a provider's own variables begin. */
export const variablePrefix = (slug: string): string => slug.toUpperCase().replace(/[^A-Z0-9]/g, '_');

const VARIABLE = /\$\{([A-Za-z0-9_]+)(?::-([^}]*))?\}/g;

/** Fills `${NAME}` and `${NAME:-default}`; what is not set stays as it is, so that it can be reported. */
export const fillVariables = (text: string, environment: Environment): string =>
  text.replace(VARIABLE, (written, name: string, fallback?: string) => environment[name] || (fallback ?? written));

/** The variables that a URL still waits for. */
export const missingVariables = (url: string): string[] =>
  [...url.matchAll(VARIABLE)].map((match) => match[1] ?? '').filter(Boolean);

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
  return { ...provider, baseUrl: override ?? fillVariables(provider.baseUrl, environment), dialects };
}

/** All providers as this environment has them, by slug. */
export const withEnvironment = (
  providers: ReadonlyMap<string, Provider>,
  environment: Environment,
): ReadonlyMap<string, Provider> =>
  new Map([...providers].map(([slug, provider]) => [slug, inEnvironment(provider, environment)]));

function baseUrlOverride(slug: string, environment: Environment): string | undefined {
  const url = environment[`${variablePrefix(slug)}_BASE_URL`]?.trim().replace(/\/+$/, '');
  return url ? url : undefined;
}

/**
 * The providers that can be called: their key is present, or they need none, or their base URL was named. A local
 * server without a named URL is not among them until it has been found.
 */
export function enabledProviders(catalog: Catalog, environment: Environment): Set<string> {
  const enabled = new Set<string>();
  for (const provider of catalog.providers.values()) if (isEnabled(provider, environment)) enabled.add(provider.slug);
  return enabled;
}

function isEnabled(provider: Provider, environment: Environment): boolean {
  if (baseUrlOverride(provider.slug, environment) !== undefined) return true;
  if (provider.local) return false;
  if (missingVariables(provider.baseUrl).length > 0) return false;
  const { auth } = provider;
  switch (auth.scheme) {
    case 'none':
      return true;
    case 'bearer':
      return auth.optional === true || Boolean(environment[auth.env]);
    case 'header':
    case 'gcp':
      return Boolean(environment[auth.env]);
    case 'aws-sigv4':
      return (
        Boolean(environment[auth.env]) || Boolean(environment.AWS_ACCESS_KEY_ID && environment.AWS_SECRET_ACCESS_KEY)
      );
    default:
      return auth satisfies never;
  }
}
