import { z } from 'zod';
import { maskOf, OPERATORS, PLAIN_KEY, type ProviderKey } from '../../../access/provider-keys.ts';
import { fault } from '../../../base/fault.ts';
import { Hidden } from '../../../base/hidden.ts';
import { objectionToKey, testKey } from '../../../gateway/given-key.ts';
import { GIVEN_LENGTH_MAX } from '../../../upstream/given-credentials.ts';
import type { Route } from '../../route.ts';
import { PAGE_QUERY, readBody, readPage } from './body.ts';
import { refusal } from './refusal.ts';

const SETTINGS = {
  name: z.string().max(100).nullable().optional(),
  disabled: z.boolean().optional(),
  weight: z.int().min(1).max(1_000).optional(),
  test: z.boolean().optional(),
};
const secret = z.string().min(1).max(GIVEN_LENGTH_MAX);
const NEW = z.object({ ...SETTINGS, provider: z.string().min(1).max(100), key: secret });
const CHANGE = z.object({ ...SETTINGS, key: secret.optional() });
const PATH = '/operator/provider-keys';
const NOT_FOUND = refusal(fault('not_found', 'Provider key not found'));

const keyJson = (key: ProviderKey) => ({
  id: key.id,
  source: 'store',
  provider: key.provider,
  name: key.name,
  label: key.label,
  weight: key.weight,
  disabled: key.disabled,
  created_at: new Date(key.createdAt).toISOString(),
});

const LIST: Route = {
  method: 'GET',
  path: PATH,
  auth: 'operate',
  query: PAGE_QUERY,
  handle: async ({ query }, { access, keysOfEnvironment }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { keys, total } = await access.providerKeys.list({ ...OPERATORS, ...page.value });
    // They are changed where they stand, and with a new start.
    const fixed = (keysOfEnvironment?.() ?? []).map((each) => ({ source: 'environment', ...each }));
    return { status: 200, json: { data: keys.map(keyJson), total_count: total, environment: fixed } };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: PATH,
  auth: 'operate',
  body: NEW,
  handle: async ({ body }, gateway) => {
    const read = readBody(NEW, body);
    if (!read.ok) return refusal(read.error);
    const { provider: slug, key, test, name = null, disabled = false, weight = 1 } = read.value;
    const provider = gateway.catalog().providers.get(slug);
    if (!provider)
      return refusal(
        fault('invalid_request', `provider: ${slug} is no provider of this gateway`, { param: 'provider' }),
      );
    const given = new Hidden(key.trim());
    const objection = objectionToKey(provider, given);
    if (objection) return refusal(objection);
    const verdict = test ? await testKey(gateway, provider, given) : null;
    if (verdict?.mark === '✗') return refusal(fault('invalid_request', `key: ${verdict.text}`, { param: 'key' }));
    const label = maskOf(key.trim());
    const wish = { ...PLAIN_KEY, ...OPERATORS, provider: slug, name, label, disabled, weight };
    const made = await gateway.access.providerKeys.create(wish, given);
    if (!made.ok) return refusal(made.error);
    if (!made.value) return refusal(fault('invalid_request', 'There are as many provider keys as there may be'));
    return { status: 201, json: { data: keyJson(made.value) } };
  },
};

const ONE: Route = {
  method: 'GET',
  path: `${PATH}/:id`,
  auth: 'operate',
  handle: async ({ params }, { access }) => {
    const key = await access.providerKeys.find(OPERATORS, params.id ?? '');
    return key ? { status: 200, json: { data: keyJson(key) } } : NOT_FOUND;
  },
};

const UPDATE: Route = {
  method: 'PATCH',
  path: `${PATH}/:id`,
  auth: 'operate',
  body: CHANGE,
  handle: async ({ body, params }, gateway) => {
    const read = readBody(CHANGE, body);
    if (!read.ok) return refusal(read.error);
    const { key, test, ...settings } = read.value;
    const { providerKeys } = gateway.access;
    const before = await providerKeys.find(OPERATORS, params.id ?? '');
    if (!before) return NOT_FOUND;
    const provider = gateway.catalog().providers.get(before.provider);
    const given = key === undefined ? undefined : new Hidden(key.trim());
    const objection = given && provider ? objectionToKey(provider, given) : null;
    if (objection) return refusal(objection);
    const verdict = given && provider && test ? await testKey(gateway, provider, given) : null;
    if (verdict?.mark === '✗') return refusal(fault('invalid_request', `key: ${verdict.text}`, { param: 'key' }));
    const said = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    const rotated = given && key !== undefined ? { secret: given, label: maskOf(key.trim()) } : {};
    const changed = await providerKeys.change(OPERATORS, before.id, { ...said, ...rotated });
    if (!changed.ok) return refusal(changed.error);
    return changed.value ? { status: 200, json: { data: keyJson(changed.value) } } : NOT_FOUND;
  },
};

const REMOVE: Route = {
  method: 'DELETE',
  path: `${PATH}/:id`,
  auth: 'operate',
  handle: async ({ params }, { access }) =>
    (await access.providerKeys.remove(OPERATORS, params.id ?? ''))
      ? { status: 200, json: { deleted: true } }
      : NOT_FOUND,
};

const TEST: Route = {
  method: 'POST',
  path: `${PATH}/:id/test`,
  auth: 'operate',
  handle: async ({ params }, gateway) => {
    const { providerKeys } = gateway.access;
    const key = await providerKeys.find(OPERATORS, params.id ?? '');
    const provider = key && gateway.catalog().providers.get(key.provider);
    const given = key && (await providerKeys.reveal(OPERATORS, key.id));
    if (!key) return NOT_FOUND;
    if (!provider || !given)
      return refusal(fault('server', 'The key cannot be opened, or its provider is gone from the catalogue.'));
    const { mark, text } = await testKey(gateway, provider, given);
    return { status: 200, json: { data: { id: key.id, works: mark === '–' ? null : mark === '✓', message: text } } };
  },
};

/** The operator's own keys at providers, at run time. Beyond the contract; those of the environment are only listed. */
export const OPERATOR_KEY_ROUTES: readonly Route[] = [LIST, CREATE, ONE, UPDATE, REMOVE, TEST];
