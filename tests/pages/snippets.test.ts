import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { samplesOf } from '../../src/http/pages/samples.ts';
import { ENVIRONMENT } from '../gateway-process.ts';
import { readCatalogue } from './instance.ts';

const KEY = 'sk-sw-v1-0123';
const CHAT = {
  id: 'gen-1',
  object: 'chat.completion',
  created: 1,
  model: 'openai/gpt-4.1-mini',
  provider: 'OpenAI',
  system_fingerprint: null,
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      logprobs: null,
      message: { role: 'assistant', content: 'Hello', refusal: null },
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const MESSAGE = {
  id: 'gen-1',
  type: 'message',
  role: 'assistant',
  model: 'openai/gpt-4.1-mini',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};
const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ ...CHAT, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const STREAM = `${chunk({ role: 'assistant', content: 'Hel' }, null)}${chunk({ content: 'lo' }, 'stop')}data: [DONE]\n\n`;

type Asked = { readonly path: string; readonly key: string; readonly body: { stream?: boolean; model?: string } };
const asked: Asked[] = [];

/** Stands in for an instance: notes what it was asked and says hello in the shape of the path. */
const server = createServer(async (request, response) => {
  let text = '';
  for await (const part of request) text += part;
  const body = JSON.parse(text || '{}') as Asked['body'];
  asked.push({ path: request.url ?? '', key: request.headers.authorization ?? '', body });
  const isStream = body.stream === true;
  response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
  response.end(isStream ? STREAM : JSON.stringify(request.url?.endsWith('/messages') ? MESSAGE : CHAT));
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const folder = mkdtempSync(join(import.meta.dirname, '.run-'));
after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const RUNNERS: { readonly [language: string]: string } = { typescript: process.execPath, shell: 'sh' };
const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const hasPython = has('python3');

/** Runs a file as a reader would: the key in the environment, nothing else. */
async function run(program: string, path: string): Promise<{ output: string; asked: Asked | undefined }> {
  asked.length = 0;
  const child = spawn(program, [path], { env: { ...ENVIRONMENT, SWITCHWRIGHT_API_KEY: KEY } });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes;
  });
  child.stderr.on('data', (bytes: Buffer) => {
    output += bytes;
  });
  const status = await new Promise<number | null>((ended) => child.on('close', ended));
  assert.equal(status, 0, output);
  return { output, asked: asked[0] };
}

for (const id of ['openai/gpt-4.1-mini', 'meta-llama/llama-3.3-70b-instruct']) {
  const model = readCatalogue().models.get(id);
  assert.ok(model);
  for (const [at, sample] of samplesOf(model, `${origin}/api/v1`).entries()) {
    const program = RUNNERS[sample.language];
    if (program)
      test(`the ${sample.label} sample of ${id} runs and asks for it`, async () => {
        const path = resolve(folder, `sample-${model.slug}-${at}.${sample.language === 'shell' ? 'sh' : 'ts'}`);
        writeFileSync(path, sample.text);
        const { output, asked: first } = await run(program, path);
        assert.match(output, /Hello/);
        assert.equal(first?.path, '/api/v1/chat/completions');
        assert.equal(first?.body.model, id);
        assert.equal(JSON.stringify(first?.body).includes('image_url'), model.input.includes('image'));
      });
    if (sample.language === 'python')
      test(`the Python sample of ${id} is Python`, { skip: hasPython ? false : 'SKIPPED: there is no python3' }, () => {
        const parsed = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
          input: sample.text,
        });
        assert.equal(parsed.status, 0, parsed.stderr.toString());
      });
  }
}
