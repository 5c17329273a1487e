/** The AI SDK's provider for OpenAI over `/responses`, as it comes: a tool session in which it refers to items by their ids. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { API_KEY, ENVIRONMENT, skipReason, startGateway } from '../gateway-process.ts';
import { installPackage } from './npm.ts';

const installed = installPackage('@ai-sdk/openai', '4.0.118');
const skip = skipReason('missing' in installed ? installed.missing : null);

/** A host of chat completions: thinks and calls a tool, then answers with what it was told; `busy` always fails. */
const asked: { messages: { role: string; content: unknown; tool_calls?: unknown[] }[] }[] = [];
const host = createServer((request, response) => {
  let text = '';
  request.on('data', (bytes) => (text += bytes));
  request.on('end', () => {
    const body = JSON.parse(text);
    asked.push(body);
    if (body.model === 'busy') {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"Too busy.","type":"overloaded_error"}}');
      return;
    }
    const result = body.messages.findLast(({ role }: { role: string }) => role === 'tool');
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1,"b":2}' } };
    const delta = result
      ? { role: 'assistant', content: `It is ${result.content}.` }
      : { role: 'assistant', reasoning_content: 'A sum.', content: 'Let me add. ', tool_calls: [call] };
    const finish = result ? 'stop' : 'tool_calls';
    const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
    const head = { id: 'c', created: 1, model: body.model };
    if (!body.stream) {
      response.setHeader('content-type', 'application/json');
      const { index: _, ...whole } = call;
      const message = result ? delta : { ...delta, tool_calls: [whole] };
      const choices = [{ index: 0, message, finish_reason: finish }];
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
      return;
    }
    response.setHeader('content-type', 'text/event-stream');
    for (const chunk of [
      { choices: [{ index: 0, delta, finish_reason: null }] },
      { choices: [{ index: 0, delta: {}, finish_reason: finish }] },
      { choices: [], usage },
    ])
      response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...chunk })}\n\n`);
    response.end('data: [DONE]\n\n');
  });
});
await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));
const model = (name: string): string =>
  `name = "${name}"\ncontext = 200_000\n[endpoints.adder]\nupstream_id = "${name}"\nfeatures = ["tools"]\nprice = { input = "1", output = "2" }\n`;
const gateway = await startGateway({
  catalogue: {
    'providers/adder.toml': `base_url = "http://127.0.0.1:${(host.address() as AddressInfo).port}/v1"\nauth = { scheme = "none" }\n`,
    'models/adder/add.toml': model('add'),
    'models/adder/busy.toml': model('busy'),
  },
});
after(async () => {
  host.closeAllConnections();
  host.close();
  await gateway.stop();
});

const PROGRAM = `
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
const { createOpenAI } = await import(process.env.PROVIDER);
const openai = createOpenAI({ baseURL: process.env.BASE, apiKey: process.env.KEY });
const add = tool({
  inputSchema: jsonSchema({ type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } }),
  execute: async ({ a, b }) => a + b,
});
const options = { model: openai.responses(process.env.MODEL), tools: { add }, stopWhen: stepCountIs(3), prompt: 'Add.', maxRetries: 0 };
try {
  if (process.env.MANNER === 'whole') console.log(JSON.stringify({ text: (await generateText(options)).text }));
  else {
    let text = '';
    let error;
    const stream = streamText({ ...options, onError: (event) => { error = String(event.error?.message ?? event.error); } });
    for await (const piece of stream.textStream) text += piece;
    console.log(JSON.stringify({ text, error }));
  }
} catch (error) {
  console.log(JSON.stringify({ error: String(error.message) }));
}
`;

async function run(name: string, manner: 'whole' | 'streamed'): Promise<{ text?: string; error?: string }> {
  asked.length = 0;
  const folder = 'folder' in installed ? installed.folder : '';
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    cwd: join(import.meta.dirname, '../..'),
    env: {
      ...ENVIRONMENT,
      PROVIDER: `file://${join(folder, 'dist', 'index.js')}`,
      BASE: gateway.base,
      KEY: API_KEY,
      MODEL: `adder/${name}`,
      MANNER: manner,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (errors += bytes));
  await new Promise((ended) => child.on('close', ended));
  const line = output.trim().split('\n').at(-1) ?? '';
  assert.ok(line.startsWith('{'), `${dirname(folder)}: ${output}${errors}`);
  return JSON.parse(line);
}

describe('@ai-sdk/openai', { skip }, () => {
  for (const manner of ['whole', 'streamed'] as const) {
    test(`${manner}: a tool session ends with the answer, and the vendor sees the call that its result answers`, async () => {
      const { text, error } = await run('add', manner);
      assert.equal(error, undefined);
      assert.match(text ?? '', /It is 3\.$/);
      const roles = asked.at(-1)?.messages.map(({ role }) => role);
      assert.deepEqual(roles, ['user', 'assistant', 'tool']);
      const [, said] = asked.at(-1)?.messages ?? [];
      assert.equal(said?.tool_calls?.length, 1);
      // What it referred to by its id only.
      assert.equal(said?.content, 'Let me add. ');
    });
    test(`${manner}: a fault is an error to it`, async () => {
      const { text, error } = await run('busy', manner);
      assert.equal(text ?? '', '');
      assert.match(error ?? '', /busy|overloaded/i);
    });
  }
});
