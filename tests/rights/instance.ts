import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Access, CONSOLE_KEY_ID, isFault } from '../../src/access/access.ts';
import { SESSION_COOKIE } from '../../src/access/credential.ts';
import { OWNER_ACCOUNT_ID } from '../../src/access/owner.ts';
import { type Composed, composeGateway } from '../../src/cli/compose.ts';
import { readConfiguration } from '../../src/cli/configuration.ts';
import { PERSON_ROLES, type PersonRole } from '../../src/facts/principal.ts';
import { MCP_ROUTES } from '../../src/http/mcp/index.ts';
import { metricsRoute } from '../../src/http/metrics.ts';
import { pageRoutes } from '../../src/http/pages/index.ts';
import type { Route } from '../../src/http/route.ts';
import { createServer } from '../../src/http/server.ts';
import { apiRoutes, rawRoutes } from '../../src/http/v1/routes.ts';
import { realWorld } from '../../src/upstream/world.ts';

/** Who may come: by a key in `authorization`, by a cookie, or without anything. */
export type Headers = { readonly [name: string]: string };

/**
 * Everybody there is: two accounts, of each an ordinary key, a management key and the person who owns it; and of the
 * first a person of each other role.
 */
export const WHO = [
  'nobody',
  'caller',
  'manager',
  'owner',
  'admin',
  'member',
  'billing',
  'viewer',
  'other caller',
  'other manager',
  'other owner',
] as const;
export type Who = (typeof WHO)[number];

export type Instance = {
  readonly composed: Composed;
  readonly origin: string;
  readonly headersOf: (who: Who) => Headers;
  readonly hashOf: (who: Who) => string;
  readonly close: () => Promise<void>;
};

export const PAGES: readonly Route[] = [...pageRoutes, ...MCP_ROUTES, metricsRoute('management')];

/** Somebody whom the owner of the first account has invited. */
async function joined(access: Access, role: Exclude<PersonRole, 'owner'>): Promise<Headers> {
  const owner = await access.callerOf(CONSOLE_KEY_ID, OWNER_ACCOUNT_ID);
  assert.ok(!isFault(owner));
  const invited = await access.people.invite(owner, { email: `${role}@example.com`, role, workspaceIds: [] });
  assert.ok(typeof invited === 'object');
  const wish = { name: role, password: 'seven quiet herons sleep' };
  const session = await access.people.accept(invited.token, wish, { address: '127.0.0.1', agent: 'test' });
  assert.ok('session' in session);
  return { cookie: `${SESSION_COOKIE}=${session.session}` };
}

/** A whole gateway in this process, as `serve` composes it. */
export async function startInstance(environment: { readonly [name: string]: string } = {}): Promise<Instance> {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-rights-'));
  const configuration = readConfiguration({
    SWITCHWRIGHT_DATA_DIR: folder,
    SWITCHWRIGHT_LOCAL_SERVERS: '0',
    SWITCHWRIGHT_RESPONSES_DAYS: '1',
    ...environment,
  });
  const composed = await composeGateway(
    configuration,
    realWorld({ egressAllow: environment.SWITCHWRIGHT_EGRESS_ALLOW ?? '' }),
    'owner',
  );
  const { gateway, storage } = composed;
  const { access, world } = gateway;
  await storage.accessStore.addAccount({ id: 'other', name: 'Other' }, world.now());
  const headers = new Map<Who, Headers>([['nobody', {}]]);
  const hashes = new Map<Who, string>();
  for (const [prefix, accountId] of [
    ['', 'owner'],
    ['other ', 'other'],
  ] as const) {
    for (const role of ['caller', 'manager'] as const) {
      const wish = { name: role, accountId, isManagement: role === 'manager', creatorUserId: accountId };
      const { key, secret } = await access.keys.create(wish);
      headers.set(`${prefix}${role}`, { authorization: `Bearer ${secret}` });
      hashes.set(`${prefix}${role}`, key.hash);
    }
    const session = await access.redeemSignIn(await access.newSignIn(accountId));
    headers.set(`${prefix}owner`, { cookie: `switchwright_session=${session?.session}` });
  }
  for (const role of PERSON_ROLES) if (role !== 'owner') headers.set(role, await joined(access, role));
  const server = createServer({ gateway, api: apiRoutes, raw: rawRoutes, pages: PAGES });
  await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    composed,
    origin: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    headersOf: (who) => headers.get(who) ?? {},
    hashOf: (who) => hashes.get(who) ?? '',
    close: async () => {
      await server.close();
      await composed.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
