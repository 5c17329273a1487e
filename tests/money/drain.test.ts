/** A stop while clients with kept connections call on and on: each call is answered whole, or its connection refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { buildConnector, Agent as Pool, request as undiciRequest } from 'undici';
import { API_KEY, startGateway } from '../gateway-process.ts';
import { audit, startHost } from './bench.ts';

const host = await startHost();
after(() => host.close());

const HEADERS = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
/** Far beyond what the lane takes: it goes Node's way. */
const LONG = 'x'.repeat(100_000);
const bodyOf = (at: number): string =>
  JSON.stringify({
    model: 'acme/one',
    stream: at % 2 === 0,
    messages: [{ role: 'user', content: at % 5 === 0 ? LONG : 'Hello' }],
  });

type Answer = { readonly status: number; readonly text: string; readonly last: boolean };
/** One connection at a time. `isNew`: the one that it has now, or had last, has never brought it anything. */
type Client = {
  readonly call: (base: string, body: string) => Promise<Answer>;
  readonly isNew: () => boolean;
  readonly close: () => unknown;
};

function nodeClient(): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let socket: Socket | null = null;
  return {
    call: (base, body) =>
      new Promise((resolve, reject) => {
        const headers = { ...HEADERS, 'content-length': Buffer.byteLength(body) };
        request(`${base}/chat/completions`, { method: 'POST', agent, headers }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part) => (text += part));
          response.once('error', reject);
          const last = response.headers.connection === 'close';
          response.once('end', () => resolve({ status: response.statusCode ?? 0, text, last }));
        })
          .once('socket', (its) => (socket = its))
          .once('error', reject)
          .end(body);
      }),
    isNew: () => socket?.bytesRead === 0,
    close: () => agent.destroy(),
  };
}

function undiciClient(): Client {
  const connect = buildConnector({});
  let socket: Socket | null = null;
  const dispatcher = new Pool({
    connections: 1,
    connect: (options, done) =>
      connect(options, (...made) => {
        socket = made[1];
        done(...made);
      }),
  });
  return {
    call: async (base, body) => {
      const options = { method: 'POST', dispatcher, headers: HEADERS, body } as const;
      const response = await undiciRequest(`${base}/chat/completions`, options);
      const last = response.headers.connection === 'close';
      return { status: response.statusCode, text: await response.body.text(), last };
    },
    isNew: () => socket?.bytesRead === 0,
    close: () => dispatcher.destroy(),
  };
}

const codeOf = (cause: unknown): string | undefined => (cause as NodeJS.ErrnoException).code;
const isWhole = ({ status, text }: Answer): boolean => status === 200 && /\[DONE\]|"usage"/.test(text);

for (const workers of [1, 2])
  test(`no call meets a closed connection while the gateway stops, with ${workers} process(es)`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchwright-drain-'));
    const environment = { SWITCHWRIGHT_WORKERS: String(workers), SWITCHWRIGHT_DRAIN_MS: '600000' };
    const gateway = await startGateway({ folder, catalogue: host.catalogue, environment });
    const clients = Array.from({ length: 32 }, (_, at) => (at % 2 === 0 ? nodeClient() : undiciClient()));
    let whole = 0;
    let last = 0;
    const failed: unknown[] = [];
    const goOn = async ({ call, isNew }: Client, pauseMs: number): Promise<void> => {
      for (let at = 0; ; at++)
        try {
          const answer = await call(gateway.base, bodyOf(at));
          if (!isWhole(answer)) failed.push(answer);
          whole++;
          if (answer.last) last++;
          await wait(Math.random() * pauseMs);
        } catch (cause) {
          if (codeOf(cause) === 'ECONNREFUSED') return;
          // What the system had connected when the gateway had already ceased to listen, it resets.
          if (!isNew()) failed.push(cause);
        }
    };
    const loops = clients.map((client, at) => goOn(client, at * 10));
    while (whole < 100) await wait(10);
    const stopped = gateway.stop();
    await Promise.all(loops);
    assert.equal(await stopped, 0);
    assert.deepEqual(failed, []);
    // Every client heard it before its connection closed.
    assert.ok(last >= clients.length, `${last} answers said that theirs was the connection's last`);
    assert.match(audit(folder), / 0 open holds/);
    for (const client of clients) client.close();
    rmSync(folder, { recursive: true });
  });
