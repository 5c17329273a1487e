import assert from 'node:assert/strict';
import { isFault } from '../../src/access/access.ts';
import { firstWorkspace } from '../../src/access/owner.ts';
import type { Headers, Instance } from './instance.ts';

/** What routes name by an id, how one is made that is the first account's, and how it is seen to be as it was. */
export type ObjectKind = {
  /** Every route whose path begins so is about it; the first parameter is its id. */
  readonly below: string;
  readonly make: (instance: Instance) => Promise<string>;
  /** An id of the same form that is nobody's. */
  readonly nobodys: string;
  /** As its own account sees it. */
  readonly state: (instance: Instance, id: string) => Promise<unknown>;
  /** A body with which the route would do what it does, where one is needed. */
  readonly body?: (method: string, path: string) => string;
};

const seen = async ({ origin, headersOf }: Instance, path: string): Promise<unknown> =>
  (await fetch(`${origin}/api/v1${path}`, { headers: headersOf('manager') })).json();

async function make(
  { origin, headersOf }: Instance,
  path: string,
  body: object,
): Promise<{ readonly [name: string]: string }> {
  const headers = { ...headersOf('manager'), 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { data } = (await answer.json()) as { data: { readonly [name: string]: string } };
  return data;
}

async function beginBatch(url: string, headers: Headers, body: object): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return ((await answer.json()) as { readonly id: string }).id;
}

let made = 0;
const ONE = { bytes: 4, items: 0, responses: 1 };

const VIDEO: ObjectKind = {
  below: '/api/v1/videos/',
  make: async ({ composed: { storage, gateway } }) => {
    const id = gateway.world.newId('gen-vid');
    const owner = { accountId: 'owner', workspaceId: firstWorkspace('owner').id, keyId: 'key' };
    const receipt = { id: id.replace('gen-vid', 'gen') };
    const state = { shape: 'openrouter', model: 'a/b', seconds: 4, size: null, progress: 0, videos: [], receipt };
    const times = { createdAt: gateway.world.now(), dueMs: 3_600_000, deadlineMs: 3_600_000 };
    const job = { id, kind: 'videos', status: 'pending', ...owner, state: JSON.stringify(state), ...times } as const;
    await storage.jobs.begin(job, null);
    return id;
  },
  nobodys: 'gen-vid-00000000000000000000000000',
  state: async ({ origin, headersOf }, id) =>
    (await fetch(`${origin}/api/v1/videos/${id}`, { headers: headersOf('caller') })).text(),
};
const NOBODYS_ID = '00000000-0000-4000-8000-00000000ffff';

export const OBJECTS: readonly ObjectKind[] = [
  {
    below: '/api/v1/operator/provider-keys/',
    make: async (instance) =>
      (await make(instance, '/operator/provider-keys', { provider: 'openai', key: 'sk-a-key-of-ours' })).id ?? '',
    nobodys: NOBODYS_ID,
    state: (instance) => seen(instance, '/operator/provider-keys'),
  },
  // There are none: every id is nobody's.
  {
    below: '/api/v1/external-users/',
    make: async (instance) => (await make(instance, '/external-users', { user: `ours-${made++}` })).user ?? '',
    nobodys: 'nobodys',
    state: (instance, id) => seen(instance, `/external-users/${id}`),
    body: () => JSON.stringify({ is_active: false }),
  },
  {
    below: '/api/v1/scim/group-mappings/',
    make: async ({ composed: { storage, gateway } }) => {
      const times = { createdAt: gateway.world.now(), updatedAt: gateway.world.now() };
      const group = {
        id: NOBODYS_ID.replace('ffff', 'aaaa'),
        accountId: 'owner',
        externalId: null,
        displayName: 'Ours',
      };
      const { directory } = storage.accessStore;
      await directory.putGroup({ ...group, ...times });
      const id = NOBODYS_ID.replace('ffff', 'bbbb');
      const workspaceId = firstWorkspace('owner').id;
      await directory.addMapping({ id, accountId: 'owner', groupId: group.id, workspaceId, role: 'member', ...times });
      return id;
    },
    nobodys: NOBODYS_ID,
    state: (instance, id) => seen(instance, `/scim/group-mappings/${id}`),
    body: () => JSON.stringify({ role: 'admin' }),
  },
  {
    below: '/api/v1/scim/sync-jobs/',
    make: async (instance) => (await make(instance, '/scim/sync-jobs', {})).id ?? '',
    nobodys: NOBODYS_ID,
    state: (instance, id) => seen(instance, `/scim/sync-jobs/${id}`),
  },
  { below: '/api/v1/interns/', make: async () => 'one', nobodys: 'two', state: async () => null },
  { below: '/api/v1/vault/', make: async () => 'one', nobodys: 'two', state: async () => null },
  { below: '/api/v1/private-endpoints/', make: async () => 'one', nobodys: 'two', state: async () => null },
  { below: '/api/v1/containers/', make: async () => 'cntr_1', nobodys: 'cntr_2', state: async () => null },
  {
    below: '/api/v1/byok/',
    make: async (instance) => (await make(instance, '/byok', { provider: 'openai', key: 'sk-a-key-of-ours' })).id ?? '',
    nobodys: NOBODYS_ID,
    state: (instance, id) => seen(instance, `/byok/${id}`),
    body: () => JSON.stringify({ disabled: true, key: 'sk-a-key-of-theirs' }),
  },
  {
    below: '/api/v1/guardrails/',
    make: async (instance) => (await make(instance, '/guardrails', { name: 'ours' })).id ?? '',
    nobodys: NOBODYS_ID,
    state: async (instance, id) => [
      await seen(instance, `/guardrails/${id}`),
      await seen(instance, `/guardrails/${id}/assignments/keys`),
      await seen(instance, `/guardrails/${id}/assignments/members`),
    ],
    body: (_method, path) => {
      if (path.includes('/keys')) return JSON.stringify({ key_hashes: ['x'] });
      return JSON.stringify(path.includes('/members') ? { member_user_ids: ['owner'] } : { name: 'Taken' });
    },
  },
  {
    below: '/api/v1/keys/',
    make: async (instance) => (await make(instance, '/keys', { name: 'ours' })).hash ?? '',
    nobodys: 'f'.repeat(64),
    state: (instance, id) => seen(instance, `/keys/${id}`),
    body: () => JSON.stringify({ disabled: true }),
  },
  {
    below: '/api/v1/mcp/servers/',
    make: async (instance) =>
      (await make(instance, '/mcp/servers', { name: `ours-${made++}`, url: 'https://mcp.example.com/mcp' })).id ?? '',
    nobodys: NOBODYS_ID,
    state: (instance, id) => seen(instance, `/mcp/servers/${id}`),
    body: () => JSON.stringify({ enabled: false }),
  },
  {
    below: '/api/v1/alerts/',
    make: async (instance) => (await make(instance, '/alerts', { type: 'budget', name: 'ours' })).id ?? '',
    nobodys: NOBODYS_ID,
    state: async (instance, id) => [
      await seen(instance, `/alerts/${id}`),
      await seen(instance, `/alerts/${id}/events`),
    ],
    body: (method) => (method === 'PATCH' ? JSON.stringify({ enabled: false }) : '{}'),
  },
  {
    below: '/api/v1/observability/destinations/',
    make: async (instance) => {
      const config = { endpoint: 'https://collector.example.com/v1/traces' };
      return (
        (await make(instance, '/observability/destinations', { type: 'otel-collector', name: 'ours', config })).id ?? ''
      );
    },
    nobodys: '00000000-0000-4000-8000-00000000ffff',
    state: (instance, id) => seen(instance, `/observability/destinations/${id}`),
    body: () => JSON.stringify({ enabled: false }),
  },
  {
    below: '/api/v1/presets/',
    make: async (instance) =>
      (await make(instance, `/presets/ours-${made++}/chat/completions`, { temperature: 0.5 })).slug ?? '',
    nobodys: 'nobodys',
    state: async (instance, slug) => [
      await seen(instance, `/presets/${slug}`),
      await seen(instance, `/presets/${slug}/versions`),
    ],
    body: () => JSON.stringify({ status: 'archived' }),
  },
  {
    below: '/api/v1/workspaces/',
    make: async (instance) => (await make(instance, '/workspaces', { name: 'Ours', slug: `ours-${made++}` })).id ?? '',
    nobodys: '00000000-0000-4000-8000-00000000ffff',
    state: async (instance, id) => [
      await seen(instance, `/workspaces/${id}`),
      await seen(instance, `/workspaces/${id}/budgets`),
      await seen(instance, `/workspaces/${id}/members`),
    ],
    body: (method, path) => {
      if (path.includes('/members/')) return JSON.stringify({ user_ids: ['owner'] });
      return JSON.stringify(method === 'PUT' ? { limit_usd: 1 } : { name: 'Taken' });
    },
  },
  {
    below: '/api/v1/responses/',
    make: async ({ composed: { storage, gateway } }) => {
      const now = gateway.world.now();
      const id = gateway.world.newId('gen');
      const text = { input: '[]', output: '[]', response: `{"id":"${id}"}` };
      const response = { id, previousId: null, createdAt: now, expiresAt: now + 3_600_000, ...text, chain: ONE };
      await storage.responses.add({ accountId: 'owner', workspaceId: firstWorkspace('owner').id }, response, 1e9);
      return id;
    },
    nobodys: 'gen-00000000000000000000000000',
    state: async ({ origin, headersOf }, id) =>
      (await fetch(`${origin}/api/v1/responses/${id}`, { headers: headersOf('caller') })).text(),
  },
  {
    below: '/api/v1/conversations/',
    make: async ({ origin, headersOf }) => {
      const headers = { ...headersOf('caller'), 'content-type': 'application/json' };
      const body = '{"metadata":{"a":"b"},"items":[{"type":"message","role":"user","content":"Ours"}]}';
      const answer = await fetch(`${origin}/api/v1/conversations`, { method: 'POST', headers, body });
      return ((await answer.json()) as { readonly id: string }).id;
    },
    nobodys: 'conv-00000000000000000000000000',
    state: async ({ origin, headersOf }, id) => {
      const headers = headersOf('caller');
      const found = await fetch(`${origin}/api/v1/conversations/${id}`, { headers });
      const items = await fetch(`${origin}/api/v1/conversations/${id}/items`, { headers });
      return [await found.text(), await items.text()];
    },
    body: () => '{"metadata":{"taken":"over"},"items":[{"type":"message","role":"user","content":"Taken"}]}',
  },
  {
    below: '/api/v1/files/',
    make: async ({ origin, headersOf }) => {
      const body = new FormData();
      body.set('purpose', 'user_data');
      body.set('file', new Blob(['ours']), 'ours.txt');
      const answer = await fetch(`${origin}/api/v1/files`, { method: 'POST', headers: headersOf('caller'), body });
      return ((await answer.json()) as { readonly id: string }).id;
    },
    nobodys: `or_file_${'0'.repeat(24)}`,
    state: async ({ origin, headersOf }, id) =>
      (await fetch(`${origin}/api/v1/files/${id}/content`, { headers: headersOf('caller') })).text(),
  },
  {
    below: '/api/v1/organization/members/',
    make: async ({ composed: { gateway } }) => {
      const { people } = gateway.access;
      const owner = await gateway.access.callerOf('console', 'owner');
      assert.ok(!isFault(owner));
      const email = `ours-${made++}@example.com`;
      const invited = await people.invite(owner, { email, role: 'member', workspaceIds: [] });
      assert.ok(typeof invited === 'object');
      const client = { address: '127.0.0.1', agent: undefined };
      await people.accept(invited.token, { name: 'Ours', password: 'seven quiet herons sleep' }, client);
      return (await people.byEmail(email))?.id ?? '';
    },
    nobodys: NOBODYS_ID,
    state: (instance, id) => seen(instance, `/organization/members/${id}`),
    body: () => JSON.stringify({ name: 'Taken', role: 'viewer' }),
  },
  {
    below: '/api/v1/organization/invitations/',
    make: async (instance) => {
      const wish = { email: `invited-${made++}@example.com`, role: 'viewer' };
      return (await make(instance, '/organization/invitations', wish)).id ?? '';
    },
    nobodys: NOBODYS_ID,
    state: (instance, id) => seen(instance, `/organization/invitations/${id}`),
  },
  VIDEO,
  { ...VIDEO, below: '/api/v1/operations/' },
  {
    below: '/api/v1/batches/',
    make: ({ origin, headersOf }) =>
      beginBatch(`${origin}/api/v1/batches`, headersOf('caller'), {
        endpoint: '/v1/chat/completions',
        model: 'sandbox/none',
        requests: [{ custom_id: 'a', body: { messages: [] } }],
      }),
    nobodys: `batch_${'0'.repeat(24)}`,
    state: async ({ origin, headersOf }, id) =>
      (await fetch(`${origin}/api/v1/batches/${id}`, { headers: headersOf('caller') })).text(),
  },
  {
    below: '/api/v1/messages/batches/',
    make: ({ origin, headersOf }) =>
      beginBatch(`${origin}/api/v1/messages/batches`, headersOf('caller'), {
        requests: [{ custom_id: 'a', params: { messages: [] } }],
      }),
    nobodys: `batch_${'0'.repeat(24)}`,
    state: async ({ origin, headersOf }, id) =>
      (await fetch(`${origin}/api/v1/messages/batches/${id}`, { headers: headersOf('caller') })).text(),
  },
  {
    // Nothing here makes any: every id is nobody's, one's own like others'.
    below: '/api/v1/containers/',
    make: async () => 'sess_ours',
    nobodys: 'sess_nobodys',
    state: async ({ origin, headersOf }, id) =>
      (await fetch(`${origin}/api/v1/containers/${id}/files`, { headers: headersOf('caller') })).text(),
  },
];
