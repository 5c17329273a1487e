import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { readConfiguration } from '../../src/cli/configuration.ts';
import type { Begun, IdentityProvider } from '../../src/facts/federation.ts';
import { openGitHub } from '../../src/federation/github.ts';
import { type OidcIssuer, openOidc } from '../../src/federation/oidc.ts';
import { fetchingOf } from '../../src/upstream/collect-body.ts';
import { realWorld } from '../../src/upstream/world.ts';
import { startHostileIssuer, type Turn } from './hostile-issuer.ts';

const SECRET = 'a secret of thirty-two characters';
const REDIRECT = 'https://gateway.example.com/sign-in/with/oidc/callback';
const BEGUN: Begun = { state: 's'.repeat(64), nonce: 'n'.repeat(64), verifier: 'v'.repeat(64) };
const fetching = fetchingOf(realWorld());
const returned = (more: { readonly [name: string]: string } = {}): URL =>
  new URL(`${REDIRECT}?${new URLSearchParams({ code: 'c', state: BEGUN.state, ...more })}`);

describe('what an issuer answers is believed only if it is whole', () => {
  let hostile: Awaited<ReturnType<typeof startHostileIssuer>>;
  before(async () => {
    hostile = await startHostileIssuer(SECRET);
  });
  after(() => hostile.close());
  const open = (more: Partial<OidcIssuer> = {}): IdentityProvider => {
    const rules = { groups: [], domains: [] };
    const client = { clientId: 'gateway', clientSecret: SECRET, scope: 'openid email', groupsClaim: 'realm.roles' };
    const issuer: OidcIssuer = {
      id: 'oidc',
      name: 'It',
      issuer: hostile.issuer,
      ...client,
      emails: 'verified',
      rules,
      ...more,
    };
    return openOidc(issuer, { fetching, now: Date.now });
  };
  const answerTo = async (turn: Turn, more: Partial<OidcIssuer> = {}) => {
    hostile.answers(turn, BEGUN);
    return open(more).finish(returned(), BEGUN);
  };

  test('a good one is', async () => {
    const plain = await answerTo({});
    assert.ok(plain.ok, JSON.stringify(plain));
    assert.deepEqual(plain.value, {
      issuer: hostile.issuer,
      subject: 'somebody',
      emails: ['somebody@example.com'],
      name: null,
      groups: [],
    });
    const rules = { groups: [{ of: 'staff', role: 'member' }], domains: [] } as const;
    const nested = await answerTo({ claims: { realm: { roles: ['staff', 7] } } }, { rules });
    assert.deepEqual(nested.ok && nested.value.groups, ['staff']);
    // An address that Google does not run was somebody's once (`isVerified`).
    const emailsBy = async (claims: { readonly [name: string]: unknown }) => {
      const answer = await answerTo({ claims: { email_verified: true, ...claims } }, { emails: 'google' });
      return answer.ok && answer.value.emails;
    };
    assert.deepEqual(await emailsBy({ email: 'a@example.com' }), []);
    assert.deepEqual(await emailsBy({ email: 'a@example.com', hd: 'example.com' }), ['a@example.com']);
    assert.deepEqual(await emailsBy({ email: 'a@gmail.com' }), ['a@gmail.com']);
  });

  const hour = 3600;
  const now = Math.floor(Date.now() / 1000);
  const TURNS: { readonly [what: string]: Turn } = {
    'another nonce': { claims: { nonce: 'of somebody else' } },
    'no nonce': { claims: { nonce: undefined } },
    'another issuer': { claims: { iss: 'https://accounts.google.com' } },
    'another audience': { claims: { aud: 'another client' } },
    'several audiences': { claims: { aud: ['gateway', 'another client'] } },
    'an old token': { claims: { iat: now - 2 * hour, exp: now - hour } },
    'a token of later': { claims: { nbf: now + hour } },
    'no subject': { claims: { sub: undefined } },
    'the signature of another': { signedBy: 'another' },
    'the signature of everybody with the secret': { signedBy: 'the secret' },
    'no signature': { signedBy: 'nobody' },
    'an unknown critical header': { header: { crit: ['x'], x: 1 } },
    'userinfo of somebody else': { userinfo: { sub: 'somebody else' } },
    'discovery of another issuer': { discovery: { issuer: 'https://accounts.google.com' } },
    'no ID token': {
      tokens: (response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"access_token":"a","token_type":"Bearer"}'),
    },
    'an error': {
      tokens: (response) =>
        response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}'),
    },
    'a redirect': { tokens: (response) => response.writeHead(307, { location: '/elsewhere' }).end() },
    'no JSON': { tokens: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>') },
  };
  for (const [what, turn] of Object.entries(TURNS))
    test(`${what} is not`, async () => {
      const answer = await answerTo(turn);
      assert.equal(!answer.ok && answer.error.kind, 'unbelievable', JSON.stringify(answer));
      assert.equal(hostile.asked.includes('/elsewhere'), false);
    });

  test('what is too long, broken off or not there is no answer', async () => {
    for (const tokens of [
      (response: Parameters<NonNullable<Turn['tokens']>>[0]) =>
        void response.writeHead(200).end('x'.repeat(2 * 1024 * 1024)),
      (response: Parameters<NonNullable<Turn['tokens']>>[0]) => void response.destroy(),
    ]) {
      const answer = await answerTo({ tokens });
      assert.equal(!answer.ok && answer.error.kind, 'unreachable', JSON.stringify(answer));
    }
    const gone = await open({ issuer: 'http://127.0.0.1:9' }).begin(REDIRECT, BEGUN);
    assert.equal(!gone.ok && gone.error.kind, 'unreachable');
  });

  test('another state, and another issuer of the answer, are not even asked about', async () => {
    const count = () => hostile.asked.filter((path) => path === '/token').length;
    hostile.answers({}, BEGUN);
    const before = count();
    for (const more of [{ state: 'another' }, { iss: 'https://evil.example' }, { code: '' }]) {
      const answer = await open().finish(returned(more as never), BEGUN);
      assert.equal(!answer.ok && answer.error.kind, 'unbelievable', JSON.stringify(more));
    }
    assert.equal(count(), before);
  });

  test('what failed is tried again by the next; what is sent has PKCE, state and nonce', async () => {
    const provider = open();
    hostile.answers({ discovery: { issuer: 'https://accounts.google.com' } }, BEGUN);
    assert.equal((await provider.begin(REDIRECT, BEGUN)).ok, false);
    hostile.answers({}, BEGUN);
    const url = await provider.begin(REDIRECT, BEGUN);
    assert.ok(url.ok);
    assert.deepEqual(Object.fromEntries(url.value.searchParams), {
      client_id: 'gateway',
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid email',
      state: BEGUN.state,
      nonce: BEGUN.nonce,
      code_challenge: challengeOf(BEGUN.verifier),
      code_challenge_method: 'S256',
    });
  });
});

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

test('GitHub tells by its API who somebody is: by a number, and by the addresses that it has verified', async () => {
  const asked: string[] = [];
  let isKnown = true;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      asked.push(`${request.method} ${path} ${request.headers.authorization ?? ''}`.trim());
      const body = new URLSearchParams(Buffer.concat(parts).toString());
      response.setHeader('content-type', 'application/json');
      const answers: { readonly [path: string]: unknown } = {
        '/login/oauth/access_token':
          isKnown && body.get('client_secret') === 's' && body.get('code_verifier') === BEGUN.verifier
            ? { access_token: 'gho_a', token_type: 'bearer', scope: 'read:user' }
            : { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' },
        '/api/v3/user': { id: 583231, login: 'octocat', name: null, email: 'unverified@example.com' },
        '/api/v3/user/emails': [
          { email: 'unverified@example.com', verified: false, primary: false },
          { email: 'second@example.com', verified: true, primary: false },
          { email: 'first@example.com', verified: true, primary: true },
        ],
        '/api/v3/user/teams': [{ slug: 'platform', organization: { login: 'acme' } }],
        '/api/v3/user/orgs': [{ login: 'acme' }],
      };
      response.end(JSON.stringify(answers[path] ?? { message: 'Not Found' }));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const rules = { groups: [{ of: 'acme', role: 'member' }], domains: [] } as const;
  const gitHub = openGitHub({ url, clientId: 'c', clientSecret: 's', rules }, fetching);
  const sent = await gitHub.begin(REDIRECT, BEGUN);
  assert.equal(sent.ok && sent.value.searchParams.get('scope'), 'read:user user:email read:org');
  assert.equal(sent.ok && sent.value.searchParams.get('code_challenge'), challengeOf(BEGUN.verifier));
  const told = await gitHub.finish(returned({ iss: 'https://github.com/login/oauth' }), BEGUN);
  assert.deepEqual(told.ok && told.value, {
    issuer: url,
    subject: '583231',
    emails: ['first@example.com', 'second@example.com'],
    name: null,
    groups: ['acme/platform', 'acme'],
  });
  assert.ok(asked.includes('GET /api/v3/user/emails Bearer gho_a'));
  isKnown = false;
  const used = await gitHub.finish(returned(), BEGUN);
  assert.equal(!used.ok && used.error.kind, 'unbelievable');
  assert.equal((await gitHub.finish(returned({ state: 'another' }), BEGUN)).ok, false);
  server.closeAllConnections();
  server.close();
});

test('whom people come from is settled at the start, or complained about by name', () => {
  const PUBLIC = { SWITCHWRIGHT_PUBLIC_URL: 'https://gateway.example.com' };
  const OIDC = { ...PUBLIC, SWITCHWRIGHT_OIDC_ISSUER: 'https://login.example.com', SWITCHWRIGHT_OIDC_CLIENT_ID: 'c' };
  assert.equal(readConfiguration({}).federation, null);
  const read = readConfiguration({
    ...OIDC,
    SWITCHWRIGHT_OIDC_ROLES: ' a=b=admin, Staff = member ',
    SWITCHWRIGHT_SIGN_IN_DOMAINS: 'Example.com',
  });
  assert.deepEqual(read.federation?.issuers[0]?.rules, {
    groups: [
      { of: 'a=b', role: 'admin' },
      { of: 'Staff', role: 'member' },
    ],
    domains: [{ of: 'example.com', role: 'member' }],
  });
  const GOOGLE = { SWITCHWRIGHT_GOOGLE_CLIENT_ID: 'c', SWITCHWRIGHT_GOOGLE_CLIENT_SECRET: 's' };
  assert.deepEqual(
    readConfiguration({ ...OIDC, ...GOOGLE }).federation?.issuers.map(({ id }) => id),
    ['oidc', 'google'],
  );
  const complaints: readonly (readonly [{ readonly [name: string]: string }, RegExp])[] = [
    [{ ...OIDC, SWITCHWRIGHT_PUBLIC_URL: '' }, /SWITCHWRIGHT_PUBLIC_URL/],
    [{ ...OIDC, SWITCHWRIGHT_OIDC_ISSUER: 'http://login.example.com' }, /SWITCHWRIGHT_OIDC_ISSUER must be/],
    [{ ...OIDC, SWITCHWRIGHT_OIDC_CLIENT_ID: '' }, /SWITCHWRIGHT_OIDC_CLIENT_ID/],
    [{ ...OIDC, SWITCHWRIGHT_OIDC_SCOPE: 'email' }, /SWITCHWRIGHT_OIDC_SCOPE/],
    [{ ...OIDC, SWITCHWRIGHT_OIDC_ROLES: 'staff=boss' }, /SWITCHWRIGHT_OIDC_ROLES/],
    [{ ...OIDC, SWITCHWRIGHT_OIDC_ROLES: 'staff' }, /SWITCHWRIGHT_OIDC_ROLES/],
    [{ ...OIDC, SWITCHWRIGHT_SIGN_IN_DOMAINS: 'example.com=owner' }, /SWITCHWRIGHT_SIGN_IN_DOMAINS/],
    [{ ...OIDC, SWITCHWRIGHT_SIGN_IN_DOMAINS: '@example.com' }, /SWITCHWRIGHT_SIGN_IN_DOMAINS/],
    [{ ...PUBLIC, SWITCHWRIGHT_GITHUB_CLIENT_ID: 'c' }, /SWITCHWRIGHT_GITHUB_CLIENT_SECRET/],
  ];
  for (const [environment, words] of complaints) assert.throws(() => readConfiguration(environment), words);
});
