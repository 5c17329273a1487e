import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { ClientDialect } from '../dialects/dialect.ts';
import { CLIENT_DIALECTS } from '../dialects/registry.ts';
import type { Caller } from '../facts/caller.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { createKept } from '../gateway/kept.ts';
import { NO_TELEMETRY } from '../telemetry/telemetry.ts';
import { contain } from './answers.ts';
import { chatHandler } from './chat-inference.ts';

const body = { chunks: [Buffer.from('{}')], scan: null, size: 2 };
const chat = CLIENT_DIALECTS.chat['openai-chat'] as ClientDialect;

test('a bug in one call is told and logged; the others go on', async () => {
  const logged: string[] = [];
  const gateway = {
    world: { now: () => 0, elapsed: () => 0 },
    kept: createKept({ elapsed: () => 0 }),
    telemetry: NO_TELEMETRY,
    log: (message: string) => logged.push(message),
  } as unknown as Gateway;
  const buggy: ClientDialect = {
    ...chat,
    decodeCall: () => {
      throw new Error('a bug');
    },
  };
  const early = chatHandler(buggy, gateway);
  const server = createServer((request, response) => {
    if (request.url === '/early')
      return early(
        { headers: {}, url: '/early', params: {}, caller: { keyId: 'key' } as Caller, body, room: null },
        response,
      );
    contain({ gateway, dialect: chat, response }, () => {
      response.writeHead(200).write('the beginning');
      throw new Error('a bug');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = (path: string) => fetch(url + path, { method: 'POST', body: '{}' });
  try {
    const refused = await post('/early');
    assert.equal(refused.status, 500);
    assert.equal(((await refused.json()) as { error: { message: string } }).error.message, 'Internal Server Error');
    await assert.rejects(async () => (await post('/late')).text());
    assert.equal(logged.length, 2);
  } finally {
    server.close();
  }
});
