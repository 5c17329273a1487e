import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';

type Json = { readonly [name: string]: unknown };
/** How an answer departs from a good one. */
export type Turn = {
  readonly claims?: Json;
  readonly header?: Json;
  readonly signedBy?: 'another' | 'the secret' | 'nobody';
  readonly discovery?: Json;
  readonly userinfo?: Json;
  /** Answers the token endpoint instead. */
  readonly tokens?: (response: ServerResponse) => void;
};

const part = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

/** An issuer whose answers can be turned against whoever asks. It gives no thought to who asks. */
export async function startHostileIssuer(secret: string) {
  const [own, another] = [pair(), pair()];
  let turn: Turn = {};
  const asked: string[] = [];
  let nonce = '';
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push(path);
    const json = (value: Json): void => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    request.resume();
    if (path === '/.well-known/openid-configuration') return json({ ...metadata(issuer), ...turn.discovery });
    if (path === '/jwks')
      return json({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] });
    if (path === '/userinfo')
      return json({ sub: 'somebody', email: 'somebody@example.com', email_verified: true, ...turn.userinfo });
    if (path !== '/token') return json({});
    if (turn.tokens) return turn.tokens(response);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, sub: 'somebody', aud: 'gateway', iat: now, exp: now + 300, nonce, ...turn.claims };
    const alg = turn.signedBy === 'the secret' ? 'HS256' : turn.signedBy === 'nobody' ? 'none' : 'RS256';
    const text = `${part({ alg, kid: '1', ...turn.header })}.${part(claims)}`;
    const key = turn.signedBy === 'another' ? another.privateKey : own.privateKey;
    const id_token = `${text}.${signature(text, alg, key)}`;
    return json({ access_token: 'a', token_type: 'Bearer', expires_in: 300, id_token });
  });
  const signature = (text: string, alg: string, key: KeyObject): string => {
    if (alg === 'none') return '';
    if (alg === 'HS256') return createHmac('sha256', secret).update(text).digest('base64url');
    return createSign('sha256').update(text).sign(key).toString('base64url');
  };
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    issuer,
    asked,
    /** From now on it answers so, to whoever has sent this nonce. */
    answers: (next: Turn, to: { readonly nonce: string }): void => {
      turn = next;
      ({ nonce } = to);
    },
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

const metadata = (issuer: string): Json => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
});
