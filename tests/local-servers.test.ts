/** Servers on this machine are found, listed below their own name and called; by every worker, and again on SIGHUP. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, startGateway } from './gateway-process.ts';

const KEY = 'a-key-of-vllm';
/** `/v1/models` as each of them answers it: Ollama 0.12, LM Studio 0.3, vLLM 0.11 with --api-key, llama.cpp's server. */
const ollama = [{ id: 'llama3.2:3b', object: 'model', created: 1, owned_by: 'library' }];
const lists: { readonly [name: string]: object } = {
  ollama: { object: 'list', data: ollama },
  lmstudio: {
    data: [
      { id: 'qwen/qwen3-8b', object: 'model' },
      { id: 'text-embedding-nomic-embed-text-v1.5', object: 'model' },
    ],
  },
  vllm: {
    object: 'list',
    data: [
      { id: 'meta-llama/Llama-3.1-8B-Instruct', owned_by: 'vllm', max_model_len: 8192 },
      { id: 'BAAI/bge-reranker-v2-m3', owned_by: 'vllm', max_model_len: 8192 },
    ],
  },
  llamacpp: {
    models: [{ name: '/models/gemma-3-4b.gguf', capabilities: ['completion'] }],
    data: [
      {
        id: '/models/gemma-3-4b.gguf',
        owned_by: 'llamacpp',
        meta: { n_ctx: 4096, n_ctx_train: 32768 },
        architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
      },
    ],
  },
};

function startLocal(name: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (name === 'vllm' && request.headers.authorization !== `Bearer ${KEY}`) return response.writeHead(401).end('{}');
    if (request.url === '/v1/models') return response.end(JSON.stringify(lists[name]));
    if (request.url !== '/v1/chat/completions') return response.writeHead(404).end('{}');
    const { model, messages, stream } = JSON.parse(await text(request));
    // llama.cpp answers with what it was to continue, and stops when the client of a stream leaves.
    if (stream) return streamed(`${model} of ${name}`, messages, response);
    response.end(JSON.stringify(answerOf(model, name)));
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

const left = new EventEmitter();

function streamed(said: string, messages: { role: string; content: string }[], response: ServerResponse): void {
  const last = messages.at(-1);
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  response.setHeader('content-type', 'text/event-stream');
  response.write(chunk({ role: 'assistant', content: last?.role === 'assistant' ? last.content : '' }));
  if (last?.content === 'For ever') {
    response.on('close', () => left.emit('left'));
    left.emit('begun');
    return;
  }
  response.end(`${chunk({ content: said })}${chunk({}, 'stop')}data: [DONE]\n\n`);
}

function answerOf(model: string, name: string): object {
  return {
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: `${model} of ${name}` }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

const names = Object.keys(lists);
const servers = await Promise.all(names.map(startLocal));
const urls = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
/** llama.cpp is where its newest releases listen, the others where the operator says. */
const named = names.filter((name) => name !== 'llamacpp');
const urlOf = (name: string): string => urls[names.indexOf(name)] ?? '';
const gateway = await startGateway({
  catalogue: { 'providers/llamacpp.toml': `base_url = "http://127.0.0.1:1/v1"\nalso_at = ["${urlOf('llamacpp')}"]\n` },
  environment: {
    SWITCHWRIGHT_LOCAL_SERVERS: '1',
    SWITCHWRIGHT_WORKERS: '2',
    VLLM_API_KEY: KEY,
    ...Object.fromEntries(named.map((name) => [`${name.toUpperCase()}_BASE_URL`, urlOf(name)])),
  },
});
after(async () => {
  await gateway.stop();
  for (const server of servers) server.close();
});

type Listed = {
  readonly data: readonly {
    readonly id: string;
    readonly name: string;
    readonly context_length: number;
    readonly architecture: { readonly input_modalities: readonly string[] };
  }[];
};
async function listed(query = ''): Promise<Listed['data']> {
  const headers = { authorization: `Bearer ${API_KEY}`, connection: 'close' };
  return ((await (await fetch(`${gateway.base}/models/user${query}`, { headers })).json()) as Listed).data;
}

test('each is found, and its models are named, sized and sorted by what they are for', async () => {
  // A worker answers before the process above it has heard that one listens, and prints.
  while (!gateway.output().includes('Providers ')) await wait(20);
  assert.match(
    gateway.output(),
    /Local {7}llama\.cpp \(1 model\), LM Studio \(2 models\), Ollama \(1 model\), vLLM\s+\(2 models\)/,
  );
  const models = await listed();
  const idsAndNames = models.map(({ id, name, context_length }) => [id, name, context_length]);
  assert.deepEqual(idsAndNames.toSorted(), [
    ['llamacpp/gemma-3-4b.gguf', 'llama.cpp: /models/gemma-3-4b.gguf', 4096],
    ['lmstudio/qwen-qwen3-8b', 'LM Studio: qwen/qwen3-8b', 131072],
    ['ollama/llama3.2:3b', 'Ollama: llama3.2:3b', 131072],
    ['vllm/meta-llama-Llama-3.1-8B-Instruct', 'vLLM: meta-llama/Llama-3.1-8B-Instruct', 8192],
  ]);
  const { architecture } = models.find(({ id }) => id.startsWith('llamacpp/')) ?? {};
  assert.deepEqual(architecture?.input_modalities, ['text', 'image']);
  const embedders = await listed('?output_modalities=embeddings');
  assert.deepEqual(
    embedders.map(({ id }) => id),
    ['lmstudio/text-embedding-nomic-embed-text-v1.5'],
  );
  const rerankers = await listed('?output_modalities=rerank');
  assert.deepEqual(
    rerankers.map(({ id }) => id).filter((id) => id.startsWith('vllm/')),
    ['vllm/BAAI-bge-reranker-v2-m3'],
  );
});

test('each is called under the name it gave, whichever process answers', async () => {
  const calls = (await listed())
    .flatMap(({ id }) => [id, id, id, id])
    .map(async (model) => {
      const answer = await fetch(`${gateway.base}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}`, connection: 'close' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
      });
      const body = (await answer.json()) as { choices?: { message: { content: string } }[] };
      return body.choices?.[0]?.message.content ?? JSON.stringify(body);
    });
  assert.deepEqual([...new Set(await Promise.all(calls))].toSorted(), [
    '/models/gemma-3-4b.gguf of llamacpp',
    'llama3.2:3b of ollama',
    'meta-llama/Llama-3.1-8B-Instruct of vllm',
    'qwen/qwen3-8b of lmstudio',
  ]);
});

const ask = (body: object, more: RequestInit = {}): Promise<Response> =>
  fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, connection: 'close' },
    body: JSON.stringify({ model: 'llamacpp/gemma-3-4b.gguf', ...body }),
    ...more,
  });

test('what llama.cpp was to continue is not in its answer, whole and streamed', async () => {
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'This is ' },
  ];
  const whole = (await (await ask({ messages })).json()) as { choices: { message: { content: string } }[] };
  assert.equal(whole.choices[0]?.message.content, '/models/gemma-3-4b.gguf of llamacpp');
  const stream = await (await ask({ messages, stream: true })).text();
  assert.doesNotMatch(stream, /This is/);
  assert.match(stream, /gguf of llamacpp/);
});

test('who leaves a whole answer of llama.cpp stops it', { timeout: 30_000 }, async () => {
  const leaving = new AbortController();
  const begun = once(left, 'begun');
  const stopped = once(left, 'left');
  const answer = ask({ messages: [{ role: 'user', content: 'For ever' }] }, { signal: leaving.signal });
  await begun;
  leaving.abort();
  await assert.rejects(answer);
  await stopped;
});

test('SIGHUP to the process that was started makes every worker ask again', async () => {
  ollama.push({ id: 'qwen3:0.6b', object: 'model', created: 2, owned_by: 'library' });
  gateway.child.kill('SIGHUP');
  const isKnown = async (): Promise<boolean> => (await listed()).some(({ id }) => id === 'ollama/qwen3:0.6b');
  for (let inARow = 0; inARow < 8; ) {
    inARow = (await isKnown().catch(() => false)) ? inARow + 1 : 0;
    await wait(25);
  }
});
