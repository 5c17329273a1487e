/** PDFs for models that read none: their text in the file's place, through a whole gateway. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { startInstance } from '../rights/instance.ts';
import { pdf } from './make-pdf.ts';

type Body = {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly stream?: boolean;
};
const asked: Body[] = [];
const host = createServer(async (request, answer) => {
  let text = '';
  for await (const bytes of request) text += bytes;
  const body = JSON.parse(text) as Body;
  asked.push(body);
  const shared = { id: 'x', created: 1, model: 'gpt-4' };
  if (body.stream) {
    const chunk = (delta: object, finish_reason: string | null) =>
      `data: ${JSON.stringify({ ...shared, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    answer.setHeader('content-type', 'text/event-stream');
    return void answer.end(
      `${chunk({ role: 'assistant', content: 'Read.' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`,
    );
  }
  const message = { role: 'assistant', content: 'Read.' };
  const whole = { ...shared, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] };
  answer.setHeader('content-type', 'application/json').end(JSON.stringify(whole));
});
await new Promise<void>((ready) => host.listen(0, '127.0.0.1', ready));
const instance = await startInstance({
  OPENAI_API_KEY: 'sk-test',
  OPENAI_BASE_URL: `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1`,
});
after(async () => {
  await instance.close();
  host.close();
});

const asFile = (base64: string) => ({
  type: 'file',
  file: { filename: 'offer.pdf', file_data: `data:application/pdf;base64,${base64}` },
});
const question = (base64: string) => ({
  role: 'user',
  content: [{ type: 'text', text: 'What does it cost?' }, asFile(base64)],
});
async function chat(body: object) {
  const answer = await fetch(`${instance.origin}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { ...instance.headersOf('caller'), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at
  const json: any = text.startsWith('{') ? JSON.parse(text) : null;
  return { status: answer.status, json, text };
}
/** The prompt that the provider got last, as one text. */
const sent = (): string => JSON.stringify(asked.at(-1)?.messages);

const BLIND = 'openai/gpt-4';
const TWO_PAGES = pdf(['The bicycle costs 940 euros', 'Delivery is free']);

test('a model that reads no files is given the text, unasked, and the answer brings it along', async () => {
  const { status, json, text } = await chat({ model: BLIND, messages: [question(TWO_PAGES)] });
  assert.equal(status, 200, text);
  assert.match(sent(), /PDF \\"offer\.pdf\\":\\nThe bicycle costs 940 euros\\n\\nDelivery is free/);
  const [{ type, file }] = json.choices[0].message.annotations;
  assert.deepEqual([type, file.name, file.hash.length], ['file', 'offer.pdf', 64]);
  assert.match(file.content[0].text, /^The bicycle costs 940 euros\n\nDelivery is free$/);
});

test('a stream brings it along, too', async () => {
  const { text } = await chat({ model: BLIND, stream: true, messages: [question(TWO_PAGES)] });
  assert.match(text, /"annotations":\[\{"type":"file","file":\{"hash":"[0-9a-f]{64}"/);
});

test('what an earlier answer brought along is not read again', async () => {
  const { json } = await chat({ model: BLIND, messages: [question(TWO_PAGES)] });
  const [{ file }] = json.choices[0].message.annotations;
  const annotations = [
    { type: 'file', file: { ...file, content: [{ type: 'text', text: 'As it was read before.' }] } },
  ];
  const messages = [
    question(TWO_PAGES),
    { role: 'assistant', content: 'Read.', annotations },
    { role: 'user', content: 'Sure?' },
  ];
  assert.equal((await chat({ model: BLIND, messages })).status, 200);
  assert.match(sent(), /As it was read before\./);
  assert.doesNotMatch(sent(), /940 euros/);
});

const engine = (name: string) => ({ plugins: [{ id: 'file-parser', pdf: { engine: name } }] });

test('a model that reads files gets the file, unless the text is asked for', async () => {
  const model = 'openai/gpt-4.1';
  await chat({ model, messages: [question(TWO_PAGES)] });
  assert.match(sent(), /"file_data":"data:application\/pdf;base64,/);
  for (const name of ['pdf-text', 'cloudflare-ai']) {
    await chat({ model, messages: [question(TWO_PAGES)], ...engine(name) });
    assert.match(sent(), /940 euros/);
  }
});

test('what cannot be done is said in words', async () => {
  for (const [what, body, words] of [
    ['OCR', { messages: [question(TWO_PAGES)], ...engine('mistral-ocr') }, /OCR is not set up here/],
    ['native', { messages: [question(TWO_PAGES)], ...engine('native') }, /support file input/],
    [
      'turned off',
      { messages: [question(TWO_PAGES)], plugins: [{ id: 'file-parser', enabled: false }] },
      /support file input/,
    ],
    ['an engine that there is not', { messages: [question(TWO_PAGES)], ...engine('ocr') }, /plugins\[0\]\.pdf\.engine/],
    ['no text', { messages: [question(pdf(['']))] }, /The PDF offer\.pdf: it has no text layer/],
    [
      'no PDF',
      { messages: [question(Buffer.from('hello').toString('base64'))] },
      /The PDF offer\.pdf: it could not be read/,
    ],
    ['half a PDF', { messages: [question(TWO_PAGES.slice(0, 400))] }, /The PDF offer\.pdf: /],
    [
      'too many',
      { messages: [{ role: 'user', content: Array.from({ length: 9 }, () => asFile(TWO_PAGES)) }] },
      /More than 8 PDFs/,
    ],
  ] as const) {
    const { status, json, text } = await chat({ model: BLIND, ...body });
    assert(status === 400 || status === 404, `${what}: ${text}`);
    assert.match(json.error.message, words, what);
  }
});

test('a file that swells up ends in words, and the gateway goes on', async () => {
  const swollen = pdf(['x'], () => Buffer.alloc(160 * 1024 * 1024, '(x) Tj '));
  const { status, json } = await chat({ model: BLIND, messages: [question(swollen)] });
  assert.equal(status, 400);
  assert.match(json.error.message, /The PDF offer\.pdf: /);
  assert.equal((await chat({ model: BLIND, messages: [question(TWO_PAGES)] })).status, 200);
});
