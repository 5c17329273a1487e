import { PRODUCT } from '../base/product.ts';
import { ENGINES } from '../web/engines/index.ts';
import type { Composed } from './compose.ts';
import { type Configuration, isEverywhere } from './configuration.ts';
import { wrapped } from './usage.ts';

const NO_PROVIDER =
  'none yet: set OPENROUTER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, … and start again';

const NO_ENGINE = `by hosts that search themselves; for all models set ${ENGINES.map(
  ({ keyVariable, baseUrlVariable }) => keyVariable ?? baseUrlVariable,
).join(', ')}`;

/** What a start says: where it answers, the key (once), what it found, and a line to copy. */
export function banner(configuration: Configuration, composed: Composed, origin: string): void {
  const { gateway, localServers, halfSetUp, vaultObstacle } = composed;
  const catalog = gateway.catalog();
  const nameOf = (slug: string): string => catalog.providers.get(slug)?.name ?? slug;
  const providers = [...gateway.enabled()].filter((slug) => slug !== 'sandbox').map(nameOf);
  const local = localServers.map(
    ({ provider, models }) => `${nameOf(provider)} (${models.length} ${models.length === 1 ? 'model' : 'models'})`,
  );
  const real = [...catalog.models.values()].filter((model) => !model.sandbox);
  const callable = real.filter((model) =>
    model.endpoints.some((endpoint) => gateway.enabled().has(endpoint.provider.slug)),
  );
  const engines = gateway.search.engines.map(({ engine }) => engine.name);
  const lines = [
    '',
    `${PRODUCT.name} ${PRODUCT.version} — ${PRODUCT.disclaimer}`,
    '',
    line(
      'Base URL',
      `${origin}/api/v1${isEverywhere(configuration.host) ? '   (and every other address of this machine)' : ''}`,
    ),
    line('Console', `${origin}/`),
    ...access(configuration, composed, origin),
    line('Data', configuration.databaseUrl ? 'PostgreSQL' : configuration.dataDirectory),
    line('Models', `${callable.length} of ${real.length} can be called now, and the sandbox`),
    paragraph('Providers', providers.length > 0 ? providers.join(', ') : NO_PROVIDER),
    paragraph('Web search', engines.length > 0 ? engines.join(', ') : NO_ENGINE),
    ...(local.length > 0 ? [paragraph('Local', local.join(', '))] : []),
    ...configuration.warnings.map((warning) => paragraph('Warning', warning)),
    ...(vaultObstacle === null ? [] : [paragraph('Warning', `${vaultObstacle}.`)]),
    ...halfSetUp.map(({ provider, obstacle }) => paragraph('Warning', `${provider.name} stays off: ${obstacle}.`)),
    '',
    'Try it, without any provider key:',
    '',
    `  curl ${origin}/api/v1/chat/completions \\`,
    `    -H "Authorization: Bearer ${composed.firstStart.apiKey ?? '$SWITCHWRIGHT_API_KEY'}" \\`,
    '    -H "Content-Type: application/json" \\',
    `    -d '{"model": "sandbox/echo", "messages": [{"role": "user", "content": "Hello"}]}'`,
    '',
  ];
  console.log(lines.join('\n'));
}

const margin = (name: string): string => `  ${name.padEnd(12)}`;
/** What is copied stays on one line, however long. */
const line = (name: string, text: string): string => margin(name) + text;
const paragraph = (name: string, text: string): string => wrapped(text, margin(''), margin(name));

/** The ways in are shown by the first start only; later ones tell how to make others. */
function access(configuration: Configuration, { firstStart }: Composed, origin: string): string[] {
  const { apiKey, signInToken } = firstStart;
  const run = 'npm run switchwright -- keys';
  const key = configuration.apiKey ? 'as set in SWITCHWRIGHT_API_KEY' : `${run} create NAME   makes one`;
  return [
    line(
      'Sign in',
      signInToken
        ? `${origin}/sign-in?token=${signInToken}   (works once, within a day)`
        : `${run} sign-in   makes a link`,
    ),
    line('API key', apiKey ? `${apiKey}   (shown only now)` : key),
  ];
}
