/** The pages on which things are managed: who may open and send them, and what they tell of what is somebody else's. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Verb } from '../../src/access/may.ts';
import { MANAGED_ROUTES } from '../../src/http/pages/manage/index.ts';
import { startInstance, WHO, type Who } from './instance.ts';
import { OBJECTS } from './objects.ts';

const instance = await startInstance();
after(instance.close);

const MANAGERS: readonly Who[] = ['manager', 'owner', 'admin', 'other manager', 'other owner'];
const CALLERS: readonly Who[] = ['caller', 'member', ...MANAGERS, 'other caller'];
/** Written down once more, as in `matrix.test.ts`. */
const MAY: { readonly [verb in Verb]?: readonly Who[] } = {
  look: ['billing', 'viewer', ...CALLERS],
  'use-presets': CALLERS,
  'read-spending': ['billing', 'viewer', ...MANAGERS],
  pay: ['billing', ...MANAGERS],
  'read-settings': ['viewer', ...MANAGERS],
  'see-keys': ['viewer', 'member', ...MANAGERS],
  'have-keys': ['member', ...MANAGERS],
  'manage-guardrails': MANAGERS,
  'manage-keys': MANAGERS,
  'manage-workspaces': MANAGERS,
  'manage-members': MANAGERS,
  'manage-provider-keys': MANAGERS,
  'manage-observability': MANAGERS,
  'manage-mcp-servers': MANAGERS,
  'read-audit-log': MANAGERS,
  operate: ['manager', 'owner', 'admin'],
};

type Sent = {
  readonly path: string;
  readonly who: Who;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
};
async function ask(method: string, { path, who, headers = { 'sec-fetch-site': 'same-origin' }, body = '' }: Sent) {
  const answer = await fetch(instance.origin + path, {
    method,
    redirect: 'manual',
    headers: { ...instance.headersOf(who), ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    ...(method === 'POST' && { body }),
  });
  return { status: answer.status, text: await answer.text() };
}

test('who may not is refused; who may is not', async () => {
  assert.ok(MANAGED_ROUTES.length > 20);
  for (const { method, path, verb } of MANAGED_ROUTES) {
    const allowed = MAY[verb];
    assert.ok(allowed, `who may ${verb} is not written down here`);
    for (const who of WHO) {
      const { status } = await ask(method, { path: path.replace(/:\w+/g, 'x'), who });
      const isRight: boolean = allowed.includes(who)
        ? ![401, 403].includes(status)
        : status === (who === 'nobody' ? 401 : 403);
      assert.ok(isRight, `${who}: ${method} ${path} is ${status}`);
    }
  }
});

test('what is another account’s is on no page, and no form changes it', async () => {
  const about = (path: string) => OBJECTS.find(({ below }) => below === `/api/v1/${path}/`);
  const pages = [...new Set(MANAGED_ROUTES.flatMap(({ path }) => /^\/settings\/([\w-]+)\/:id$/.exec(path)?.[1] ?? []))];
  assert.ok(pages.length > 3);
  for (const page of pages) {
    const object = about(IN_API[page] ?? page);
    assert.ok(object, `tests/rights/objects.ts does not know what /settings/${page} is about`);
    const id = await object.make(instance);
    const before = await object.state(instance, id);
    const own = await ask('GET', { path: `/settings/${page}/${id}`, who: 'owner' });
    assert.equal(own.status, 200, `/settings/${page}: ${own.text}`);
    for (const who of ['other manager', 'other owner'] as const) {
      const refused = page === 'provider-keys' ? 403 : 404;
      const theirs = await ask('GET', { path: `/settings/${page}/${id}`, who });
      const nothing = await ask('GET', { path: `/settings/${page}/${object.nobodys}`, who });
      assert.equal(theirs.status, refused, `${who}: /settings/${page}`);
      assert.deepEqual(theirs, nothing, `${who}: /settings/${page}`);
      for (const action of ['edit', 'state', 'delete']) {
        const sent = await ask('POST', {
          path: `/settings/${page}/${id}/${action}`,
          who,
          body: 'name=Taken&disabled=true',
        });
        assert.equal(sent.status, refused, `${who}: ${action} of /settings/${page}`);
      }
      const list = await ask('GET', { path: `/settings/${page}`, who });
      assert.ok(!list.text.includes(id), `${who}: the list of ${page}`);
    }
    assert.deepEqual(await object.state(instance, id), before, page);
  }
});
/** Where a page is called otherwise than the API's path. */
const IN_API: { readonly [page: string]: string } = {
  'provider-keys': 'operator/provider-keys',
  destinations: 'observability/destinations',
  'mcp-servers': 'mcp/servers',
  people: 'organization/members',
  invitations: 'organization/invitations',
};

test('a form of another site, or of nobody knows where, does nothing with a session', async () => {
  const body = 'name=Theirs';
  const path = '/settings/new/keys';
  const sites = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
  ];
  for (const headers of sites) {
    const { status } = await ask('POST', { path, who: 'owner', headers, body });
    assert.equal(status, 401, JSON.stringify(headers));
  }
  assert.equal((await ask('POST', { path, who: 'owner', headers: {}, body })).status, 403);
  const { text } = await ask('GET', { path: '/settings/keys', who: 'owner' });
  assert.ok(!text.includes('Theirs'));
  const own = await ask('POST', { path, who: 'owner', headers: { origin: instance.origin }, body: 'name=Ours' });
  assert.equal(own.status, 200);
  assert.match(own.text, /sk-sw-v1-[0-9a-f]{64}/);
});
