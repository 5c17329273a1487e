import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putBack, sizeOf } from './blobs.ts';
import { BodyScan } from './body-scan.ts';
import { LIMITS } from './limits.ts';
import { cutInto, parsedOf, received } from './testing/received.ts';

const LONG = 'QUJD'.repeat(25_000);
/** Everything that a JSON string may hold, several times over. */
const TEXT = 'Line\n"quoted" \\ back\\slash\t\u0000\u001f é 中文 😀 \ud83d \udc00 </script> '.repeat(1_000);
const url = (data: string, type = 'image/png'): string => `data:${type};base64,${data}`;

/** What the body says once everything is put back. */
function again(bytes: Buffer, cut: number): { readonly value: unknown; readonly blobs: number; readonly rest: number } {
  const { value, blobs, restBytes } = received(bytes, cut);
  const written = Buffer.concat(putBack(JSON.stringify(value), blobs)).toString();
  return { value: JSON.parse(written), blobs: blobs.length, rest: restBytes };
}

/** Bodies of each dialect, and how much of them is set aside. */
const BODIES: readonly (readonly [name: string, body: object, blobs: number])[] = [
  ['chat', { messages: [{ role: 'user', content: TEXT }], model: 'x' }, 1],
  [
    'chat parts',
    {
      messages: [
        {
          content: [
            { text: TEXT, type: 'text' },
            { type: 'image_url', image_url: { url: url(LONG) } },
          ],
        },
      ],
    },
    2,
  ],
  ['chat file', { messages: [{ content: [{ file: { file_data: url(LONG, 'application/pdf') } }] }] }, 1],
  ['chat audio', { messages: [{ content: [{ type: 'input_audio', input_audio: { data: LONG, format: 'mp3' } }] }] }, 1],
  ['messages', { system: [{ type: 'text', text: TEXT }], messages: [{ content: [{ content: TEXT }] }] }, 2],
  ['messages image', { messages: [{ content: [{ source: { media_type: 'image/png', data: LONG } }] }] }, 1],
  ['messages result', { messages: [{ content: [{ content: [{ type: 'text', text: TEXT }] }] }] }, 1],
  ['responses', { input: TEXT, instructions: TEXT }, 2],
  ['responses items', { input: [{ content: [{ text: TEXT }] }, { output: TEXT }, { output: [{ text: TEXT }] }] }, 3],
  ['gemini', { contents: [{ parts: [{ text: TEXT }, { inlineData: { mimeType: 'audio/mp3', data: LONG } }] }] }, 2],
  [
    'gemini system',
    { system_instruction: { parts: [{ text: TEXT }] }, systemInstruction: { parts: [{ text: TEXT }] } },
    2,
  ],
];

test('what is set aside comes back byte for byte, however the body is cut', () => {
  for (const [name, body, blobs] of BODIES)
    for (const bytes of [Buffer.from(JSON.stringify(body)), Buffer.from(JSON.stringify(body, null, 2))])
      for (const cut of [bytes.length, 65_536, 40_000, 997]) {
        const read = again(bytes, cut);
        assert.deepEqual(read.value, body, `${name} in chunks of ${cut}`);
        const isWhole = cut === bytes.length || name === 'chat' || name === 'responses';
        if (isWhole) assert.equal(read.blobs, blobs, `${name} in chunks of ${cut}`);
        if (isWhole) assert.ok(read.rest < 2_000, name);
      }
});

test('a text that begins anywhere in a chunk is set aside, in chunks of whatever size', () => {
  const text = 'ä\\u00e4\\n"'.replace('"', '\\"').repeat(9_000);
  for (let pad = 0; pad < 20; pad++) {
    const bytes = Buffer.from(`{"messages":[{"role":"${'u'.repeat(pad)}","content":"${text}"}],"stream":true}`);
    for (const cut of [64, 1_000, 4_096]) {
      const { blobs, restBytes } = received(bytes, cut);
      assert.equal(blobs.length, 1, `behind ${pad} in chunks of ${cut}`);
      assert.equal(Buffer.concat(blobs[0] ?? []).toString(), text);
      assert.ok(restBytes < 300);
    }
  }
});

test('single bytes are as good', () => {
  const body = { messages: [{ content: 'é\n"\\😀'.repeat(12_000) }], 'a "name"\\': { text: ['\\', '"', ''] } };
  const read = again(Buffer.from(JSON.stringify(body)), 1);
  assert.deepEqual(read.value, body);
  assert.equal(read.blobs, 1);
});

test('only what nobody reads is set aside', () => {
  const read: readonly object[] = [
    { messages: [{ content: 'x'.repeat(60_000) }] },
    { messages: [{ tool_calls: [{ function: { arguments: JSON.stringify({ content: TEXT }) } }] }] },
    { messages: [{ content: [{ type: 'tool_use', input: { content: TEXT, text: TEXT } }] }] },
    { tools: [{ description: TEXT }], metadata: { content: LONG }, content: LONG, text: LONG, model: LONG },
    { messages: [{ content: [{ source: { media_type: 'text/plain', data: LONG } }] }] },
    { messages: [{ content: [{ image_url: { url: `see ${url(LONG)}` } }] }] },
    { messages: [{ content: [{ file: { file_data: url(LONG, 'text/plain') } }] }] },
  ];
  for (const body of read) {
    const back = again(Buffer.from(JSON.stringify(body)), 65_536);
    assert.deepEqual(back.value, body);
    assert.equal(back.blobs, 0, JSON.stringify(body).slice(0, 80));
  }
});

test('a long value that is not valid is refused like every other', () => {
  const long = 'y'.repeat(100_000);
  const values: readonly (readonly [name: string, value: Buffer])[] = [
    ['no escape', Buffer.from(`${long}\\x41`)],
    ['half an escape', Buffer.from(`${long}\\u12`)],
    ['a control character', Buffer.from(`${long}\u0001${long}`)],
    ['a line break', Buffer.from(`${long}\n`)],
    ['a byte that is no UTF-8', Buffer.concat([Buffer.from(long), Buffer.from([0xff])])],
    ['half a character', Buffer.concat([Buffer.from(long), Buffer.from([0xe4, 0xb8])])],
    ['a surrogate in UTF-8', Buffer.concat([Buffer.from(long), Buffer.from([0xed, 0xa0, 0x80])])],
    ['an overlong form', Buffer.concat([Buffer.from(long), Buffer.from([0xc0, 0xaf]), Buffer.from(long)])],
  ];
  for (const head of ['{"messages":[{"content":"', '{"messages":[{"image_url":{"url":"data:image/png;base64,'])
    for (const [name, value] of values)
      for (const cut of [1e9, 65_536, 1_001]) {
        const scan = new BodyScan(LIMITS.nesting_max);
        const closing = '"}'.concat(head.includes('{"url"') ? '}' : '', ']}');
        for (const chunk of cutInto(Buffer.concat([Buffer.from(head), value, Buffer.from(closing)]), cut))
          assert.equal(scan.push(chunk), null);
        const read = parsedOf(scan);
        assert.ok(!read.ok, `${name} in chunks of ${cut}`);
        assert.match(read.error.message, /not valid (JSON|UTF-8)/);
      }
  const open = new BodyScan(LIMITS.nesting_max);
  open.push(Buffer.from(`{"messages":[{"content":"${long}`));
  assert.equal(parsedOf(open).ok, false, 'a text without an end');
});

test('of many shorter texts only so much is parsed, and what is neither text nor media is bounded', () => {
  const many = {
    messages: Array.from({ length: 200 }, (_, at) => ({ role: 'user', content: `${at} ${'ü'.repeat(25_000)}` })),
  };
  const bytes = Buffer.from(JSON.stringify(many));
  const read = again(bytes, 65_536);
  assert.deepEqual(read.value, many);
  assert.ok(read.rest < 3 * 1024 * 1024, `${read.rest} bytes of ${bytes.length}`);
  const refusal = (body: string): string | undefined => {
    const scan = new BodyScan(LIMITS.nesting_max);
    for (const chunk of cutInto(Buffer.from(body), 65_536)) {
      const fault = scan.push(chunk);
      if (fault) return fault.message;
    }
    return undefined;
  };
  const mib = 1024 * 1024;
  assert.match(refusal(`{"a":[${'1234567890123456789012,'.repeat(390_000)}1]}`) ?? '', /more than 8 MB beside/);
  assert.match(refusal(JSON.stringify({ tools: [{ description: '\n'.repeat(5 * mib) }] })) ?? '', /more than 8 MB/);
  assert.match(refusal(JSON.stringify({ x: Array(400).fill('é'.repeat(15_000)) })) ?? '', /more than 8 MB/);
  assert.equal(refusal(JSON.stringify({ input: 'é'.repeat(5 * mib) })), undefined);
  assert.equal(
    refusal(JSON.stringify({ data: 'x'.repeat(20 * mib), list: Array(300).fill('y'.repeat(60_000)) })),
    undefined,
  );
});

test('blanks between values are left out, those inside of them are not', () => {
  const blanks = ' \n\t\r'.repeat(200_000);
  const bytes = Buffer.from(
    `${blanks}{${blanks}"a"${blanks}:${blanks}[1,${blanks}"${' '.repeat(90_000)}"]${blanks}}${blanks}`,
  );
  for (const cut of [bytes.length, 65_536, 997]) {
    const { value, restBytes } = received(bytes, cut);
    assert.deepEqual(value, { a: [1, ' '.repeat(90_000)] });
    assert.ok(restBytes < 90_000 + 0.1 * bytes.length);
  }
});

test('no turn has more than a chunk to work through: what is set aside is never joined', () => {
  const { blobs } = received({ input: 'ab"\n'.repeat(2_000_000) });
  assert.equal(blobs.length, 1);
  for (const piece of blobs[0] ?? []) assert.ok(piece.length <= 65_536 + 512);
  assert.equal(sizeOf(blobs[0] ?? []), 6 * 2_000_000);
});
