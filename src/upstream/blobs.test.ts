import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { received } from '../base/testing/received.ts';
import type { Call } from '../call/call.ts';
import { withReadTexts } from '../call/kept-texts.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import { CLIENT_DIALECTS, DIALECTS, UPSTREAM_DIALECTS } from '../dialects/registry.ts';
import { sampleTarget } from '../dialects/samples.ts';
import { chatErrand } from './chat-errand.ts';
import type { Credential } from './credentials.ts';
import { realWorld } from './world.ts';
import { writeRequest } from './write-request.ts';

const data = 'QUJD'.repeat(25_000);
const url = `data:image/png;base64,${data}`;
/** What JSON must escape, what UTF-8 writes in several bytes, and halves of characters. */
const long = (name: string): string => `${name}: "a\\b"\n\t\u0000\u001f é 中 😀 \ud800 {"x": [1]} `.repeat(3_000);
const object = JSON.stringify({ rows: Array.from({ length: 9_000 }, (_, at) => `row ${at} "é"\n`) });
const called = { id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } };
const tools = [{ type: 'function', function: { name: 'read', parameters: { type: 'object', properties: {} } } }];

type Asked = { readonly client: string; readonly body: JsonObject; readonly kept: number };
const ASKED: { readonly [name: string]: Asked } = {
  'chat with everything': {
    client: 'openai-chat',
    kept: 7,
    body: {
      model: 'x',
      tools,
      messages: [
        { role: 'system', content: long('system') },
        { role: 'user', name: 'Ann', content: long('named') },
        { role: 'assistant', content: long('said'), tool_calls: [called] },
        { role: 'tool', tool_call_id: 'call_1', content: object },
        {
          role: 'user',
          content: [
            { type: 'text', text: long('first') },
            { type: 'image_url', image_url: { url } },
            { type: 'text', text: 'short' },
            { type: 'image_url', image_url: { url: url.replace('QUJD', 'REVG') } },
          ],
        },
      ],
    },
  },
  'chat whose answer is begun': {
    client: 'openai-chat',
    kept: 2,
    body: {
      model: 'x',
      messages: [
        { role: 'user', content: long('question') },
        { role: 'assistant', content: `${long('begun')}  \n` },
      ],
    },
  },
  messages: {
    client: 'anthropic-messages',
    kept: 4,
    body: {
      model: 'x',
      max_tokens: 9,
      system: [{ type: 'text', text: long('system') }],
      tools: [{ name: 'read', input_schema: { type: 'object', properties: {} } }],
      messages: [
        { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'read', input: { text: long('in') } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: long('result') }] },
        { role: 'user', content: long('question') },
      ],
    },
  },
  responses: {
    client: 'openai-responses',
    kept: 4,
    body: {
      model: 'x',
      instructions: long('instructions'),
      input: [
        { role: 'user', content: [{ type: 'input_text', text: long('question') }] },
        { type: 'function_call', call_id: 'call_1', name: 'read', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: long('result') },
        { type: 'some_future_item', output: long('foreign') },
        { role: 'user', content: 'go on' },
      ],
    },
  },
  gemini: {
    client: 'gemini',
    kept: 3,
    body: {
      systemInstruction: { parts: [{ text: long('system') }] },
      contents: [
        { role: 'user', parts: [{ text: long('question') }, { inlineData: { mimeType: 'image/png', data } }] },
      ],
    },
  },
};

/** The body that an endpoint of this dialect is sent for the same call, set aside or not. */
function sent(id: DialectId, { client, body, kept }: Asked, isSetAside: boolean): unknown {
  const { value, blobs } = isSetAside ? received(body, 10_000) : { value: body, blobs: [] };
  const params = { '*': 'x:generateContent' };
  const decoded = CLIENT_DIALECTS.chat[client]?.decodeCall(value, { headers: {}, params });
  assert.ok(decoded?.ok, JSON.stringify(decoded).slice(0, 300));
  const call: Call = isSetAside ? withReadTexts({ ...decoded.value, blobs }) : decoded.value;
  assert.equal(blobs.length, isSetAside ? kept : 0);
  const target = sampleTarget(id);
  let ids = 0;
  const world = { ...realWorld(), newId: (prefix: string) => `${prefix}-${ids++}` };
  const translated = chatErrand({ world, dialects: DIALECTS }, call).translate(target);
  assert.ok(translated.ok);
  const credential = { expand: (text: string) => text } as Credential;
  const written = writeRequest(translated.value[0], target, credential, { assets: new Map(), blobs: [...blobs] });
  if (!written.ok) return written.error.message;
  const { body: pieces } = written.value.request;
  assert.equal(typeof pieces === 'string', !isSetAside);
  return JSON.parse(typeof pieces === 'string' ? pieces : Buffer.concat(pieces ?? []).toString());
}

for (const [name, asked] of Object.entries(ASKED))
  test(`every provider is sent the same whether long values went through as text or as bytes: ${name}`, () => {
    for (const id of Object.keys(UPSTREAM_DIALECTS.chat) as DialectId[])
      assert.deepEqual(sent(id, asked, true), sent(id, asked, false), id);
  });
