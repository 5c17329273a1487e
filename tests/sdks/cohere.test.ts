/** Cohere's second API through its own libraries, with the sandbox behind the gateway. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { API_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { installPackage } from './npm.ts';
import { pythonWithRankers } from './python.ts';

const gateway = await startGateway();
after(() => gateway.stop());
const environment = gateway.base.replace('/v1', '');

const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

const library = installPackage('cohere-ai', '8.1.0');
const skip = skipReason('missing' in library ? library.missing : null);
const clientOf = async () => {
  assert('folder' in library);
  const { CohereClientV2 } = await import(pathToFileURL(join(library.folder, 'index.js')).href);
  return new CohereClientV2({ environment, token: API_KEY });
};

test('cohere-ai talks to a model, whole and streamed', { skip }, async () => {
  const client = await clientOf();
  const messages = [{ role: 'user', content: 'One two three' }];
  const whole = await client.chat({ model: 'sandbox/echo', messages, maxTokens: 50 });
  assert.match(whole.id, /^gen-/);
  assert.equal(whole.finishReason, 'COMPLETE');
  assert.deepEqual(whole.message.content, [{ type: 'text', text: 'One two three' }]);
  assert.equal(whole.usage.billedUnits.outputTokens, whole.usage.tokens.outputTokens);
  let told = '';
  const types = new Set<string>();
  let last: { finishReason?: string; usage?: { tokens: { outputTokens: number } } } = {};
  for await (const event of await client.chatStream({ model: 'sandbox/echo', messages })) {
    types.add(event.type);
    if (event.type === 'content-delta') told += event.delta.message.content.text;
    if (event.type === 'message-end') last = event.delta;
  }
  assert.equal(told, 'One two three');
  assert.deepEqual([...types], ['message-start', 'content-start', 'content-delta', 'content-end', 'message-end']);
  assert.deepEqual([last.finishReason, last.usage?.tokens.outputTokens], ['COMPLETE', 3]);
  const cut = await client.chat({ model: 'sandbox/lorem', messages, maxTokens: 3 });
  assert.equal(cut.finishReason, 'MAX_TOKENS');
});

test('cohere-ai calls tools, whole and streamed, and gives their results back', { skip }, async () => {
  const client = await clientOf();
  const messages: object[] = [{ role: 'user', content: 'What is the weather in Paris?' }];
  const asked = { model: 'sandbox/tools', tools: [WEATHER] };
  const first = await client.chat({ ...asked, messages });
  assert.equal(first.finishReason, 'TOOL_CALL');
  const [call] = first.message.toolCalls;
  assert.deepEqual(
    [call.type, call.function.name, JSON.parse(call.function.arguments)],
    ['function', 'get_weather', { city: 'Paris' }],
  );
  let [name, input, id] = ['', '', ''];
  const types: string[] = [];
  for await (const event of await client.chatStream({ ...asked, messages })) {
    types.push(event.type);
    if (event.type === 'tool-call-start')
      ({
        id,
        function: { name },
      } = event.delta.message.toolCalls);
    if (event.type === 'tool-call-delta') input += event.delta.message.toolCalls.function.arguments;
  }
  assert.deepEqual([name, JSON.parse(input)], ['get_weather', { city: 'Paris' }]);
  assert.ok(id !== '' && types.includes('tool-call-end'));
  messages.push(first.message, {
    role: 'tool',
    toolCallId: call.id,
    content: [{ type: 'document', document: { data: { sky: 'sunny, 21 degrees' } } }],
  });
  const second = await client.chat({ ...asked, messages });
  assert.match(second.message.content[0].text, /get_weather returned .*sunny, 21 degrees/);
});

test('cohere-ai thinks, is held to a schema, and gives documents', { skip }, async () => {
  const client = await clientOf();
  const messages = [{ role: 'user', content: 'Think about it.' }];
  const thought = await client.chat({ model: 'sandbox/reasoner', messages, thinking: { type: 'enabled' } });
  assert.deepEqual(
    thought.message.content.map(({ type }: { type: string }) => type),
    ['thinking', 'text'],
  );
  const jsonSchema = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };
  const held = await client.chat({
    model: 'sandbox/json',
    messages,
    responseFormat: { type: 'json_object', jsonSchema },
  });
  assert.equal(typeof JSON.parse(held.message.content[0].text).age, 'number');
  const documents = [{ id: 'one', data: { title: 'Rain', snippet: 'It falls.' } }];
  const read = await client.chat({ model: 'sandbox/echo', messages, documents });
  assert.equal(
    read.message.content[0].text,
    'Documents:\n{"id":"one","data":{"title":"Rain","snippet":"It falls."}}\nThink about it.',
  );
});

test('cohere-ai embeds texts, and is told of errors by their status', { skip }, async () => {
  const client = await clientOf();
  const told = await client.embed({
    model: 'sandbox/embed',
    texts: ['one', 'two'],
    inputType: 'search_document',
    embeddingTypes: ['float'],
    outputDimension: 8,
  });
  assert.deepEqual(
    told.embeddings.float.map((vector: number[]) => vector.length),
    [8, 8],
  );
  assert.deepEqual(told.texts, ['one', 'two']);
  assert.ok(told.meta.billedUnits.inputTokens > 0);
  const once = { maxRetries: 0 };
  const messages = [{ role: 'user', content: 'Hi' }];
  const embed = { model: 'sandbox/embed', inputType: 'search_query' };
  for (const [ask, status] of [
    [() => client.chat({ model: 'sandbox/error-429', messages }, once), 429],
    [() => client.chat({ model: 'no/such', messages }, once), 400],
    [() => client.chat({ model: 'sandbox/echo', messages: [] }, once), 400],
    [() => client.embed({ ...embed, texts: ['a'], embeddingTypes: ['int8'] }, once), 400],
    [() => client.embed({ ...embed, texts: [] }, once), 400],
  ] as const)
    await assert.rejects(ask(), (error: { statusCode?: number; body?: { message?: string } }) => {
      assert.equal(error.statusCode, status, String(error));
      assert.equal(typeof error.body?.message, 'string');
      return true;
    });
});

const python = pythonWithRankers();
test('cohere for Python does the same', { skip: skipReason('missing' in python ? python.missing : null) }, async () => {
  assert.ok('python' in python);
  const program = join(import.meta.dirname, 'cohere_program.py');
  const child = spawn(python.python, [program, environment, API_KEY], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [said, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.equal(said.trim(), 'ok', complaints);
});
