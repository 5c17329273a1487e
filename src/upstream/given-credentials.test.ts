// biome-ignore-all lint/suspicious/noTemplateCurlyInString: base URLs carry their variables in this spelling
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inEnvironment } from '../catalog/environment.ts';
import type { Auth, Provider } from '../catalog/provider.ts';
import { credentialGiven } from './given-credentials.ts';

const provider = (slug: string, auth: Auth, baseUrl: string, more: Partial<Provider> = {}): Provider => ({
  slug,
  name: slug,
  baseUrl,
  auth,
  docs: '',
  policy: { trainsOnData: false, retainsDays: null },
  dialects: [],
  reseller: false,
  local: false,
  billsAfterCancel: false,
  ...more,
});
const BEARER: Auth = { scheme: 'bearer', env: 'HOST_API_KEY' };
const host = provider('host', BEARER, 'https://host.test/v1');
const azure = provider(
  'azure',
  { scheme: 'header', name: 'api-key', env: 'AZURE_API_KEY' },
  'https://${AZURE_RESOURCE_NAME}.azure.test/v1',
);
const aws = provider(
  'aws',
  { scheme: 'aws-sigv4', service: 's', env: 'BEDROCK' },
  'https://b.${AWS_REGION:-us-east-1}.aws.test',
);
const google = provider(
  'google-vertex',
  { scheme: 'gcp', env: 'ACCOUNT' },
  'https://${GOOGLE_VERTEX_ENDPOINT}/v1/projects/${GOOGLE_VERTEX_PROJECT}/locations/${GOOGLE_VERTEX_LOCATION}',
);

const given = (of: Provider, secret: string | object) =>
  credentialGiven(of, { secret: typeof secret === 'string' ? secret : JSON.stringify(secret), label: 'sk-...abcd' });
function credential(of: Provider, secret: string | object) {
  const made = given(of, secret);
  assert.ok(made.ok, JSON.stringify(made));
  return made.value;
}
const why = (of: Provider, secret: string | object): string => {
  const made = given(of, secret);
  return made.ok ? 'taken' : made.error;
};

test('a key alone is one, and is called by its label', () => {
  const { secret, variable, origins } = credential(host, '  sk-a-key-of-mine\n');
  assert.deepEqual(
    [secret, variable, [...origins]],
    [{ kind: 'key', key: 'sk-a-key-of-mine' }, 'sk-...abcd', ['https://host.test']],
  );
});

test('what no header takes, what is too short or too long, and keys of who needs none are refused', () => {
  for (const bad of [
    '',
    'short',
    'sk-two\nlines-here',
    'sk-with spaces',
    'sk-schlüssel',
    `sk-${'x'.repeat(8_200)}`,
    'sk-nul\0nul-nul',
    'sk-a\r\nx-evil: 1',
  ])
    assert.notEqual(why(host, bad), 'taken', JSON.stringify(bad.slice(0, 30)));
  assert.equal(why(provider('open', { scheme: 'none' }, 'https://open.test'), 'sk-a-key-of-mine'), 'open takes no key');
  assert.equal(
    why(provider('near', BEARER, 'http://127.0.0.1', { local: true }), 'sk-a-key-of-mine'),
    'near takes no key',
  );
  assert.equal(why(host, '{"api_key": '), 'is no valid JSON');
});

test('a place is filled in as given, whatever the operator has filled in for themselves', () => {
  for (const environment of [{}, { AZURE_RESOURCE_NAME: 'operators', AZURE_API_KEY: 'sk-of-the-operator' }]) {
    const here = inEnvironment(azure, environment);
    const mine = credential(here, { api_key: 'k-of-mine', resource_name: 'mine' });
    assert.equal(mine.expand(here.baseUrl), 'https://mine.azure.test/v1');
    assert.deepEqual([...mine.origins], ['https://mine.azure.test']);
    assert.deepEqual(mine.secret, { kind: 'key', key: 'k-of-mine' });
    assert.equal(why(here, 'only-a-key'), 'azure needs more than a key: JSON with api_key and resource_name');
  }
});

test('an operator’s own key is used where the operator is, unless it says where', () => {
  const here = inEnvironment(azure, { AZURE_RESOURCE_NAME: 'operators' });
  const places = { AZURE_RESOURCE_NAME: 'operators', AZURE_API_KEY: 'another-key' };
  const made = credentialGiven(here, { secret: 'only-a-key', label: '' }, places);
  assert.ok(made.ok);
  assert.deepEqual(
    [made.value.secret, made.value.expand(here.baseUrl)],
    [{ kind: 'key', key: 'only-a-key' }, here.baseUrl],
  );
});

test('nothing that is given names a host', () => {
  for (const place of [
    'evil.test/',
    'evil.test#',
    'a@b',
    '127.0.0.1:80',
    '../..',
    'a b',
    '',
    '-',
    'x'.repeat(200),
    'a\nb',
  ])
    assert.equal(
      why(inEnvironment(azure, {}), { api_key: 'k-of-mine', resource_name: place }),
      'resource_name is no name',
      place,
    );
  const bricks = inEnvironment(provider('bricks', BEARER, 'https://${BRICKS_HOST}/v1'), {});
  assert.equal(
    why(bricks, { api_key: 'k-of-mine', host: 'evil.test' }),
    'host is named by whoever runs the gateway alone',
  );
  const region = { accessKeyId: 'AKIA', secretAccessKey: 's', region: 'evil.test/' };
  assert.equal(why(inEnvironment(aws, {}), region), 'region is no name');
});

test('Amazon’s keys, as its tools and SDKs spell them, with their own region', () => {
  const here = inEnvironment(aws, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'the operator’s' });
  assert.equal(here.baseUrl, 'https://b.eu-west-1.aws.test');
  const mine = credential(here, { accessKeyId: 'AKIA1', secretAccessKey: 's1', region: 'ap-south-1' });
  assert.equal(mine.expand(here.baseUrl), 'https://b.ap-south-1.aws.test');
  assert.deepEqual(mine.secret, {
    kind: 'aws',
    accessKeyId: 'AKIA1',
    secretAccessKey: 's1',
    sessionToken: null,
    region: 'ap-south-1',
  });
  assert.deepEqual(credential(here, 'a-bearer-key').secret, { kind: 'key', key: 'a-bearer-key' });
  assert.equal(
    why(here, { accessKeyId: 'AKIA1' }),
    'JSON needs accessKeyId and secretAccessKey',
    'not filled up from the operator’s',
  );
});

test('a Google account buys its tokens at Google, in its own project; no file of this machine is read', () => {
  const account = { type: 'service_account', client_email: 'a@b', private_key: 'pem', project_id: 'my-project' };
  const here = inEnvironment(google, { GOOGLE_VERTEX_PROJECT: 'operators', GOOGLE_VERTEX_LOCATION: 'us' });
  const mine = credential(here, { ...account, token_uri: 'http://169.254.169.254/', region: 'europe-west4' });
  assert.ok(mine.secret.kind === 'gcp');
  assert.equal(mine.secret.tokenUrl, 'https://oauth2.googleapis.com/token');
  assert.equal(
    mine.expand(here.baseUrl),
    'https://europe-west4-aiplatform.googleapis.com/v1/projects/my-project/locations/europe-west4',
  );
  assert.equal(why(here, '/etc/passwd-or-so'), 'must be the JSON of a Google account');
  assert.equal(why(here, { ...account, project_id: 'a/../b' }), 'project_id is missing or no name');
  assert.equal(why(here, { ...account, region: 'evil.test/' }), 'region is no name');
  assert.equal(why(here, { ...account, private_key: 'x'.repeat(5_000) }), 'private_key is too long');
  assert.match(why(here, { project_id: 'my-project' }), /is no Google account/);
});
