/** A file that was uploaded once is named by its id in every dialect, and reaches models as its bytes. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { API_KEY, startGateway } from '../gateway-process.ts';
import { RED_PNG, SEEN } from '../sdks/prove.ts';
import { ask, messageOf, PDF, upload } from './ask.ts';

const gateway = await startGateway();
after(() => gateway.stop());
const openai = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: `${gateway.origin}/api`, apiKey: API_KEY, maxRetries: 0 });
const google = new GoogleGenAI({ apiKey: API_KEY, httpOptions: { baseUrl: `${gateway.origin}/api` } });
const model = 'sandbox/vision';

const red = (
  await openai.files.create({ file: await toFile(Buffer.from(RED_PNG, 'base64'), 'red.png'), purpose: 'vision' })
).id;
const pdf = (await upload(gateway, PDF, 'paper.pdf')).body.id;
/** Longer than what is sent as a string. */
const LONG = Buffer.concat([PDF, Buffer.alloc(1_000_001, 'x')]);
const long = (await upload(gateway, LONG, 'long.pdf')).body.id;
const tell = 'What do you see?';

describe('a picture', () => {
  test('in a chat, as a file', async () => {
    const content = [
      { type: 'text', text: tell },
      { type: 'file', file: { file_id: red } },
    ] as const;
    const answer = await openai.chat.completions.create({ model, messages: [{ role: 'user', content: [...content] }] });
    assert.match(answer.choices[0]?.message.content ?? '', SEEN);
  });
  test('in a response, as a picture and as a file, streamed', async () => {
    const content = [
      { type: 'input_text', text: tell },
      { type: 'input_image', file_id: red, detail: 'auto' },
      { type: 'input_file', file_id: red },
    ] as const;
    const stream = openai.responses.stream({ model, input: [{ role: 'user', content: [...content] }] });
    const { output_text } = await stream.finalResponse();
    assert.match(output_text, /shown 2 things/);
    assert.equal(output_text.match(new RegExp(SEEN, 'g'))?.length, 2);
  });
  test('in a message, by its source', async () => {
    const answer = await anthropic.beta.messages.create({
      model,
      max_tokens: 100,
      betas: ['files-api-2025-04-14'],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'file', file_id: red } },
            { type: 'text', text: tell },
          ],
        },
      ],
    });
    const [block] = answer.content;
    assert.match(block?.type === 'text' ? block.text : '', SEEN);
  });
  test('in Google’s words, by its resource and by an address of it', async () => {
    for (const fileUri of [`files/${red}`, `${gateway.origin}/api/v1beta/files/${red}`]) {
      const contents = [{ role: 'user', parts: [{ fileData: { fileUri, mimeType: 'image/png' } }, { text: tell }] }];
      assert.match((await google.models.generateContent({ model, contents })).text ?? '', SEEN);
    }
  });
});

describe('a document', () => {
  const told = (bytes: Buffer): RegExp => new RegExp(`file, ${bytes.length} bytes`);
  test('in a chat, short and long, through each wire format of a provider', async () => {
    for (const [id, bytes] of [
      [pdf, PDF],
      [long, LONG],
    ] as const) {
      const content = [
        { type: 'text', text: tell },
        { type: 'file', file: { file_id: id } },
      ] as const;
      const answer = await openai.chat.completions.create({
        model,
        messages: [{ role: 'user', content: [...content] }],
      });
      assert.match(answer.choices[0]?.message.content ?? '', told(bytes));
    }
  });
  test('in a message', async () => {
    const source = { type: 'file', file_id: long } as const;
    const answer = await anthropic.beta.messages.create({
      model,
      max_tokens: 100,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'document', source },
            { type: 'text', text: tell },
          ],
        },
      ],
    });
    const [block] = answer.content;
    assert.match(block?.type === 'text' ? block.text : '', told(LONG));
  });
});

test('a picture is drawn from by its id, and only a picture', async () => {
  const draw = (id: string) =>
    ask(gateway, 'POST', '/images/edits', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sandbox/image', prompt: 'greener', images: [{ file_id: id }] }),
    });
  const refused = await draw(pdf);
  assert.deepEqual([refused.status, messageOf(refused)], [400, `The file ${pdf} is no picture but application/pdf.`]);
  assert.match(messageOf(await draw('file-of-somebody')), /no file that was uploaded here/);
  const drawn = await draw(red);
  assert.equal(drawn.status, 200, JSON.stringify(drawn.body));
});

test('a file that is gone, and one that is too large for models, are told before anything is charged', async () => {
  const say = (id: string) =>
    ask(gateway, 'POST', '/chat/completions', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: id } }] }] }),
    });
  const large = (await upload(gateway, Buffer.alloc(26 * 1024 * 1024, 'a'), 'large.txt')).body.id;
  const refused = await say(large);
  assert.deepEqual(
    [refused.status, messageOf(refused)],
    [413, `The file ${large} is larger than the 25 MB that models take.`],
  );
  const missing = `or_file_${'0'.repeat(24)}`;
  assert.deepEqual(messageOf(await say(missing)), `There is no file ${missing}.`);
});
