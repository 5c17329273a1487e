import { arrayOf, objectOf, parseJson, stringOf } from '../base/json.ts';
import type { World } from '../base/world.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { LocalServer } from '../catalog/local.ts';
import type { Provider } from '../catalog/provider.ts';

/** A server on this machine answers at once or is not there. */
const ASK_MS = 400;
const BYTES_MAX = 1024 * 1024;
const MODELS_MAX = 500;

/** Asks every local provider's `/models` (OpenAI's list shape, which all of them offer) and tells which answered. */
export function findLocalServers(catalog: Catalog, world: World): Promise<LocalServer[]> {
  const local = [...catalog.providers.values()].filter((provider) => provider.local);
  return Promise.all(local.map((provider) => ask(provider, world))).then((found) =>
    found.filter((server) => server !== null),
  );
}

function ask(provider: Provider, world: World): Promise<LocalServer | null> {
  return new Promise((resolve) => {
    let text = '';
    let status = 0;
    const wire = world.request(
      {
        method: 'GET',
        url: `${provider.baseUrl}/models`,
        headers: { accept: 'application/json' },
        body: null,
        reach: 'operator',
      },
      {
        head: (value) => {
          status = value;
        },
        data: (bytes) => {
          text += Buffer.from(bytes).toString('utf8');
          if (text.length > BYTES_MAX) stop(null);
        },
        end: () => stop(status === 200 ? { provider: provider.slug, models: namesIn(text) } : null),
        error: () => stop(null),
      },
    );
    const cancel = world.after(ASK_MS, () => stop(null));
    const stop = (answer: LocalServer | null): void => {
      cancel();
      wire.abort();
      resolve(answer);
    };
  });
}

function namesIn(text: string): string[] {
  return arrayOf(objectOf(parseJson(text)).data)
    .map((entry) => stringOf(objectOf(entry).id))
    .filter((name) => name !== '')
    .slice(0, MODELS_MAX);
}
