/** A name that means another address each time it is asked for (DNS rebinding; CVE-2026-55245, osv.dev, read 2026-11-24). */
import assert from 'node:assert/strict';
import dns from 'node:dns';
import { createServer, type Server } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { createTransport, type Transport } from './transport.ts';

const NAME = 'rebinding.example';
/** The operator vouches for the first; the second is this machine too, and nobody vouches for it. */
const ALLOWED = '127.0.0.1';
const FORBIDDEN = '127.0.0.2';

const real = dns.lookup;
let answers: readonly (readonly string[])[] = [];
let asked = 0;
const seen: string[] = [];
const servers: Server[] = [];
let port = 0;
let transport: Transport;

before(async () => {
  for (const address of [ALLOWED, FORBIDDEN]) {
    const server = createServer((_, response) => {
      seen.push(address);
      response.end(address);
    });
    await new Promise<void>((ready) => server.listen(port, address, ready));
    port = (server.address() as AddressInfo).port;
    servers.push(server);
  }
  // The resolver is the network's, and only the network is ever fake.
  const lookup = (_name: string, _options: object, done: (error: null, found: object[]) => void): void => {
    const found = answers[Math.min(asked++, answers.length - 1)] ?? [];
    done(
      null,
      found.map((address) => ({ address, family: 4 })),
    );
  };
  dns.lookup = lookup as unknown as typeof dns.lookup;
  syncBuiltinESMExports();
  transport = createTransport({ egressAllow: ALLOWED });
});
after(async () => {
  dns.lookup = real;
  syncBuiltinESMExports();
  await transport.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  asked = 0;
  seen.length = 0;
});

const fetchIt = (): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    transport.request(
      { method: 'GET', url: `http://${NAME}:${port}/`, headers: {}, body: null, reach: 'public' },
      {
        head: () => {},
        data: (bytes) => {
          text += Buffer.from(bytes).toString('latin1');
        },
        end: () => resolve(text),
        error: ({ kind }) => resolve(kind),
      },
    );
  });

test('the address that was checked is the one connected to, whatever the name means by then', async () => {
  answers = [[ALLOWED], [FORBIDDEN]];
  assert.equal(await fetchIt(), ALLOWED);
  assert.equal(asked, 1);
  assert.deepEqual(seen, [ALLOWED]);
});

test('each exchange is checked anew', async () => {
  answers = [[ALLOWED], [FORBIDDEN]];
  assert.equal(await fetchIt(), ALLOWED);
  assert.equal(await fetchIt(), 'forbidden');
  assert.deepEqual(seen, [ALLOWED]);
});

test('of several addresses only one that may be reached is', async () => {
  answers = [[FORBIDDEN, ALLOWED]];
  assert.equal(await fetchIt(), ALLOWED);
  answers = [[FORBIDDEN, '10.0.0.1', '169.254.169.254']];
  asked = 0;
  assert.equal(await fetchIt(), 'forbidden');
  assert.deepEqual(seen, [ALLOWED]);
});
