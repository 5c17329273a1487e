import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import fastify from 'fastify';
import type { ClientDialect } from '../dialects/dialect.ts';
import { CLIENT_DIALECTS } from '../dialects/registry.ts';
import type { Caller } from '../facts/caller.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { contain } from './answers.ts';
import { inferenceHandler } from './inference.ts';

const chat = CLIENT_DIALECTS['openai-chat'] as ClientDialect;

test('a bug in one call is told and logged; the others go on', async () => {
  const logged: string[] = [];
  const gateway = {
    world: { now: () => 0 },
    log: (message: string) => logged.push(message),
  } as unknown as Gateway;
  const server = fastify();
  server.decorateRequest('caller', null);
  server.addHook('onRequest', async (request) => {
    request.caller = { keyId: 'key' } as Caller;
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const buggy: ClientDialect = {
    ...chat,
    decodeCall: () => {
      throw new Error('a bug');
    },
  };
  server.post('/early', inferenceHandler(buggy, gateway));
  server.post('/late', (_request, reply) => {
    reply.hijack();
    contain({ gateway, dialect: chat, reply }, () => {
      reply.raw.writeHead(200).write('the beginning');
      throw new Error('a bug');
    });
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const post = (path: string) => fetch(url + path, { method: 'POST', body: '{}' });
  try {
    const early = await post('/early');
    assert.equal(early.status, 500);
    assert.equal(((await early.json()) as { error: { message: string } }).error.message, 'Internal Server Error');
    await assert.rejects(async () => (await post('/late')).text());
    assert.equal(logged.length, 2);
  } finally {
    await server.close();
  }
});
