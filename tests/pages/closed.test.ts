import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pageRoutes } from '../../src/http/pages/index.ts';
import { startInstance } from './instance.ts';

const { origin, close, session } = await startInstance({ boards: 'closed' });
after(close);

const WAYS_IN = [
  '/sign-in/passkey',
  '/sign-in/with/:provider',
  '/sign-in/with/:provider/callback',
  '/sign-in',
  '/sign-out',
  '/invitation',
  '/forgotten-password',
  '/new-password',
  '/auth',
  '/favicon.svg',
  '/robots.txt',
];
const ASSETS = pageRoutes.filter(({ path }) => path.startsWith('/assets/')).map(({ path }) => path);

test('where pages are closed, a stranger is sent to sign in whatever is asked for, and sees nothing else', async () => {
  assert.ok(ASSETS.length > 0);
  const closed = pageRoutes.filter(({ path }) => ![...WAYS_IN, ...ASSETS].includes(path));
  assert.ok(closed.length > 30);
  for (const { method, path } of closed) {
    const address = origin + path.replace(/:\w+|\*/g, 'openai');
    const answer = await fetch(address, { method, redirect: 'manual' });
    assert.equal(answer.status, 303, `${method} ${path}`);
    assert.equal(answer.headers.get('location'), '/sign-in', path);
    assert.equal(await answer.text(), '', path);
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/, path);
  }
  for (const path of ['/sign-in', '/favicon.svg', '/robots.txt'])
    assert.equal((await fetch(origin + path, { redirect: 'manual' })).status, 200, path);
});

test('whoever is signed in sees every page', async () => {
  const headers = { cookie: `${session.name}=${session.value}` };
  for (const path of ['/', '/models', '/openai/gpt-4.1-mini', '/rankings', '/requests', '/activity', '/llms.txt'])
    assert.equal((await fetch(origin + path, { headers, redirect: 'manual' })).status, 200, path);
});
