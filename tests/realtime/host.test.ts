/** Hosts of realtime sessions that break off, ignore what they are told or refuse; programs that leave; a gateway that is killed. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { audit } from '../money/bench.ts';
import { begun, ended, spoken, startRealtimeHost } from './host.ts';
import { opened, receiptOf } from './session.ts';

const host = await startRealtimeHost();
const folder = mkdtempSync(join(tmpdir(), 'switchwright-realtime-'));
const PRICE = 'price = { input = "4", output = "16", input_audio = "32", output_audio = "64" }\n';
const catalogue = {
  'providers/ear.toml': `name = "Ear"\nbase_url = "http://127.0.0.1:${host.port}/v1"\nauth = { scheme = "bearer", env = "EAR_KEY" }\n[dialects.openai-realtime]\n[dialects.openai-transcription]\n`,
  'models/my/voice.toml': `context = 32768\nmax_output = 4096\ninput = ["text", "audio"]\noutput = ["text", "audio"]\n[endpoints.ear]\noperations = ["realtime"]\nupstream_id = "voice-1"\n${PRICE}`,
  'models/my/scribe.toml':
    'context = 16000\ninput = ["audio"]\noutput = ["transcription"]\n[endpoints.ear]\nupstream_id = "scribe-1"\nprice = { input = "2", output = "10" }\n',
};
const start = (): Promise<GatewayProcess> =>
  startGateway({ folder, catalogue, environment: { EAR_KEY: 'sk-ear-secret-of-the-operator' } });
let gateway = await start();
after(async () => {
  await gateway.stop();
  host.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  host.heard.length = 0;
  host.sessions.length = 0;
  host.refuses = null;
});
const model = 'my/voice';
const management = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };
const until = async (isSo: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  for (let tries = 0; tries < 3_000; tries++) {
    if (await isSo()) return;
    await wait(10);
  }
  assert.fail(`never: ${what}`);
};
async function keyWith(limit: number): Promise<string> {
  const body = JSON.stringify({ name: 'voice', limit });
  const made = await fetch(`${gateway.base}/keys`, { method: 'POST', headers: management, body });
  return ((await made.json()) as { key: string }).key;
}
async function usageOf(key: string): Promise<{ readonly usage: number; readonly limit_remaining: number }> {
  const answer = await fetch(`${gateway.base}/key`, { headers: { authorization: `Bearer ${key}` } });
  return ((await answer.json()) as { data: { usage: number; limit_remaining: number } }).data;
}
const COST = (1_000 * 32 + 500 * 64) / 1e6;

test('the host is told to wait for us, and asked in its name for the model', async () => {
  host.answer = (session) => {
    session.send(begun('resp_1'));
    session.send(ended('resp_1'));
  };
  const { socket, created, ask } = await opened(gateway.base, { model, key: API_KEY });
  assert.equal(created.session?.model, model);
  const [update] = host.heard as { session?: { audio?: { input: { turn_detection: object } } } }[];
  assert.deepEqual(update?.session?.audio?.input.turn_detection, { type: 'server_vad', create_response: false });
  const { generation_id } = await ask({ type: 'response.create' }, 'response.done');
  const receipt = await receiptOf(gateway.base, generation_id);
  assert.equal(receipt.total_cost, COST);
  socket.close();
});

test('a host that answers unasked is stopped where nobody can pay, and billed where somebody can', async () => {
  const key = await keyWith(10);
  const rich = await opened(gateway.base, { model, key });
  host.sessions[0]?.send(begun('resp_unasked'));
  host.sessions[0]?.send(spoken('resp_unasked'));
  host.sessions[0]?.send(ended('resp_unasked'));
  await rich.next('response.output_audio.delta');
  const { generation_id } = await rich.next('response.done');
  assert.equal((await receiptOf(gateway.base, generation_id, key)).total_cost, COST);
  rich.socket.close();

  const poor = await opened(gateway.base, { model, key: await keyWith(0.000001) });
  host.sessions[1]?.send(begun('resp_2'));
  host.sessions[1]?.send(spoken('resp_2'));
  assert.match((await poor.next('error')).error?.message ?? '', /limit|credits/i);
  assert.equal((await poor.next('closed')).code, 1011);
  await until(
    () => host.heard.some((event) => event.type === 'response.cancel' && event.response_id === 'resp_2'),
    'a cancel',
  );
});

test('what breaks off costs nothing, and its program is told', async () => {
  host.answer = ({ send, socket }) => {
    send(begun('resp_1'));
    send(spoken('resp_1'));
    socket.terminate();
  };
  const key = await keyWith(10);
  const { ask, next } = await opened(gateway.base, { model, key });
  const { generation_id } = await ask({ type: 'response.create' }, 'response.created');
  assert.match((await next('error')).error?.message ?? '', /closed the session/);
  assert.equal((await next('closed')).code, 1011);
  await until(async () => (await usageOf(key)).limit_remaining === 10, 'nothing is held any more');
  assert.equal((await receiptOf(gateway.base, generation_id, key)).total_cost, 0);
});

test('whoever leaves in the middle pays for what his host has counted', async () => {
  const key = await keyWith(10);
  host.answer = ({ send }) => {
    send(begun('resp_1'));
    send(spoken('resp_1'));
  };
  const { socket, ask } = await opened(gateway.base, { model, key });
  await ask({ type: 'response.create' }, 'response.output_audio.delta');
  socket.terminate();
  await until(() => host.heard.some(({ type }) => type === 'response.cancel'), 'the host is told');
  host.sessions[0]?.send(ended('resp_1', 'cancelled'));
  await until(async () => (await usageOf(key)).usage === COST, 'its count is billed');
  await until(() => host.sessions[0]?.socket.readyState === 3, 'the session there is over');
});

test('a host that refuses is told without the key; a limit of messages and errors of a host pass', async () => {
  host.refuses = { status: 401, body: '{"error":{"message":"Wrong key"}}' };
  const refused = opened(gateway.base, { model, key: API_KEY });
  await assert.rejects(refused, (cause) => {
    assert.doesNotMatch(String(cause), /sk-ear-secret/);
    return /"error"/.test(String(cause));
  });
  host.refuses = null;
  host.answer = ({ send }, event) =>
    send({
      type: 'error',
      error: { type: 'invalid_request_error', code: 'bad', message: 'No.', event_id: event.event_id },
    });
  const { socket, ask } = await opened(gateway.base, { model, key: API_KEY });
  const error = await ask({ type: 'response.create', event_id: 'mine' }, 'error');
  assert.deepEqual([error.error?.code, error.error?.event_id], ['bad', 'mine']);
  host.answer = () => {};
  for (let at = 0; at < 40; at++) socket.send(JSON.stringify({ type: 'response.create' }));
  const busy = await ask({ type: 'input_audio_buffer.clear' }, 'error');
  assert.equal(busy.error?.type, 'rate_limit_error', 'so many answers are not asked for at once');
  assert.ok(host.heard.filter(({ type }) => type === 'response.create').length <= 17);
  socket.terminate();
});

test('what a host writes down beside its answers is billed at its own model’s price', async () => {
  const key = await keyWith(10);
  const { socket, ask, next } = await opened(gateway.base, { model, key });
  const transcription = { model: 'scribe-1' };
  await ask(
    { type: 'session.update', session: { type: 'realtime', audio: { input: { transcription } } } },
    'session.updated',
  );
  host.sessions[0]?.send({
    type: 'conversation.item.input_audio_transcription.completed',
    item_id: 'item_1',
    content_index: 0,
    transcript: 'Hello',
    usage: { type: 'tokens', input_tokens: 1_000, output_tokens: 100, total_tokens: 1_100 },
  });
  await next('conversation.item.input_audio_transcription.completed');
  assert.equal((await usageOf(key)).usage, (1_000 * 2 + 100 * 10) / 1e6);
  socket.close();
});

test('a gateway that is killed in the middle of an answer leaves nothing held', async () => {
  const key = await keyWith(10);
  host.answer = ({ send }) => {
    send(begun('resp_1'));
    send(spoken('resp_1'));
  };
  const { ask } = await opened(gateway.base, { model, key });
  await ask({ type: 'response.create' }, 'response.output_audio.delta');
  await gateway.stop('SIGKILL');
  gateway = await start();
  const left = await usageOf(key);
  assert.ok(left.limit_remaining > 9.99 && left.usage < 0.01, JSON.stringify(left));
  audit(folder);
});

test('a gateway that is stopped ends its sessions behind their answers', async () => {
  host.answer = ({ send }) => send(begun('resp_1'));
  const quiet = await opened(gateway.base, { model, key: API_KEY });
  const busy = await opened(gateway.base, { model, key: API_KEY });
  await busy.ask({ type: 'response.create' }, 'response.created');
  const stopped = gateway.stop();
  assert.equal((await quiet.next('closed')).code, 1001);
  const late = await busy.ask({ type: 'response.create', event_id: 'late' }, 'error');
  assert.equal(late.error?.event_id, 'late');
  host.sessions[1]?.send(ended('resp_1'));
  await busy.next('response.done');
  assert.equal((await busy.next('closed')).code, 1001);
  assert.equal(await stopped, 0);
});
