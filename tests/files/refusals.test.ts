/** What is wrong with an upload is told in the sender's words, and nothing of it is left behind. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, startGateway } from '../gateway-process.ts';
import { open } from '../hostile/raw.ts';
import { type Answer, ask, form, messageOf, onDisk, PDF, stranger, upload } from './ask.ts';

const MIB = 1024 * 1024;
const gateway = await startGateway({ environment: { SWITCHWRIGHT_FILES_MB: '3' } });
after(() => gateway.stop());

const BOUNDARY = 'q7';
const part = (head: string, body: string): string =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
const multipart = (...parts: string[]): { body: string; headers: Record<string, string> } => ({
  body: `${parts.join('')}--${BOUNDARY}--\r\n`,
  headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
});

/** What a broken connection left is cleared away a moment later. */
async function nothingLeft(): Promise<void> {
  while (onDisk(gateway).length > 0) await wait(10);
}

const WRONG: readonly (readonly [what: string, asked: Parameters<typeof ask>[3], status: number, message: RegExp])[] = [
  [
    'no form',
    { body: '{}', headers: { 'content-type': 'application/json' } },
    400,
    /multipart\/form-data, in the field/,
  ],
  [
    'a form without a boundary',
    { body: 'x', headers: { 'content-type': 'multipart/form-data; a=b' } },
    400,
    /boundary/,
  ],
  [
    'a form that ends early',
    {
      ...multipart(part('name="file"; filename="a.txt"', 'hello')),
      body: part('name="file"; filename="a.txt"', 'hello'),
    },
    400,
    /ends early/,
  ],
  ['a form without a file', multipart(part('name="purpose"', 'batch')), 400, /holds no file/],
  ['a file by another name', multipart(part('name="data"; filename="a.txt"', 'hello')), 400, /its file is named data/],
  [
    'two files',
    multipart(part('name="file"; filename="a"', 'x'), part('name="file"; filename="b"', 'y')),
    400,
    /two files/,
  ],
  [
    'a field without an end',
    multipart(part('name="purpose"', 'x'.repeat(5_000)), part('name="file"; filename="a"', 'x')),
    400,
    /purpose is too long/,
  ],
  [
    'more fields than a form has',
    multipart(...Array.from({ length: 20 }, (_, at) => part(`name="f${at}"`, 'x'))),
    400,
    /too many parts/,
  ],
  ['an empty file', { body: form('') }, 400, /empty/],
  ['a purpose that is none', { body: form('hello', 'a.txt', { purpose: 'mischief' }) }, 400, /purpose: one of/],
  [
    'an end that is none',
    { body: form('hello', 'a.txt', { 'expires_after[seconds]': '5' }) },
    400,
    /expires_after\[seconds\]/,
  ],
  ['bytes of no kind that is kept', { body: form(Buffer.from([0, 1, 2, 3, 255]), 'a.pdf') }, 400, /of no kind/],
  [
    'a program that calls itself a picture',
    { body: form(Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), 'a.png') },
    400,
    /of no kind/,
  ],
  [
    'more than the workspace may keep',
    { body: form(Buffer.alloc(3 * MIB + 1, 'a')) },
    413,
    /no room for this file: it may keep 3 MB/,
  ],
  ['another provider', { body: form('x') }, 400, /leave provider out/],
];

describe('an upload is refused and leaves nothing', () => {
  for (const [what, asked, status, message] of WRONG)
    test(what, async () => {
      const query = what === 'another provider' ? '?provider=openai' : '';
      const answer = await ask(gateway, 'POST', `/files${query}`, asked);
      assert.match(messageOf(answer), message);
      assert.equal(answer.status, status);
      await nothingLeft();
      const { body } = await ask(gateway, 'GET', '/files');
      assert.deepEqual(body.data, []);
    });

  test('one that announces more than a file may have is not read', async () => {
    const socket = await open(gateway.origin);
    let got = '';
    socket.on('data', (bytes) => (got += bytes));
    const { headers } = multipart();
    socket.write(
      `POST /v1/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\ncontent-type: ${headers['content-type']}\r\ncontent-length: ${200 * MIB}\r\n\r\n`,
    );
    while (!got.includes('larger than 100 MB')) await wait(5);
    assert.match(got, /^HTTP\/1.1 413 /);
    socket.destroy();
    await nothingLeft();
  });

  test('one that never says how long it is ends at the limit', async () => {
    const socket = await open(gateway.origin);
    let got = '';
    socket.on('data', (bytes) => (got += bytes));
    socket.write(
      `POST /v1/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\ncontent-type: multipart/form-data; boundary=q7\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    const head = '--q7\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';
    socket.write(`${head.length.toString(16)}\r\n${head}\r\n`);
    const piece = Buffer.alloc(MIB, 'a');
    for (let sent = 0; sent < 102 && !socket.destroyed && got === ''; sent++) {
      socket.write(`${MIB.toString(16)}\r\n`);
      if (!socket.write(Buffer.concat([piece, Buffer.from('\r\n')])))
        await new Promise((next) => socket.once('drain', next));
    }
    while (!got.includes('larger than 100 MB')) await wait(5);
    assert.match(got, /^HTTP\/1.1 413 /);
    socket.destroy();
    await nothingLeft();
  });

  test('one whose client leaves', async () => {
    const socket = await open(gateway.origin);
    const head = part('name="file"; filename="a.txt"', 'hello '.repeat(20_000)).slice(0, -2);
    socket.write(
      `POST /v1/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\ncontent-type: multipart/form-data; boundary=${BOUNDARY}\r\ncontent-length: 500000\r\n\r\n${head}`,
    );
    while (onDisk(gateway).length === 0) await wait(5);
    assert.match(onDisk(gateway)[0] ?? '', /^arriving\//);
    socket.destroy();
    await nothingLeft();
  });

  test('nobody without a key sends a byte of it', async () => {
    const answer = await ask(gateway, 'POST', '/files', { key: `sk-${'1'.repeat(40)}`, body: form(PDF) });
    assert.equal(answer.status, 401);
    await nothingLeft();
  });
});

test('a workspace sees none of another’s files, by whatever way it asks', async () => {
  const other = await stranger(gateway, 'next-door');
  const { body } = await upload(gateway, PDF, 'ours.pdf');
  for (const [method, path] of [
    ['GET', `/files/${body.id}`],
    ['DELETE', `/files/${body.id}`],
    ['GET', `/files/${body.id}/content`],
  ] as const)
    assert.equal((await ask(gateway, method, path, { key: other.key })).status, 404, `${method} ${path}`);
  assert.deepEqual((await ask(gateway, 'GET', '/files', { key: other.key })).body.data, []);
  assert.deepEqual((await ask(gateway, 'GET', `/files?ids=${body.id}`, { key: other.key })).body.data, []);
  const elsewhere = await ask(gateway, 'GET', `/files?workspace_id=${other.workspace}`);
  assert.equal(elsewhere.status, 404);
  const named = JSON.stringify({
    model: 'sandbox/vision',
    messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: body.id } }] }],
  });
  const json = { headers: { 'content-type': 'application/json' }, body: named };
  const refused = await ask(gateway, 'POST', '/chat/completions', { ...json, key: other.key });
  assert.deepEqual([refused.status, messageOf(refused)], [404, `There is no file ${body.id}.`]);
  assert.equal((await ask(gateway, 'POST', '/chat/completions', json)).status, 200);
  assert.equal((await ask(gateway, 'DELETE', `/files/${body.id}`)).status, 200);
  await nothingLeft();
});

test('what many send at once stays within the quota, and what is deleted makes room', async () => {
  const { key } = await stranger(gateway, 'crowded');
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, at) => upload(gateway, Buffer.alloc(MIB, 65 + at), `${at}.txt`, key)),
  );
  const statusOf = ({ status }: Answer): number => status;
  assert.deepEqual(answers.map(statusOf).sort(), [200, 200, 200, 413, 413, 413, 413, 413]);
  const kept = answers.filter(({ status }) => status === 200);
  assert.equal(onDisk(gateway).length, 3);
  for (const { body } of kept) assert.equal((await ask(gateway, 'DELETE', `/files/${body.id}`, { key })).status, 200);
  assert.deepEqual(onDisk(gateway), []);
  assert.equal((await upload(gateway, PDF, 'a.pdf', key)).status, 200);
});
