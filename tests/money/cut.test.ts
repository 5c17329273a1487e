/** A stop that cannot wait any longer: what is under way is broken off, told to its client and charged as far as it came. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { API_KEY, type GatewayProcess, startGateway } from '../gateway-process.ts';
import { CLIENTS } from '../matrix/pairs.ts';
import { READERS } from '../sdks/readers.ts';
import { audit, getData } from './bench.ts';

const WORDS = 'Half an answer, ';
const MESSAGES = [{ role: 'user', content: 'Hello' }];
/** Where a program of each dialect asks, and what for a stream. */
const ASKED: { readonly [dialect: string]: readonly [path: string, body: object] } = {
  'openai-chat': ['/api/v1/chat/completions', { model: 'acme/one', stream: true, messages: MESSAGES }],
  'openai-completions': ['/api/v1/completions', { model: 'acme/one', stream: true, prompt: 'Hello' }],
  'openai-responses': ['/api/v1/responses', { model: 'acme/one', stream: true, input: 'Hello' }],
  'anthropic-messages': ['/api/v1/messages', { model: 'acme/one', stream: true, max_tokens: 99, messages: MESSAGES }],
  gemini: ['/v1beta/models/acme/one:streamGenerateContent?alt=sse', { contents: [{ parts: [{ text: 'Hello' }] }] }],
  ollama: ['/api/chat', { model: 'acme/one', messages: MESSAGES }],
};

/** Answers half of what is asked and goes on for ever; to the `mute` nothing at all. */
function answerHalf(response: ServerResponse, body: string): void {
  if (JSON.parse(body).model === 'mute') return;
  response.setHeader('content-type', 'text/event-stream');
  response.write(`data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content: WORDS } }] })}\n\n`);
}

type Asked = {
  readonly id: string;
  readonly status: number;
  readonly text: Promise<string>;
  /** The half that was answered has come. */
  readonly begun: Promise<void>;
};
async function ask({ origin }: GatewayProcess, path: string, body: object): Promise<Asked> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const begun = Promise.withResolvers<void>();
  const read = async (): Promise<string> => {
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString();
      if (text.includes(WORDS)) begun.resolve();
    }
    return text;
  };
  const id = response.headers.get('x-generation-id') ?? '';
  return { id, status: response.status, text: read(), begun: begun.promise };
}

test('what a stop breaks off is an error to its client, and on the books as far as it came', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-cut-'));
  let arrived = 0;
  const host = createServer(async (request, response) => {
    let body = '';
    for await (const bytes of request) body += bytes;
    arrived++;
    answerHalf(response, body);
  }).listen(0, '127.0.0.1');
  await once(host, 'listening');
  context.after(() => {
    host.closeAllConnections();
    host.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const address = host.address();
  assert.ok(typeof address === 'object' && address);
  const price = 'price = { input = "1", output = "2" }\n';
  const catalogue = {
    'providers/host.toml': `name = "Host"\nbase_url = "http://127.0.0.1:${address.port}/v1"\nauth = { scheme = "none" }\n`,
    'models/acme/one.toml': `name = "One"\n[endpoints.host]\n${price}`,
    'models/acme/mute.toml': `name = "Mute"\n[endpoints.host]\nupstream_id = "mute"\n${price}`,
    'models/acme/vectors.toml': `name = "Vectors"\noutput = ["embeddings"]\n[endpoints.host]\nupstream_id = "mute"\nprice = { input = "1" }\n`,
  };
  const environment = { SWITCHWRIGHT_DRAIN_MS: '500' };
  const gateway = await startGateway({ folder, catalogue, environment });

  const silent = [
    ask(gateway, '/api/v1/chat/completions', { model: 'acme/mute', stream: true, messages: MESSAGES }),
    ask(gateway, '/api/v1/chat/completions', { model: 'acme/mute', messages: MESSAGES }),
    ask(gateway, '/api/v1/embeddings', { model: 'acme/vectors', input: 'Hello' }),
  ];
  const streams = await Promise.all(
    CLIENTS.map(({ dialect }) => ask(gateway, ...(ASKED[dialect.id] ?? assert.fail()))),
  );
  const readers = Object.entries(READERS).map(async ([name, readerOf]) => {
    const outcome = await readerOf(gateway)('acme/one', true).catch(() => 'an error');
    return [name, outcome] as const;
  });
  for (const { begun } of streams) await begun;
  while (arrived < silent.length + streams.length + readers.length) await new Promise((done) => setTimeout(done, 5));
  assert.equal(await gateway.stop(), 0);
  assert.doesNotMatch(gateway.output(), /could not be/);

  for (const [at, client] of CLIENTS.entries()) {
    const { choices, error } = client.tell(client.fold((await streams[at]?.text) ?? ''));
    assert.match(error?.message ?? '', /gateway was stopped/, client.dialect.id);
    assert.ok(!choices.some(({ finish }) => finish === 'stop'), client.dialect.id);
  }
  for (const [at, { status, text }] of (await Promise.all(silent)).entries()) {
    // A stream's head may be out by then, although nothing was said.
    if (at > 0) assert.equal(status, 503);
    assert.match(await text, /"message":"The gateway was stopped/);
  }
  for (const [name, outcome] of await Promise.all(readers)) {
    // Of an error in the midst of a stream LangChain knows only the finish reason.
    const failed = typeof outcome === 'string' || (name === '@langchain/openrouter' && outcome.finish === 'error');
    assert.ok(failed, `${name}: ${JSON.stringify(outcome)}`);
  }

  assert.match(audit(folder), / 0 open holds/);
  const again = await startGateway({ folder, catalogue });
  for (const { id } of streams) {
    const told = await getData(again.base, `/generation?id=${id}`);
    assert.deepEqual([told.state, told.usage_source, told.fault], ['interrupted', 'estimate', 'stopping'], id);
    assert.equal(told.tokens_completion, WORDS.length / 4);
    const cost = Number(told.tokens_prompt) * 1e-6 + Number(told.tokens_completion) * 2e-6;
    assert.equal(Number(told.total_cost).toFixed(9), cost.toFixed(9));
  }
  const unanswered = await Promise.all(
    (await Promise.all(silent)).map(({ id }) => getData(again.base, `/generation?id=${id}`)),
  );
  assert.deepEqual(
    unanswered.map(({ state, fault, total_cost }) => [state, fault, total_cost]),
    ['interrupted', 'interrupted', 'failed'].map((state) => [state, 'stopping', 0]),
  );
  await again.stop();
});
