import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import { fault } from '../../../base/fault.ts';
import { isObject, parseJson } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import { collect } from '../../../call/collect.ts';
import type { Event } from '../../../call/event.ts';
import { usageOf } from '../../../call/usage.ts';
import type { AnswerContext } from '../../dialect.ts';
import { geminiClient } from './index.ts';

/** What the model will answer next, and the call that the program sent last. */
let script: Event[] = [];
let received: Call | undefined;
let server: Server;
let ai: GoogleGenAI;

const answerTo = (call: Call): AnswerContext => ({
  id: 'gen-1',
  created: 1_770_000_000,
  model: 'acme/small',
  provider: 'Acme',
  call,
  newId: (prefix) => `${prefix}-1`,
});

before(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = parseJson(Buffer.concat(chunks).toString());
    const tail = /^\/v1(?:beta)?\/models\/([^?]+)/.exec(request.url ?? '')?.[1];
    assert(tail !== undefined && isObject(body));
    const call = geminiClient.decodeCall(body, { headers: {}, params: { '*': decodeURIComponent(tail) } });
    if (!call.ok) {
      const refusal = geminiClient.encodeFault(call.error, { id: null });
      response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(JSON.stringify(refusal.body));
      return;
    }
    received = call.value;
    if (call.value.stream) {
      response.writeHead(200, { 'content-type': geminiClient.streamContentType });
      response.write(geminiClient.keepAlive);
      const encode = geminiClient.encodeEvents(answerTo(call.value));
      for (const event of script) response.write(encode(event));
      response.end();
      return;
    }
    const reply = collect(script);
    assert(reply.ok);
    const json = JSON.stringify(geminiClient.encodeReply(reply.value, answerTo(call.value)));
    response.writeHead(200, { 'content-type': 'application/json' }).end(json);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  ai = new GoogleGenAI({ apiKey: 'sk-test', httpOptions: { baseUrl: `http://127.0.0.1:${port}` } });
});
after(() => server.close());

const usage: Event = { type: 'usage', usage: usageOf({ input: 7, output: 3, outputReasoning: 2, inputCacheRead: 4 }) };
const finish = (reason: 'stop' | 'tool_calls'): Event => ({ type: 'finish', choice: 0, reason, native: 'end_turn' });

test('a plain answer', async () => {
  script = [
    { type: 'start' },
    { type: 'text', choice: 0, text: 'Bonjour' },
    { type: 'text', choice: 0, text: ' !' },
    finish('stop'),
    usage,
    { type: 'end' },
  ];
  const answer = await ai.models.generateContent({
    model: 'acme/small:free',
    contents: 'Say hello in French',
    config: { temperature: 0.5, maxOutputTokens: 20, systemInstruction: 'Be brief.' },
  });
  assert.equal(answer.text, 'Bonjour !');
  assert.equal(answer.candidates?.[0]?.finishReason, 'STOP');
  assert.deepEqual([answer.usageMetadata?.promptTokenCount, answer.usageMetadata?.candidatesTokenCount], [11, 3]);
  assert.equal(answer.usageMetadata?.totalTokenCount, 16);
  assert.equal(received?.model, 'acme/small:free');
  assert.equal(received?.sampling.temperature, 0.5);
  assert.equal(received?.maxOutputTokens, 20);
  assert.deepEqual(received?.messages[0], { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] });
});

test('a streamed conversation with thoughts and a tool, in which another vendor keeps its signature', async () => {
  script = [
    { type: 'start' },
    { type: 'reasoning', choice: 0, index: 0, kind: 'text', text: 'Look ', format: 'anthropic-claude-v1' },
    { type: 'reasoning', choice: 0, index: 0, kind: 'text', text: 'it up.', format: 'anthropic-claude-v1' },
    {
      type: 'reasoning',
      choice: 0,
      index: 0,
      kind: 'text',
      text: '',
      signature: 'c2ln',
      format: 'anthropic-claude-v1',
    },
    { type: 'text', choice: 0, text: 'One moment.' },
    { type: 'tool-start', choice: 0, index: 0, id: 'toolu_1', name: 'weather' },
    { type: 'tool-arguments', choice: 0, index: 0, text: '{"city":' },
    { type: 'tool-arguments', choice: 0, index: 0, text: '"Oslo"}' },
    finish('tool_calls'),
    usage,
    { type: 'end' },
  ];
  const chat = ai.chats.create({
    model: 'acme/small',
    config: {
      thinkingConfig: { includeThoughts: true },
      tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: { type: 'object' } }] }],
    },
  });
  let text = '';
  const thoughts: string[] = [];
  const calls: unknown[] = [];
  for await (const chunk of await chat.sendMessageStream({ message: 'Weather in Oslo?' })) {
    for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
      if (part.thought) thoughts.push(part.text ?? '');
      else text += part.text ?? '';
    }
    calls.push(...(chunk.functionCalls ?? []));
  }
  assert.equal(text, 'One moment.');
  assert.equal(thoughts.join(''), 'Look it up.');
  assert.deepEqual(calls, [{ id: 'toolu_1', name: 'weather', args: { city: 'Oslo' } }]);

  script = [{ type: 'start' }, { type: 'text', choice: 0, text: 'Rain.' }, finish('stop'), { type: 'end' }];
  const response = { functionResponse: { id: 'toolu_1', name: 'weather', response: { output: 'rain' } } };
  for await (const chunk of await chat.sendMessageStream({ message: [response] })) assert.ok(chunk.responseId);
  assert.deepEqual(received?.messages.slice(1), [
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', kind: 'text', text: 'Look it up.', signature: 'c2ln', format: 'anthropic-claude-v1' },
        { type: 'text', text: 'One moment.' },
        { type: 'tool-call', id: 'toolu_1', name: 'weather', arguments: '{"city":"Oslo"}' },
      ],
    },
    { role: 'tool', callId: 'toolu_1', name: 'weather', parts: [{ type: 'text', text: 'rain' }] },
  ]);
});

test('a refused request and a stream that breaks off both throw', async () => {
  const wrong = ai.models.generateContent({ model: 'm', contents: 'Hi', config: { temperature: 9 } });
  await assert.rejects(wrong, (error: Error & { status?: number }) => {
    assert.equal(error.status, 400);
    return /generationConfig\.temperature/.test(error.message);
  });
  script = [
    { type: 'start' },
    { type: 'text', choice: 0, text: 'Half' },
    { type: 'fault', fault: fault('upstream_truncated', 'The answer broke off.') },
  ];
  const stream = await ai.models.generateContentStream({ model: 'm', contents: 'Hi' });
  const drain = async (): Promise<void> => {
    for await (const chunk of stream) assert.equal(chunk.text, 'Half');
  };
  await assert.rejects(drain(), /The answer broke off/);
});
