import { PRODUCT } from '../base/product.ts';
import type { Composed } from './compose.ts';
import type { Configuration } from './configuration.ts';

/** What a start says: where it answers, the key (once), what it found, and a line to copy. */
export function banner(
  configuration: Configuration,
  { gateway, firstStart, localServers }: Composed,
  origin: string,
): void {
  const catalog = gateway.catalog();
  const providers = [...gateway.enabled()]
    .filter((slug) => slug !== 'sandbox')
    .map((slug) => catalog.providers.get(slug)?.name ?? slug);
  const local = localServers.map(
    ({ provider, models }) =>
      `${catalog.providers.get(provider)?.name ?? provider} (${models.length} ${models.length === 1 ? 'model' : 'models'})`,
  );
  const real = [...catalog.models.values()].filter((model) => !model.sandbox);
  const callable = real.filter((model) =>
    model.endpoints.some((endpoint) => gateway.enabled().has(endpoint.provider.slug)),
  );
  const key = firstStart.apiKey ?? '$SWITCHWRIGHT_API_KEY';
  const lines = [
    '',
    `${PRODUCT.name} ${PRODUCT.version} — ${PRODUCT.disclaimer}`,
    '',
    `  Base URL    ${origin}/api/v1`,
    `  Console     ${origin}/`,
    ...(firstStart.signInToken
      ? [`  Sign in     ${origin}/sign-in?token=${firstStart.signInToken}   (works once, within a day)`]
      : []),
    ...(firstStart.apiKey ? [`  API key     ${firstStart.apiKey}   (shown only now)`] : []),
    `  Data        ${configuration.databaseUrl ? 'PostgreSQL' : configuration.dataDirectory}`,
    `  Models      ${callable.length} of ${real.length} can be called now, and the sandbox`,
    `  Providers   ${providers.length > 0 ? providers.join(', ') : 'none yet: set OPENROUTER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, … and start again'}`,
    ...(local.length > 0 ? [`  Local       ${local.join(', ')}`] : []),
    ...configuration.warnings.map((warning) => `  Warning     ${warning}`),
    '',
    'Try it, without any provider key:',
    '',
    `  curl ${origin}/api/v1/chat/completions -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\`,
    `    -d '{"model": "sandbox/echo", "messages": [{"role": "user", "content": "Hello"}]}'`,
    '',
  ];
  console.log(lines.join('\n'));
}
