/** OpenAI's realtime API, relayed to a host that speaks it: by OpenAI's library, with keys for browsers, and metered. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { WebSocket } from 'ws';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { opened, receiptOf, speech } from './session.ts';

const PRICED = `name = "Voice"
created = 2026-11-29
context = 32768
max_output = 200
input = ["text", "audio"]
output = ["text", "audio"]
[endpoints.sandbox]
upstream_id = "realtime"
operations = ["realtime"]
[endpoints.sandbox.price]
input = "4"
input_cache_read = "0.40"
input_audio = "32"
output = "16"
output_audio = "64"
`;
const gateway = await startGateway({ catalogue: { 'models/my/voice.toml': PRICED } });
after(() => gateway.stop());
const model = 'my/voice';
const management = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };

/** A key with so many dollars. */
async function keyWith(limit: number | null): Promise<{ readonly key: string; readonly hash: string }> {
  const made = await fetch(`${gateway.base}/keys`, {
    method: 'POST',
    headers: management,
    body: JSON.stringify({ name: 'voice', limit }),
  });
  const { key, data } = (await made.json()) as { key: string; data: { hash: string } };
  return { key, hash: data.hash };
}
const session = (options: { readonly key?: string } = {}) => opened(gateway.base, { model, key: API_KEY, ...options });

test('OpenAI’s library speaks to it, and each answer has a receipt of what its host counted', async () => {
  const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY });
  // The library speaks TLS alone (openai 7.57): the connection under it is a plain one here.
  const plain = { createConnection: () => connect(Number(new URL(gateway.origin).port), '127.0.0.1') };
  const socket = new OpenAIRealtimeWS({ model, options: plain as never }, client);
  const created = await new Promise<{ session: { model?: string; id?: string } }>((done, failed) => {
    socket.once('session.created', (event) => done(event as never));
    socket.once('error', failed);
  });
  assert.equal(created.session.model, model, 'its name is ours, whatever the host calls it');
  let heard = '';
  let bytes = 0;
  socket.on('response.output_audio_transcript.delta', ({ delta }) => (heard += delta));
  socket.on('response.output_audio.delta', ({ delta }) => (bytes += Buffer.from(delta, 'base64').length));
  const done = new Promise<{
    readonly generation_id: string;
    readonly response: { readonly usage?: OpenAI.Realtime.RealtimeResponseUsage };
  }>((resolve) => socket.once('response.done', (event) => resolve(event as never)));
  const content = [{ type: 'input_text' as const, text: 'Good morning to you.' }];
  socket.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  socket.send({ type: 'response.create' });
  const {
    generation_id,
    response: { usage },
  } = await done;
  assert.equal(heard, 'Good morning to you.');
  assert.ok(bytes > 10_000);
  const receipt = await receiptOf(gateway.base, generation_id);
  assert.equal(receipt.session_id, created.session.id, 'the receipts of a session belong together');
  assert.equal(receipt.model, model);
  assert.equal(receipt.tokens_prompt, usage?.input_tokens);
  assert.equal(receipt.tokens_completion, usage?.output_tokens);
  const { text_tokens = 0, audio_tokens = 0 } = usage?.output_token_details ?? {};
  const cost = ((usage?.input_tokens ?? 0) * 4 + text_tokens * 16 + audio_tokens * 64) / 1e6;
  assert.ok(Math.abs(receipt.total_cost - cost) < 1e-9, `${receipt.total_cost} for ${cost}`);
  socket.close();
});

test('whoever stops speaking is answered, as if its host had done it by itself', async () => {
  const { socket, next, ask } = await session();
  const settings = await ask(
    { type: 'session.update', session: { type: 'realtime', instructions: 'Listen.' } },
    'session.updated',
  );
  assert.equal(settings.session?.audio.input.turn_detection.create_response, true, 'the program sees what it wished');
  for (const audio of speech()) socket.send(JSON.stringify({ type: 'input_audio_buffer.append', audio }));
  const end = await next('response.done');
  assert.equal(end.response?.status, 'completed');
  assert.match(end.response?.output[0]?.content[0]?.transcript ?? '', /^I have heard 1\.\d seconds of audio\.$/);
  await ask(
    {
      type: 'session.update',
      session: {
        type: 'realtime',
        audio: { input: { turn_detection: { type: 'server_vad', create_response: false } } },
      },
    },
    'session.updated',
  );
  for (const audio of speech()) socket.send(JSON.stringify({ type: 'input_audio_buffer.append', audio }));
  await next('input_audio_buffer.committed');
  const silent = await ask({ type: 'response.create', response: { output_modalities: ['text'] } }, 'response.created');
  assert.equal(silent.type, 'response.created', 'nothing was being said');
  await next('response.done');
  socket.close();
});

test('what a key cannot pay for is not asked for, and the session goes on', async () => {
  const { key, hash } = await keyWith(0.000001);
  const { socket, ask } = await session({ key });
  const refused = await ask({ type: 'response.create', event_id: 'mine' }, 'error');
  assert.deepEqual([refused.error?.type, refused.error?.event_id], ['invalid_request_error', 'mine']);
  assert.match(refused.error?.message ?? '', /credits|limit/i);
  await fetch(`${gateway.base}/keys/${hash}`, { method: 'PATCH', headers: management, body: '{"limit":10}' });
  const end = await ask({ type: 'response.create' }, 'response.done');
  assert.equal(end.response?.status, 'completed');
  await fetch(`${gateway.base}/keys/${hash}`, { method: 'PATCH', headers: management, body: '{"disabled":true}' });
  const disabled = await ask({ type: 'response.create' }, 'error');
  assert.match(disabled.error?.message ?? '', /disabled/);
  socket.close();
});

test('an answer may be stopped, said beside the conversation, or call a tool', async () => {
  const { socket, next, ask } = await session();
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Please 190 words' }] };
  await ask({ type: 'conversation.item.create', item }, 'conversation.item.done');
  await ask({ type: 'response.create' }, 'response.output_audio.delta');
  const second = await ask({ type: 'response.create', event_id: 'too-early' }, 'error');
  assert.deepEqual(
    [second.error?.code, second.error?.event_id],
    ['conversation_already_has_active_response', 'too-early'],
  );
  const stopped = await ask({ type: 'response.cancel' }, 'response.done');
  assert.equal(stopped.response?.status, 'cancelled');
  const beside = await ask(
    {
      type: 'response.create',
      response: { conversation: 'none', output_modalities: ['text'], metadata: { a: 'b' }, input: [item] },
    },
    'response.done',
  );
  assert.deepEqual([beside.response?.conversation_id, beside.response?.metadata], [null, { a: 'b' }]);
  const tools = [{ type: 'function', name: 'look_up', description: 'x', parameters: { type: 'object' } }];
  await ask({ type: 'session.update', session: { type: 'realtime', tools } }, 'session.updated');
  const named = { ...item, content: [{ type: 'input_text', text: 'Use look_up' }] };
  await ask({ type: 'conversation.item.create', item: named }, 'conversation.item.done');
  const called = await ask({ type: 'response.create' }, 'response.done');
  assert.equal(called.response?.output[0]?.name, 'look_up');
  socket.close();
  await next('closed');
});

test('a browser brings a key for one session among its protocols, which begins as its server has said', async () => {
  const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY });
  const made = await client.realtime.clientSecrets.create({
    session: { type: 'realtime', model, instructions: 'Be a pirate.', output_modalities: ['text'] },
  });
  assert.match(made.value, /^ek_/);
  const { socket, created, ask } = await opened(gateway.base, {
    protocols: ['realtime', `openai-insecure-api-key.${made.value}`],
  });
  assert.equal(socket.protocol, 'realtime');
  assert.deepEqual([created.session?.instructions, created.session?.model], ['Be a pirate.', model]);
  const end = await ask({ type: 'response.create' }, 'response.done');
  assert.equal(end.response?.output[0]?.content[0]?.text, 'There is nothing to answer.');
  socket.close();
  const secret = { authorization: `Bearer ${made.value}` };
  assert.equal(
    (await fetch(`${gateway.base}/models/user`, { headers: secret })).status,
    401,
    'it opens sessions and nothing else',
  );
  const broken = `${made.value.slice(0, -2)}AA`;
  const socket401 = new WebSocket(`${gateway.base.replace('http', 'ws')}/realtime?model=${model}`, {
    headers: { authorization: `Bearer ${broken}` },
  });
  socket401.on('error', () => {});
  const [, response] = await once(socket401, 'unexpected-response');
  assert.equal((response as { statusCode: number }).statusCode, 401);
  const bodies: [object, string][] = [
    [{ session: 7 }, 'session'],
    [{ expires_after: { seconds: 1 } }, 'expires_after.seconds'],
    [{ session: { type: 'transcription' } }, 'session.type'],
    [{ session: { instructions: 'x'.repeat(7_000) } }, 'session'],
  ];
  for (const [body, param] of bodies) {
    const refused = await fetch(`${gateway.base}/realtime/client_secrets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(refused.status, 400);
    assert.equal(((await refused.json()) as { error: { param: string } }).error.param, param);
  }
});

test('what is no session is refused before there is one, and what no message is in it', async () => {
  const address = `${gateway.base.replace('http', 'ws')}/realtime`;
  const refusedWith = (query: string, headers = { authorization: `Bearer ${API_KEY}` }): Promise<number | undefined> =>
    new Promise((done) => {
      const socket = new WebSocket(address + query, { headers });
      socket.once('unexpected-response', (_request, response) => {
        done(response.statusCode);
        socket.terminate();
      });
      socket.once('open', () => done(101));
      socket.on('error', () => {});
    });
  assert.equal(await refusedWith(''), 400);
  assert.equal(await refusedWith('?model=no/such'), 400);
  assert.equal(await refusedWith('?model=sandbox/echo'), 400, 'it serves no sessions');
  assert.equal(await refusedWith('?intent=transcription'), 400);
  assert.equal(await refusedWith(`?model=${model}`, { authorization: 'Bearer sk-nobodys-key-of-all' }), 401);
  assert.equal(await refusedWith(`?model=${model}`, { authorization: `Bearer ${MANAGEMENT_KEY}` }), 403);
  const { socket, ask, next } = await session();
  const wrong: [object, string | null][] = [
    [{ type: 'response.steal' }, 'type'],
    [{ type: 7 }, 'type'],
    [{ type: 'session.update', session: { type: 'transcription' } }, 'session.type'],
    [{ type: 'session.update', session: { prompt: { id: 'pmpt_operators' } } }, 'session.prompt'],
    [{ type: 'response.create', response: { prompt: { id: 'pmpt_operators' } } }, 'response.prompt'],
    [
      { type: 'session.update', session: { audio: { input: { transcription: { model: 'unknown-ear' } } } } },
      'session.audio.input.transcription.model',
    ],
  ];
  for (const [body, param] of wrong) assert.equal((await ask({ ...body, event_id: 'e' }, 'error')).error?.param, param);
  socket.send('{"type":');
  assert.equal((await next('error')).error?.type, 'invalid_request_error');
  const empty = await ask({ type: 'input_audio_buffer.commit', event_id: 'mine' }, 'error');
  assert.equal(empty.error?.code, 'input_audio_buffer_commit_empty', 'the host’s own errors pass');
  socket.send(Buffer.from('{}'));
  const closed = await next('closed');
  assert.equal(closed.code, 1003);
});
