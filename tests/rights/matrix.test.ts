/** Every route, asked by everybody there is, about what is their own, another account's, and nobody's. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { VERBS, type Verb } from '../../src/access/may.ts';
import { INFERENCE_ROUTES, pathsOf } from '../../src/http/inference-routes.ts';
import type { Route } from '../../src/http/route.ts';
import { apiRoutes, rawRoutes } from '../../src/http/v1/routes.ts';
import { isHold } from '../../src/ledger/ledger.ts';
import { cents, receiptOf, requestOf } from '../../src/storage/testing/sample.ts';
import { type Headers, PAGES, startInstance, WHO, type Who } from './instance.ts';
import { OBJECTS } from './objects.ts';

const instance = await startInstance();
after(instance.close);

/** Who may do what, written down once more: a right that is given or taken by accident is seen here. */
const ADMINISTER: readonly Who[] = ['manager', 'owner', 'admin', 'other manager', 'other owner'];
const RIGHTS: { readonly [verb in Verb]: readonly Who[] } = {
  call: ['caller', 'owner', 'admin', 'member', 'other caller', 'other owner'],
  look: ['caller', 'member', 'billing', 'viewer', 'other caller', ...ADMINISTER],
  'read-records': ['viewer', ...ADMINISTER],
  'read-spending': ['billing', 'viewer', ...ADMINISTER],
  pay: ['billing', ...ADMINISTER],
  'read-settings': ['viewer', ...ADMINISTER],
  'use-presets': ['caller', 'member', 'other caller', ...ADMINISTER],
  'see-keys': ['member', 'viewer', ...ADMINISTER],
  'have-keys': ['member', ...ADMINISTER],
  'manage-keys': ADMINISTER,
  'manage-workspaces': ADMINISTER,
  'manage-members': ADMINISTER,
  'manage-owners': ['owner', 'other owner'],
  'manage-provider-keys': ADMINISTER,
  'manage-guardrails': ADMINISTER,
  'manage-observability': ADMINISTER,
  'manage-mcp-servers': ADMINISTER,
  'read-audit-log': ADMINISTER,
  consent: ['owner', 'admin', 'member', 'other owner'],
  operate: ['manager', 'owner', 'admin'],
};

type Asked = Pick<Route, 'method' | 'auth'> & { readonly path: string };
const inferred: readonly Asked[] = INFERENCE_ROUTES.flatMap((route) =>
  pathsOf(route).map((path) => ({ method: 'POST' as const, path, auth: 'call' as const })),
);
const routes: readonly Asked[] = [
  ...[...apiRoutes, ...rawRoutes].map((route) => ({ ...route, path: `/api/v1${route.path}` })),
  ...PAGES,
  ...inferred,
];

type Answer = { readonly status: number; readonly text: string };
async function ask(method: string, path: string, headers: Headers, body = '{}'): Promise<Answer> {
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const answer = await fetch(instance.origin + path, {
    method,
    redirect: 'manual',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(hasBody && { body }),
  });
  return { status: answer.status, text: await answer.text() };
}

const NOBODYS = 'x';
/** The caller chooses the name, and makes a preset of its own by it. */
const MAKING = /^\/api\/v1\/presets\/:slug\/(?:chat\/completions|messages|responses)$/;
/** Nobody is let into them, whatever they may do. */
const UNENTITLED: readonly string[] = ['/api/v1/private-endpoints'];
const filled = (path: string, id: string): string => path.replace(/:\w+|\*/, id).replace(/:\w+|\*/g, NOBODYS);

test('each verb is somebody’s, and the table tells of all of them', () => {
  assert.deepEqual(Object.keys(RIGHTS).sort(), [...VERBS].sort());
});

test('who may not is refused with 401 or 403 before anything is looked up; who may is not', async () => {
  for (const { method, path, auth } of routes) {
    if (auth === 'none' || UNENTITLED.includes(path)) continue;
    for (const who of WHO) {
      const { status, text } = await ask(method, filled(path, NOBODYS), instance.headersOf(who), 'not JSON');
      const allowed: boolean = RIGHTS[auth].includes(who);
      const expected: boolean = allowed ? ![401, 403].includes(status) : status === (who === 'nobody' ? 401 : 403);
      assert.ok(expected, `${who}: ${method} ${path} (${auth}) is ${status} ${text.slice(0, 200)}`);
    }
  }
});

test('a key that there is not is nobody’s', async () => {
  for (const { method, path, auth } of routes) {
    if (auth === 'none') continue;
    const headers = { authorization: `Bearer sk-sw-v1-${'0'.repeat(64)}` };
    const { status } = await ask(method, filled(path, NOBODYS), headers);
    assert.ok(status === 401 || status === 429, `${method} ${path} is ${status}`);
  }
});

test('another account’s object is answered as one that there is not, and stays as it was', async () => {
  const named = routes.filter(({ auth, path }) => auth !== 'none' && /[:*]/.test(path) && !MAKING.test(path));
  assert.ok(named.length > 10);
  for (const object of OBJECTS) {
    const own = await object.make(instance);
    const before = await object.state(instance, own);
    const about = named.filter(({ path }) => path.startsWith(object.below));
    assert.ok(about.length > 0, object.below);
    for (const { method, path, auth } of about)
      for (const who of RIGHTS[auth as Verb].filter((one) => one.startsWith('other'))) {
        const body = object.body?.(method, path) ?? '{}';
        const theirs = await ask(method, filled(path, own), instance.headersOf(who), body);
        const nothing = await ask(method, filled(path, object.nobodys), instance.headersOf(who), body);
        const where = `${who}: ${method} ${path}`;
        assert.equal(theirs.status, 404, `${where} ${theirs.text}`);
        assert.deepEqual(
          { ...theirs, text: theirs.text.replaceAll(own, '…') },
          { ...nothing, text: nothing.text.replaceAll(object.nobodys, '…') },
          where,
        );
      }
    assert.deepEqual(await object.state(instance, own), before, object.below);
  }
  const unnamed = named.filter(({ path }) => !OBJECTS.some(({ below }) => path.startsWith(below)));
  assert.deepEqual(
    unnamed.map(({ method, path }) => `${method} ${path}`),
    [],
    'routes about objects that tests/rights/objects.ts does not know',
  );
});

test('a receipt is its key’s and its account’s managers’, by whatever way it is asked for', async () => {
  const { ledger, world } = instance.composed.gateway;
  const request = requestOf(world.newId('gen'), instance.hashOf('caller'), cents(3), world.now());
  const hold = await ledger.hold(request);
  assert.ok(isHold(hold));
  await hold.settle(receiptOf(request, cents(3)));
  const id = request.generationId;
  const readers: readonly Who[] = ['caller', 'manager', 'owner', 'admin', 'viewer'];
  for (const who of WHO) {
    const page = await ask('GET', `/generation/${id}`, instance.headersOf(who));
    assert.equal(page.status, readers.includes(who) ? 200 : 404, `${who}: the page`);
    for (const path of ['/requests', '/requests.csv', '/requests.jsonl'])
      assert.equal(
        (await ask('GET', path, instance.headersOf(who))).text.includes(id),
        readers.includes(who),
        `${who}: ${path}`,
      );
    if (who === 'nobody') continue;
    const told = await ask('GET', `/api/v1/generation?id=${id}`, instance.headersOf(who));
    assert.equal(told.status, readers.includes(who) ? 200 : 404, who);
    if (readers.includes(who)) continue;
    const nothing = await ask('GET', '/api/v1/generation?id=gen-none', instance.headersOf(who));
    assert.equal(told.text.replace(id, 'gen-none'), nothing.text, who);
    const home = await ask('GET', '/', instance.headersOf(who));
    assert.ok(!home.text.includes(id), who);
    if (who === 'billing') continue;
    assert.match(home.text, /today 0 requests|none yet today/, `${who}: what others used today`);
  }
});

test('what is named in a query or a body is as little there', async () => {
  const id = await OBJECTS.find(({ below }) => below.startsWith('/api/v1/workspaces'))?.make(instance);
  for (const who of ['other manager', 'other owner'] as const) {
    const headers = instance.headersOf(who);
    const listed = await ask('GET', `/api/v1/keys?workspace_id=${id}`, headers);
    assert.deepEqual(JSON.parse(listed.text), { data: [], total_count: 0 }, who);
    const activity = await ask(
      'GET',
      `/api/v1/activity?workspace_id=${id}&api_key_hash=${instance.hashOf('caller')}`,
      headers,
    );
    assert.deepEqual(JSON.parse(activity.text), { data: [] }, who);
    const made = await ask('POST', '/api/v1/keys', headers, JSON.stringify({ name: 'x', workspace_id: id }));
    const nowhere = await ask('POST', '/api/v1/keys', headers, JSON.stringify({ name: 'x', workspace_id: 'x' }));
    assert.deepEqual(made, nowhere, who);
    assert.equal(made.status, 400, who);
  }
});
