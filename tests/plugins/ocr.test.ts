/** PDFs that have no text, for models that read no files: read by a model of the operator's choice, as a leg of the call. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { startInstance } from '../rights/instance.ts';
import { pdf } from './make-pdf.ts';

const READER = 'gpt-4.1';
const BLIND = 'openai/gpt-4';
let scanned = 'The bicycle costs 940 euros';
const asked: { readonly model: string; readonly messages: unknown }[] = [];
const host = createServer(async (request, answer) => {
  let text = '';
  for await (const bytes of request) text += bytes;
  const body = JSON.parse(text) as { model: string; stream?: boolean; messages: unknown };
  asked.push(body);
  const isReader = body.model.startsWith(READER);
  if (isReader && scanned === 'broken') {
    answer.statusCode = 400;
    return void answer.end(JSON.stringify({ error: { message: 'The file is damaged.' } }));
  }
  const content = isReader ? scanned : 'Read.';
  const shared = { id: 'x', created: 1, model: body.model };
  const usage = { prompt_tokens: 1_000, completion_tokens: 10, total_tokens: 1_010 };
  if (body.stream) {
    const chunk = (delta: object, finish_reason: string | null, more: object = {}) =>
      `data: ${JSON.stringify({ ...shared, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }], ...more })}\n\n`;
    answer.setHeader('content-type', 'text/event-stream');
    return void answer.end(`${chunk({ content }, null)}${chunk({}, 'stop', { usage })}data: [DONE]\n\n`);
  }
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify({ ...shared, object: 'chat.completion', choices, usage }));
});
await new Promise<void>((ready) => host.listen(0, '127.0.0.1', ready));
const instance = await startInstance({
  OPENAI_API_KEY: 'sk-test',
  OPENAI_BASE_URL: `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1`,
  SWITCHWRIGHT_OCR_MODEL: `openai/${READER}`,
});
after(async () => {
  await instance.close();
  host.close();
});

const SCAN = pdf(['']);
const question = (base64: string) => ({
  role: 'user',
  content: [
    { type: 'text', text: 'What does it cost?' },
    { type: 'file', file: { filename: 'offer.pdf', file_data: `data:application/pdf;base64,${base64}` } },
  ],
});
const engine = (name: string) => ({ plugins: [{ id: 'file-parser', pdf: { engine: name } }] });

async function chat(body: object) {
  asked.length = 0;
  const answer = await fetch(`${instance.origin}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { ...instance.headersOf('caller'), 'content-type': 'application/json' },
    body: JSON.stringify({ model: BLIND, ...body }),
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at
  const json: any = text.startsWith('{') ? JSON.parse(text) : null;
  const receipt = await instance.composed.storage.records.find(answer.headers.get('x-generation-id') ?? '');
  return { status: answer.status, json, text, receipt };
}
const models = (): string[] => asked.map(({ model }) => model.slice(0, READER.length));

test('a PDF without text is read by the model for that, within the call, and the answer brings the text along', async () => {
  scanned = 'The bicycle costs 940 euros';
  const { status, json, text, receipt } = await chat({ messages: [question(SCAN)] });
  assert.equal(status, 200, text);
  assert.deepEqual(models(), [READER, 'gpt-4']);
  assert.match(JSON.stringify(asked[0]?.messages), /application\/pdf;base64/);
  assert.match(JSON.stringify(asked[1]?.messages), /PDF \\"offer\.pdf\\":\\nThe bicycle costs 940 euros/);
  assert.deepEqual(
    receipt?.legs?.map(({ purpose, name, by }) => [purpose, name, by]),
    [
      ['model', 'file-parser', `openai/${READER}`],
      ['plugin', 'file-parser', `openai/${READER}`],
      ['answer', undefined, undefined],
    ],
  );
  const [reading] = receipt?.legs ?? [];
  assert.ok(reading && reading.cost > 0n);
  assert.equal(receipt?.bill.serverToolCost, reading.cost);
  const { annotations } = json.choices[0].message;
  assert.equal(annotations[0].file.content[0].text, 'The bicycle costs 940 euros');
  const again = await chat({
    messages: [
      question(SCAN),
      { role: 'assistant', content: 'Read.', annotations },
      { role: 'user', content: 'Sure?' },
    ],
  });
  assert.equal(again.status, 200, again.text);
  assert.deepEqual(models(), ['gpt-4'], 'it is not read a second time');
});

test('a stream brings it along, too', async () => {
  const { text } = await chat({ messages: [question(SCAN)], stream: true });
  assert.match(text, /"annotations":\[\{"type":"file","file":\{"hash":"[0-9a-f]{64}"/);
  assert.match(text, /940 euros/);
});

test('the engine that is named decides', async () => {
  const TEXT = pdf(['The text layer']);
  const ocr = await chat({ messages: [question(TEXT)], ...engine('mistral-ocr') });
  assert.equal(ocr.status, 200, ocr.text);
  assert.deepEqual(models(), [READER, 'gpt-4']);
  const layer = await chat({ messages: [question(TEXT)], ...engine('auto') });
  assert.equal(layer.status, 200, layer.text);
  assert.deepEqual(models(), ['gpt-4'], 'what has a text layer costs nothing');
  const refused = await chat({ messages: [question(SCAN)], ...engine('pdf-text') });
  assert.equal(refused.status, 400);
  assert.match(refused.json.error.message, /it has no text layer; the engine mistral-ocr reads it/);
});

test('what cannot be read is told, and the model of the call is not asked', async () => {
  for (const [content, words] of [
    ['', /nothing could be read/],
    ['broken', /The file is damaged|Provider/],
  ] as const) {
    scanned = content;
    const { status, text } = await chat({ messages: [question(SCAN)] });
    assert.ok(status >= 400, text);
    assert.match(text, words);
    assert.ok(!models().includes('gpt-4'));
  }
});

test('a text that is longer than the window of the model is told as such', async () => {
  scanned = 'word '.repeat(20_000);
  const { status, text } = await chat({ messages: [question(SCAN)] });
  assert.equal(status, 400, text);
  assert.match(text, /fits no model/);
});
