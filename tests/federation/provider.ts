import { createServer } from 'node:http';
import Provider from 'oidc-provider';

/** What the provider knows of somebody, by what they enter to sign in there. */
export type Claims = { readonly [name: string]: unknown };

export type RealProvider = {
  readonly issuer: string;
  readonly people: Map<string, Claims>;
  /** Goes through the provider's pages as a browser would; answers the address that it sends back to. */
  readonly signIn: (from: string, login: string) => Promise<URL>;
  readonly close: () => Promise<void>;
};

export const CLIENT = { id: 'gateway', secret: 'a secret between the two of them' };

/** A real provider of OpenID Connect on this machine. Groups stand in userinfo alone, as its standard has it. */
export async function startProvider(redirectUri: string): Promise<RealProvider> {
  const people = new Map<string, Claims>();
  const server = createServer((request, response) => callback(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    cookies: { keys: ['of the test'] },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
  });
  const callback = provider.callback();
  return {
    issuer,
    people,
    signIn: (from, login) => through(from, login),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

const STEPS_MAX = 20;

async function through(from: string, login: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const origin = new URL(from).origin;
  let url = new URL(from);
  let form: URLSearchParams | null = null;
  for (let step = 0; step < STEPS_MAX; step++) {
    const answer: Response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    const text = await answer.text();
    form = null;
    if (location !== null) {
      url = new URL(location, url);
      if (url.origin !== origin) return url;
      continue;
    }
    const action = /action="([^"]+)"/.exec(text)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1];
    if (action === undefined || prompt === undefined)
      throw new Error(`the provider answered ${answer.status}: ${text}`);
    url = new URL(action, url);
    form = new URLSearchParams(prompt === 'login' ? { prompt, login, password: 'whatever' } : { prompt });
  }
  throw new Error('the provider sends in circles');
}
