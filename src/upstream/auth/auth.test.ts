// biome-ignore-all lint/suspicious/noTemplateCurlyInString: base URLs carry their variables in this spelling
import assert from 'node:assert/strict';
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { WireRequest, World } from '../../base/world.ts';
import type { Auth, Provider } from '../../catalog/provider.ts';
import { createCredentials, type Variables } from '../credentials.ts';
import { signS3 } from './aws-sigv4.ts';
import { sign } from './sign.ts';

const provider = (auth: Auth, baseUrl = 'https://api.example.com/v1'): Provider => ({
  slug: 'example',
  name: 'Example',
  baseUrl,
  auth,
  docs: '',
  policy: { trainsOnData: false, retainsDays: 0 },
  dialects: [{ id: 'openai-chat', drop: [], rename: {}, quirks: [], headers: {}, takes: [] }],
  reseller: false,
  local: false,
  billsAfterCancel: false,
});

const AT = Date.UTC(2015, 7, 30, 12, 36, 0);
const noNetwork: World['request'] = () => assert.fail('nothing is sent');
const worldWith = (request: World['request'], now = () => AT): World => ({
  now,
  elapsed: now,
  after: () => () => undefined,
  random: () => 0.5,
  newId: (prefix) => `${prefix}-1`,
  request,
});
const requestTo = (url: string, method: 'GET' | 'POST' = 'POST'): WireRequest => ({
  method,
  url,
  headers: {},
  body: null,
  reach: 'operator',
});

async function signed(of: Provider, variables: Variables, request: WireRequest, world = worldWith(noNetwork)) {
  const state = createCredentials(variables).of(of);
  assert.ok(state.ready);
  return await sign(world, request, of, state.credential);
}

test('a bearer key, a key in a header of its own, and none', async () => {
  const request = requestTo('https://api.example.com/v1/chat');
  const bearer = await signed(provider({ scheme: 'bearer', env: 'KEY' }), { KEY: ' k1\n' }, request);
  const worded = provider({ scheme: 'header', name: 'Authorization', prefix: 'Token ', env: 'KEY' });
  const told = await signed(worded, { KEY: 'k3' }, request);
  assert.equal(told.ok && told.value.headers.authorization, 'Token k3');
  const header = await signed(provider({ scheme: 'header', name: 'X-Api-Key', env: 'KEY' }), { KEY: 'k2' }, request);
  const none = await signed(provider({ scheme: 'none' }), {}, request);
  const optional = await signed(provider({ scheme: 'bearer', env: 'KEY', optional: true }), {}, request);
  assert.deepEqual(bearer.ok && bearer.value.headers, { authorization: 'Bearer k1' });
  assert.deepEqual(header.ok && header.value.headers, { 'x-api-key': 'k2' });
  assert.deepEqual(none.ok && none.value.headers, {});
  assert.deepEqual(optional.ok && optional.value.headers, {});
});

test('a credential never leaves for another origin', async () => {
  const of = provider({ scheme: 'bearer', env: 'KEY' });
  const elsewhere = ['https://evil.example/v1', 'http://api.example.com/v1', 'https://api.example.com:8443/v1']
    .concat(['https://api.example.com@evil.example/', 'https://api.example.com.evil.example/', 'nonsense'])
    .concat(`${of.baseUrl.replace('/v1', '')}@evil.example/v1`);
  for (const url of elsewhere) {
    const result = await signed(of, { KEY: 'secret' }, requestTo(url));
    assert.ok(!result.ok && result.error.code === 'server', url);
    assert.ok(!JSON.stringify(result).includes('secret'));
  }
});

test('a missing variable is named, in the key and in the base URL', () => {
  const keyless = createCredentials({}).of(provider({ scheme: 'bearer', env: 'KEY' }));
  const homeless = createCredentials({ KEY: 'k' }).of(
    provider({ scheme: 'bearer', env: 'KEY' }, 'https://${RESOURCE}.example.com/${VERSION:-v1}'),
  );
  const complete = createCredentials({ KEY: 'k', RESOURCE: 'mine' }).of(
    provider({ scheme: 'bearer', env: 'KEY' }, 'https://${RESOURCE}.example.com/${VERSION:-v1}'),
  );
  assert.deepEqual(keyless, { ready: false, missing: ['KEY'], obstacle: null });
  const half = 'its key is set, but RESOURCE is not';
  assert.deepEqual(homeless, { ready: false, missing: ['RESOURCE'], obstacle: half });
  assert.ok(complete.ready);
  assert.deepEqual([...complete.credential.origins], ['https://mine.example.com']);
  assert.equal(complete.credential.expand('https://${RESOURCE}.example.com/x'), 'https://mine.example.com/x');
});

const AWS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const aws = provider({ scheme: 'aws-sigv4', service: 'service', env: 'TOKEN' }, 'https://example.amazonaws.com');

test('SigV4 gives the signatures of the published examples (get-vanilla, post-vanilla)', async () => {
  const get = await signed(aws, AWS, requestTo('https://example.amazonaws.com/', 'GET'));
  const post = await signed(aws, AWS, requestTo('https://example.amazonaws.com/'));
  assert.equal(
    get.ok && get.value.headers.authorization,
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
  assert.ok(
    post.ok &&
      post.value.headers.authorization?.endsWith('5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'),
  );
});

test('an AWS bearer key goes before the key pair', async () => {
  const result = await signed(aws, { ...AWS, TOKEN: 'short' }, requestTo('https://example.amazonaws.com/'));
  assert.equal(result.ok && result.value.headers.authorization, 'Bearer short');
});

test('a service account buys one token for all who wait, and a new one when it expires', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = JSON.stringify({
    client_email: 'robot@example.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: 'https://token.example/token',
    project_id: 'proj',
  });
  let bought = 0;
  let now = AT;
  const world = worldWith(
    (request, handler) => {
      bought++;
      assert.equal(request.url, 'https://token.example/token');
      const [head, claims, signature] = (new URLSearchParams(String(request.body)).get('assertion') ?? '').split('.');
      const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
      assert.ok(verify.verify(publicKey, signature ?? '', 'base64url'));
      setImmediate(() => {
        handler.head(200, {});
        handler.data(Buffer.from(JSON.stringify({ access_token: `token ${bought}`, expires_in: 3600 })));
        handler.end();
      });
      return { pause: () => undefined, resume: () => undefined, abort: () => undefined };
    },
    () => now,
  );
  const of = provider({ scheme: 'gcp', env: 'ACCOUNT' }, 'https://${GOOGLE_CLOUD_PROJECT}.example.com');
  const state = createCredentials({ ACCOUNT: account }).of(of);
  assert.ok(state.ready);
  const request = requestTo('https://proj.example.com/x');
  const both = await Promise.all([0, 1].map(() => sign(world, request, of, state.credential)));
  const third = sign(world, request, of, state.credential);
  assert.ok(!(third instanceof Promise), 'a held token signs at once');
  assert.equal(third.ok && third.value.headers.authorization, 'Bearer token 1');
  assert.deepEqual(both, [third, third]);
  now += 3_600_000;
  const later = await sign(world, request, of, state.credential);
  assert.equal(later.ok && later.value.headers.authorization, 'Bearer token 2');
});

test('who signed in with gcloud is granted a token for the refresh token, and told why not', async () => {
  const account = { type: 'authorized_user', client_id: 'id', client_secret: 's&c', refresh_token: '1//r' };
  const forms: string[] = [];
  const answers = [
    { status: 400, body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' } },
    { status: 200, body: { access_token: 'ya29.x', expires_in: 3599 } },
  ];
  const world = worldWith((request, handler) => {
    forms.push(String(request.body));
    const { status, body } = answers.shift() ?? assert.fail('no further request');
    setImmediate(() => {
      handler.head(status, {});
      handler.data(Buffer.from(JSON.stringify(body)));
      handler.end();
    });
    return { pause: () => undefined, resume: () => undefined, abort: () => undefined };
  });
  const of = provider({ scheme: 'gcp', env: 'ACCOUNT' }, 'https://example.com');
  const state = createCredentials({ ACCOUNT: JSON.stringify(account) }).of(of);
  assert.ok(state.ready);
  const ask = async () => await sign(world, requestTo('https://example.com/x'), of, state.credential);
  const refused = await ask();
  assert.ok(!refused.ok && refused.error.code === 'upstream_authentication');
  assert.match(refused.error.message, /status 400, Token has been expired/);
  const granted = await ask();
  assert.equal(granted.ok && granted.value.headers.authorization, 'Bearer ya29.x');
  const form = 'grant_type=refresh_token&client_id=id&client_secret=s%26c&refresh_token=1%2F%2Fr';
  assert.deepEqual(forms, [form, form]);
  const foreign = createCredentials({ ACCOUNT: '{"type":"external_account"}' }).of(of);
  assert.deepEqual(!foreign.ready && foreign.missing, ['ACCOUNT']);
  assert.match((!foreign.ready && foreign.obstacle) || '', /^ACCOUNT is neither a service account nor/);
});

test('requests to S3 are signed as its own documentation has them', () => {
  // docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, read 2026-11-29.
  const secret = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: null,
  };
  const payloadHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const at = Date.UTC(2013, 4, 24);
  const signatureOf = (query: string): string | undefined => {
    const url = `https://examplebucket.s3.amazonaws.com/?${query}`;
    const headers = signS3({ method: 'GET', url, payloadHash }, { secret, region: 'us-east-1' }, at);
    return headers.authorization?.split('Signature=')[1];
  };
  assert.equal(signatureOf('lifecycle'), 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543');
  assert.equal(signatureOf('max-keys=2&prefix=J'), '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
});
