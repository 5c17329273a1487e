import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalog } from '../catalog/catalog.ts';
import type { Auth, Provider } from '../catalog/provider.ts';
import { createCredentials, enabledProviders } from './credentials.ts';

const BEARER: Auth = { scheme: 'bearer', env: 'HOST_API_KEY' };

function provider(slug: string, more: Partial<Provider>): [string, Provider] {
  return [
    slug,
    {
      slug,
      name: slug,
      baseUrl: `https://${slug}.test/v1`,
      auth: BEARER,
      docs: '',
      policy: { trainsOnData: false, retainsDays: null },
      dialects: [],
      reseller: false,
      local: false,
      billsAfterCancel: false,
      ...more,
    },
  ];
}

const providers = new Map([
  provider('host', {}),
  provider('open', { auth: { scheme: 'none' } }),
  provider('clouded', { auth: { scheme: 'none' }, baseUrl: ['https://$', '{REGION}.test'].join('') }),
  provider('here', { auth: { scheme: 'none' }, local: true }),
  provider('google', {
    auth: { scheme: 'gcp', env: 'ACCOUNT' },
    baseUrl: ['https://g.test/$', '{GOOGLE_CLOUD_PROJECT}'].join(''),
  }),
]);
const catalog = { providers } as Partial<Catalog> as Catalog;
const enabled = (variables: { [name: string]: string }): string[] => [
  ...enabledProviders(catalog, createCredentials(variables), variables),
];

test('a key, a base URL or no need of either enables a provider; blank counts as absent', () => {
  assert.deepEqual(enabled({}), ['open']);
  assert.deepEqual(enabled({ HOST_API_KEY: ' ' }), ['open']);
  assert.deepEqual(enabled({ HOST_API_KEY: 'k', REGION: 'eu' }), ['host', 'open', 'clouded']);
  assert.deepEqual(enabled({ HOST_BASE_URL: 'http://127.0.0.1:1/v1', HERE_BASE_URL: 'http://127.0.0.1:2/v1' }), [
    'host',
    'open',
    'here',
  ]);
});

test('a service account names its own project', () => {
  const account = JSON.stringify({ client_email: 'a@b.test', private_key: 'pem', project_id: 'mine' });
  assert.deepEqual(enabled({ ACCOUNT: account }), ['open', 'google']);
  const state = createCredentials({ ACCOUNT: account }).of(providers.get('google') as Provider);
  assert(state.ready);
  assert.deepEqual([...state.credential.origins], ['https://g.test']);
});
