/**
 * Streams that end badly, count too often, or carry what no client wants, as real programs hear them through the
 * gateway: the first of these clients' readers that sees a clean end in a broken answer would take half of it for all.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { API_KEY, ENVIRONMENT, skipReason, startGateway } from '../gateway-process.ts';
import { installPackage } from './npm.ts';
import { pythonWithClients } from './python.ts';
import { READERS } from './readers.ts';

const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const chunk = (delta: object, more: object = {}, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;

/** What the host streams, by the model's name. */
const STREAMS: { readonly [model: string]: readonly string[] } = {
  broken: [chunk({ role: 'assistant', content: 'Hel' })],
  refused: [chunk({ role: 'assistant', content: 'Hel' }), 'data: {"error":{"message":"Boom","code":500}}\n\n'],
  counting: [
    chunk({ role: 'assistant', content: 'Hel' }, { usage: USAGE }),
    chunk({ content: 'lo' }, { usage: USAGE }),
    chunk({}, { usage: USAGE }, 'stop'),
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [], usage: USAGE, x_groq: { usage: USAGE } })}\n\n`,
    'data: [DONE]\n\n',
  ],
  numbered: [
    ': begun\n\n',
    `id: 1\nretry: 5\n${chunk({ role: 'assistant', content: 'Hel' })}`,
    ': still here\n\n',
    `id: 2\nevent: message\n${chunk({ content: 'lo' })}`,
    `id: 3\n${chunk({}, {}, 'stop')}`,
    'data: [DONE]\n\n',
  ],
};

const host = createServer((call, response) => {
  let text = '';
  call.on('data', (bytes) => (text += bytes));
  call.on('end', async () => {
    const { model } = JSON.parse(text);
    response.setHeader('content-type', 'text/event-stream');
    for (const frame of STREAMS[model] ?? []) {
      response.write(frame);
      // Long enough for keep-alives of ours to go out between the vendor's frames.
      if (model === 'numbered') await new Promise((done) => setTimeout(done, 60));
    }
    response.end();
  });
});
host.listen(0, '127.0.0.1');
await once(host, 'listening');
const gateway = await startGateway({
  catalogue: {
    'providers/host.toml': `name = "Host"\nbase_url = "http://127.0.0.1:${(host.address() as AddressInfo).port}/v1"\nauth = { scheme = "none" }\n`,
    ...Object.fromEntries(
      Object.keys(STREAMS).map((name) => [
        `models/acme/${name}.toml`,
        `name = "${name}"\n[endpoints.host]\nupstream_id = "${name}"\nprice = { input = "1", output = "2" }\n`,
      ]),
    ),
  },
  environment: { SWITCHWRIGHT_KEEP_ALIVE_MS: '20' },
});
after(async () => {
  await gateway.stop();
  host.closeAllConnections();
  host.close();
});

const BROKEN = ['broken', 'refused'];
const CHATS = Object.entries(READERS).filter(([name]) => !/Responses|anthropic|genai/.test(name));

describe('a stream that breaks is no answer to anybody', () => {
  for (const [name, readerOf] of CHATS)
    test(name, async () => {
      for (const model of BROKEN) {
        const answer = await readerOf(gateway)(`acme/${model}`, true).catch((error: Error) => error);
        if (answer instanceof Error) continue;
        assert.equal(name, '@langchain/openrouter', `${model}: ${JSON.stringify(answer)}`);
        assert.equal(answer.finish, 'error', 'it hears nothing but the finish reason');
      }
    });

  const aiSdk = installPackage('@ai-sdk/openai', '4.0.118');
  test('ai with @ai-sdk/openai', { skip: skipReason('missing' in aiSdk ? aiSdk.missing : null) }, async () => {
    assert('folder' in aiSdk);
    const { createOpenAI } = await import(pathToFileURL(join(aiSdk.folder, 'dist/index.js')).href);
    const provider = createOpenAI({ baseURL: gateway.base, apiKey: API_KEY });
    const prompt = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }];
    for (const model of BROKEN)
      for (const open of [provider.chat, provider.completion]) {
        type Opened = { readonly stream: AsyncIterable<{ type: string; error?: unknown }> };
        const { stream } = await whenAsked<Opened>(() => open(`acme/${model}`).doStream({ prompt }));
        const parts: { type: string; error?: unknown }[] = [];
        for await (const part of stream) parts.push(part);
        assert.ok(
          parts.some(({ type }) => type === 'error'),
          `${model}: ${JSON.stringify(parts)}`,
        );
      }
  });
});

/** A host that only ever breaks is asked a few times a second: as programs do, this one waits and asks again. */
async function whenAsked<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (cause) {
      const { statusCode, responseHeaders } = cause as {
        statusCode?: number;
        responseHeaders?: { [name: string]: string };
      };
      if (statusCode !== 503) throw cause;
      await wait(1_000 * Number(responseHeaders?.['retry-after'] ?? 1));
    }
  }
}

type Told = {
  readonly model: string;
  readonly client: string;
  readonly text?: string;
  readonly error?: string;
  readonly tokens?: readonly number[];
};

/** What every client made of every stream. */
async function inPython(python: string): Promise<Told[]> {
  const program = join(import.meta.dirname, 'clients.py');
  const models = Object.keys(STREAMS).map((name) => `acme/${name}`);
  const child = spawn(python, [program, gateway.base, API_KEY, ...models], { env: ENVIRONMENT });
  let output = '';
  let complaints = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (complaints += bytes));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, complaints);
  const lines = output.trim().split('\n');
  assert.equal(lines.length, models.length * 5);
  return lines.map((line) => JSON.parse(line));
}

const installed = pythonWithClients();
test('the same in Python', { skip: skipReason('missing' in installed ? installed.missing : null) }, async () => {
  assert('python' in installed);
  for (const { model, client, text, error, tokens } of await inPython(installed.python)) {
    const at = `${model}, ${client}`;
    if (/broken|refused/.test(model)) assert.ok(error, `${at} took "${text}" for the whole answer`);
    // A vendor that counts in every chunk is counted once; its comments and numbers, and our keep-alives, trouble nobody.
    else assert.deepEqual([text, error], ['Hello', undefined], at);
    if (/counting/.test(model) && tokens) assert.deepEqual(tokens, [11, 7], at);
  }
});
