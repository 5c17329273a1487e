/** A host on this machine, calls to a gateway in front of it, and what of them a client saw. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, ENVIRONMENT } from '../gateway-process.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
/** What one call costs at the prices of the catalogue below: 10 tokens at $1 and 20 at $2 a million. */
export const COST = 0.00005;

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };

async function answer(response: ServerResponse, streamed: boolean): Promise<void> {
  if (!streamed) {
    await wait(Math.random() * 60);
    response.setHeader('content-type', 'application/json');
    const choices = [{ index: 0, message: { role: 'assistant', content: 'whole' }, finish_reason: 'stop' }];
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  for (let at = 0; at < 20; at++) {
    response.write(chunk({ content: ` word${at}` }));
    await wait(Math.random() * 12);
  }
  response.write(chunk({}, 'stop'));
  response.end(
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage })}\n\ndata: [DONE]\n\n`,
  );
}

export type Host = {
  readonly catalogue: { readonly [path: string]: string };
  /** Requests that have arrived. */
  readonly arrived: () => number;
  /** The most that it has answered at one moment since it was asked last. */
  readonly mostAtOnce: () => number;
  readonly close: () => void;
};

/** Answers every call, streamed or whole, within about a tenth of a second. */
export async function startHost(): Promise<Host> {
  let arrived = 0;
  let answering = 0;
  let most = 0;
  const server = createServer((request, response) => {
    arrived++;
    most = Math.max(most, ++answering);
    response.on('close', () => answering--);
    let text = '';
    request.on('data', (bytes) => {
      text += bytes;
    });
    request.on('end', () => void answer(response, JSON.parse(text).stream === true));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  assert(typeof address === 'object' && address);
  const url = `http://127.0.0.1:${address.port}/v1`;
  return {
    catalogue: {
      'providers/host.toml': `name = "Host"\nbase_url = "${url}"\nauth = { scheme = "none" }\n`,
      'models/acme/one.toml': 'name = "One"\n[endpoints.host]\nprice = { input = "1", output = "2" }\n',
    },
    arrived: () => arrived,
    mostAtOnce: () => {
      const seen = most;
      most = answering;
      return seen;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export type Seen = {
  readonly id: string;
  readonly status: number;
  readonly stream: boolean;
  readonly finished: boolean;
  /** What was read, as far as it came. */
  readonly text: string;
};

const APP = { 'http-referer': 'https://spender.example/app', 'x-title': 'Spender' };

type Asking = { readonly stream: boolean; readonly key?: string; readonly maxTokens?: number };

/** One call; what of it a client saw before the line went dead. Rejects if it saw nothing at all. */
export async function call(base: string, { stream, key = API_KEY, maxTokens }: Asking): Promise<Seen> {
  const response = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...APP },
    body: JSON.stringify({
      model: 'acme/one',
      stream,
      messages: [{ role: 'user', content: 'Hello' }],
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    }),
  });
  const id = response.headers.get('x-generation-id') ?? '';
  const { status } = response;
  let text = '';
  try {
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch {
    return { id, status, stream, finished: false, text };
  }
  return { id, status, stream, finished: text.includes(stream ? '[DONE]' : '"usage"'), text };
}

/** Calls side by side, every second one streamed; those that saw something. */
export async function callMany(base: string, count: number, more: Partial<Asking> = {}): Promise<Seen[]> {
  const calls = Array.from({ length: count }, (_, at) => call(base, { stream: at % 2 === 0, ...more }));
  return (await Promise.allSettled(calls)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

export async function getData(base: string, path: string, key = API_KEY): Promise<{ [name: string]: unknown }> {
  const response = await fetch(base + path, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(response.status, 200, `${path}: ${response.status}`);
  return ((await response.json()) as { data: { [name: string]: unknown } }).data;
}

/** Every call of which a client saw something is on record once, whole ones at their whole cost. */
export async function assertOnRecord(base: string, seen: readonly Seen[]): Promise<void> {
  const assertOne = async ({ id, stream, finished }: Seen): Promise<void> => {
    const data = await getData(base, `/generation?id=${id}`);
    const cost = Number(data.total_cost);
    if (finished) assert.equal(cost, COST, 'what was seen whole is charged whole');
    else assert.ok(cost >= 0 && cost < 0.02, `${cost} is within what was held`);
    const { streamed, model, provider_name, origin, api_type } = data;
    assert.deepEqual(
      { streamed, model, provider_name, origin, api_type },
      {
        streamed: stream,
        model: 'acme/one',
        provider_name: 'Host',
        origin: 'https://spender.example',
        api_type: 'completions',
      },
    );
  };
  await Promise.all(seen.filter(({ id }) => id !== '').map(assertOne));
}

/** `switchwright audit` finds nothing; what it says. */
export function audit(folder: string, environment: { readonly [name: string]: string } = {}): string {
  const done = spawnSync(process.execPath, [main, 'audit'], {
    env: { ...ENVIRONMENT, HOME: folder, SWITCHWRIGHT_DATA_DIR: join(folder, 'data'), ...environment },
    encoding: 'utf8',
  });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  return done.stdout;
}
