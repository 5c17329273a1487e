// biome-ignore-all lint/suspicious/noTemplateCurlyInString: base URLs carry their variables in this spelling
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalog } from '../catalog/catalog.ts';
import { variablesToSet } from '../catalog/environment.ts';
import type { Auth, Provider } from '../catalog/provider.ts';
import { createCredentials, enabledProviders, halfSetUp } from './credentials.ts';

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
  provider('clouded', { auth: { scheme: 'none' }, baseUrl: 'https://${REGION}.test' }),
  provider('placed', { baseUrl: 'https://${PLACE}.test/v1' }),
  provider('here', { auth: { scheme: 'none' }, local: true }),
  provider('google', {
    auth: { scheme: 'gcp', env: 'ACCOUNT' },
    baseUrl: 'https://g.test/${GOOGLE_CLOUD_PROJECT}',
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

test('a provider that was begun to be set up says why it stays off', () => {
  const told = (variables: { [name: string]: string }) =>
    halfSetUp(catalog, createCredentials(variables)).map(({ provider, obstacle }) => `${provider.slug}: ${obstacle}`);
  assert.deepEqual(told({}), []);
  assert.deepEqual(told({ HOST_API_KEY: 'k', ACCOUNT: '{}' }), [
    'placed: its key is set, but PLACE is not',
    "google: ACCOUNT is neither a service account nor a person's sign-in, nor the path of a file with one",
  ]);
  assert.deepEqual(told({ HOST_API_KEY: 'k', PLACE: 'here' }), []);
  assert.deepEqual(variablesToSet(providers.get('placed') as Provider), ['HOST_API_KEY', 'PLACE']);
});

test('a service account names its own project', () => {
  const account = JSON.stringify({ client_email: 'a@b.test', private_key: 'pem', project_id: 'mine' });
  assert.deepEqual(enabled({ ACCOUNT: account }), ['open', 'google']);
  const state = createCredentials({ ACCOUNT: account }).of(providers.get('google') as Provider);
  assert(state.ready);
  assert.deepEqual([...state.credential.origins], ['https://g.test']);
});

test('a Google provider is where its variables, Google’s, or its account say', () => {
  const written = 'https://${GOOGLE_AI_ENDPOINT}/v1/projects/${GOOGLE_AI_PROJECT}/locations/${GOOGLE_AI_LOCATION}';
  const [, vertex] = provider('google-ai', {
    auth: { scheme: 'gcp', env: 'ACCOUNT' },
    baseUrl: written,
  });
  const ACCOUNT = JSON.stringify({ client_email: 'a@b.test', private_key: 'pem', project_id: 'mine' });
  const urlWith = (variables: { [name: string]: string }): string => {
    const state = createCredentials({ ACCOUNT, ...variables }).of(vertex);
    assert(state.ready);
    return state.credential.expand(vertex.baseUrl);
  };
  assert.equal(urlWith({}), 'https://aiplatform.googleapis.com/v1/projects/mine/locations/global');
  assert.equal(
    urlWith({ GOOGLE_CLOUD_PROJECT: 'other', GOOGLE_CLOUD_LOCATION: 'europe-west1' }),
    'https://europe-west1-aiplatform.googleapis.com/v1/projects/other/locations/europe-west1',
  );
  assert.equal(
    urlWith({ GOOGLE_AI_PROJECT: 'own', GOOGLE_AI_LOCATION: 'eu', GOOGLE_CLOUD_LOCATION: 'us' }),
    'https://aiplatform.eu.rep.googleapis.com/v1/projects/own/locations/eu',
  );
  assert.equal(urlWith({ GOOGLE_AI_ENDPOINT: 'psc.test' }), 'https://psc.test/v1/projects/mine/locations/global');
});
