import type { World } from '../base/world.ts';
import type { Provider } from '../catalog/provider.ts';
import { sign } from '../upstream/auth/sign.ts';
import { realWorld } from '../upstream/world.ts';
import { callableProviders, credentialsFor, problemText, readCatalogue } from './catalogue.ts';
import type { Configuration } from './configuration.ts';

const ASK_MS = 10_000;

/** `switchwright doctor`: is the catalogue sound, which providers are set up, does each key work, and if not, why. */
export async function doctorCommand(configuration: Configuration): Promise<number> {
  const catalog = readCatalogue(configuration);
  if (!catalog.ok) {
    console.error(`✗ The catalogue has problems:\n${problemText(catalog.error)}`);
    return 1;
  }
  console.log(`✓ Catalogue: ${catalog.value.models.size} models, ${catalog.value.providers.size} providers`);
  const enabled = callableProviders(catalog.value, configuration);
  const world = realWorld();
  const credentials = credentialsFor(configuration);
  let broken = 0;
  const asked = [...catalog.value.providers.values()].filter(
    (provider) => enabled.has(provider.slug) && provider.slug !== 'sandbox',
  );
  for (const provider of asked) {
    const state = credentials.of(provider);
    const verdict = state.ready
      ? await askModels(world, provider, state.credential)
      : `missing ${state.missing.join(', ')}`;
    if (verdict === null) console.log(`✓ ${provider.name}: the key works`);
    else {
      broken++;
      console.log(`✗ ${provider.name}: ${verdict}`);
    }
  }
  if (asked.length === 0)
    console.log(
      '– No provider is set up: set OPENROUTER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or another; the sandbox models work without.',
    );
  return broken === 0 ? 0 : 1;
}

type Credential = Parameters<typeof sign>[3];

/** Null = the provider lists its models to this key, or has no such list but did not refuse the key. */
async function askModels(world: World, provider: Provider, credential: Credential): Promise<string | null> {
  const url = `${credential.expand(provider.baseUrl)}/models`;
  const signed = await sign(
    world,
    {
      method: 'GET',
      url,
      headers: { accept: 'application/json', 'anthropic-version': '2023-06-01' },
      body: null,
      reach: 'operator',
    },
    provider,
    credential,
  );
  if (!signed.ok) return signed.error.message;
  return new Promise((resolve) => {
    const wire = world.request(signed.value, {
      head: (status) => finish(verdictOf(status)),
      data: () => {},
      end: () => {},
      error: (error) => finish(error.message),
    });
    const cancel = world.after(ASK_MS, () => finish('no answer within 10 s'));
    const finish = (verdict: string | null): void => {
      cancel();
      wire.abort();
      resolve(verdict);
    };
  });
}

function verdictOf(status: number): string | null {
  if (status === 401 || status === 403) return `the key was refused (HTTP ${status})`;
  if (status >= 500) return `the provider answers HTTP ${status}`;
  return null;
}
