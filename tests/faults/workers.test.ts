/** An outage costs the first caller a detour, not the first one of every process or machine. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startPostgres } from '../../src/storage/testing/postgres-server.ts';
import { API_KEY, type GatewayProcess, skipReason, startGateway } from '../gateway-process.ts';

const postgres = await startPostgres();
const skip = skipReason(postgres.kind === 'absent' ? postgres.reason : null);
after(async () => {
  if (postgres.kind === 'running') await postgres.stop();
});

type Host = {
  readonly asked: () => number;
  readonly catalogue: { readonly [path: string]: string };
  readonly server: Server;
};

/** Each call asks it once and goes on: it is to be waited for longer than a call waits, or this test takes. */
async function startHost(): Promise<Host> {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    asked++;
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '30' });
    response.end(JSON.stringify({ error: { message: 'Slow down.' } }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const catalogue = {
    'providers/down.toml': `name = "Down"\nbase_url = "${base}"\nauth = { scheme = "none" }\n`,
    'models/acme/one.toml': 'name = "One"\n[endpoints.down]\nprice = { input = "1", output = "2" }\n',
  };
  return { asked: () => asked, catalogue, server };
}

async function call({ base }: GatewayProcess): Promise<void> {
  const response = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    // A connection of its own, so that any of the processes may take it.
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({
      model: 'acme/one',
      models: ['sandbox/echo'],
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  });
  assert.equal(response.status, 200, await response.text());
  await wait(50);
}

/** Two failures are an outage: each process by itself would ask twice. */
async function meetTogether(host: Host, gateways: readonly GatewayProcess[], processes: number): Promise<void> {
  for (let at = 0; at < 6 * processes; at++) await call(gateways[at % gateways.length] as GatewayProcess);
  for (const gateway of gateways) await gateway.stop();
  host.server.closeAllConnections();
  host.server.close();
  assert(host.asked() >= 2 && host.asked() < 2 * processes, `asked ${host.asked()} times`);
}

test('three processes of one machine', async () => {
  const host = await startHost();
  const { catalogue } = host;
  await meetTogether(host, [await startGateway({ catalogue, environment: { SWITCHWRIGHT_WORKERS: '3' } })], 3);
});

test('three machines that share a PostgreSQL', { skip }, async () => {
  const host = await startHost();
  const { catalogue } = host;
  const environment = { DATABASE_URL: postgres.kind === 'running' ? postgres.url : '' };
  const gateways: GatewayProcess[] = [];
  for (let at = 0; at < 3; at++) gateways.push(await startGateway({ catalogue, environment }));
  await meetTogether(host, gateways, 3);
});
