import { realWorld } from '../upstream/world.ts';
import { credentialsFor, problemText, readServing } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
import { examine } from './examine.ts';
import { wrapped } from './usage.ts';

const NOTHING =
  'No provider is set up: set OPENROUTER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or another; ' +
  'the sandbox models work without.';

/** `switchwright doctor`: is the catalogue sound, which providers are set up, does each key work, and if not, why. */
export async function doctorCommand(configuration: Configuration): Promise<number> {
  const world = realWorld();
  const serving = await readServing(configuration, world);
  if (!serving.ok) {
    console.error(`✗ The catalogue has problems:\n${problemText(serving.error)}`);
    return 1;
  }
  const { catalog, enabled, localServers, halfSetUp } = serving.value;
  console.log(`✓ Catalogue: ${catalog.models.size} models, ${catalog.providers.size} providers`);
  for (const warning of configuration.warnings) console.log(wrapped(warning, '  ', '✗ '));
  for (const { provider, models } of localServers) {
    const { name = provider, baseUrl } = catalog.providers.get(provider) ?? {};
    console.log(`✓ ${name}: ${models.length} ${models.length === 1 ? 'model' : 'models'} on ${baseUrl}`);
  }
  const found = new Set(['sandbox', ...localServers.map(({ provider }) => provider)]);
  const asked = [...catalog.providers.values()].filter(({ slug }) => enabled.has(slug) && !found.has(slug));
  const credentials = credentialsFor(configuration);
  const verdicts = await Promise.all(
    asked.map((provider) => examine(world, provider, credentials.of(provider), configuration.deadlines.headers_ms)),
  );
  for (const [at, { mark, text }] of verdicts.entries())
    console.log(wrapped(`${asked[at]?.name}: ${text}`, '  ', `${mark} `));
  for (const { provider, obstacle } of halfSetUp) console.log(wrapped(`${provider.name}: ${obstacle}`, '  ', '✗ '));
  if (asked.length + localServers.length + halfSetUp.length === 0) console.log(wrapped(NOTHING, '  ', '– '));
  return configuration.warnings.length + halfSetUp.length > 0 || verdicts.some(({ mark }) => mark === '✗') ? 1 : 0;
}
