import type { Provider } from '../catalog/provider.ts';
import type { CredentialState } from '../upstream/credentials.ts';
import { examine } from '../upstream/examine.ts';
import { realWorld } from '../upstream/world.ts';
import { credentialsFor, problemText, readServing } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
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
  const keys = asked.flatMap((provider) => keysOf(provider, credentials.of(provider)));
  const verdicts = await Promise.all(
    keys.map(({ provider, state }) => examine(world, provider, state, configuration.deadlines.headers_ms)),
  );
  for (const [at, { mark, text }] of verdicts.entries())
    console.log(wrapped(`${keys[at]?.name}: ${text}`, '  ', `${mark} `));
  for (const { provider, obstacle } of halfSetUp) console.log(wrapped(`${provider.name}: ${obstacle}`, '  ', '✗ '));
  if (asked.length + localServers.length + halfSetUp.length === 0) console.log(wrapped(NOTHING, '  ', '– '));
  return configuration.warnings.length + halfSetUp.length > 0 || verdicts.some(({ mark }) => mark === '✗') ? 1 : 0;
}

type Key = { readonly name: string; readonly provider: Provider; readonly state: CredentialState };

/** Each of a provider's keys, named by its variable where there are several. */
function keysOf(provider: Provider, state: CredentialState): Key[] {
  if (!state.ready || state.others.length === 0) return [{ name: provider.name, provider, state }];
  return [state.credential, ...state.others].map((credential) => ({
    name: `${provider.name}, ${credential.variable}`,
    provider,
    state: { ...state, credential },
  }));
}
