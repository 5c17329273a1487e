/** Files as Google's library uploads them: announced, then sent to an address of their own, in one piece or several. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { ask, onDisk, PDF, stranger, upload } from './ask.ts';

const gateway = await startGateway({ environment: { SWITCHWRIGHT_WORKERS: '2', SWITCHWRIGHT_FILES_MB: '40' } });
after(() => gateway.stop());
const google = new GoogleGenAI({ apiKey: API_KEY, httpOptions: { baseUrl: gateway.origin } });

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

type Begun = { readonly status: number; readonly url: string; readonly body: { readonly error?: object } };

async function begin(headers: Record<string, string> = {}, body: object = {}, key = API_KEY): Promise<Begun> {
  const answer = await fetch(`${gateway.origin}/upload/v1beta/files?key=${key}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-goog-upload-protocol': 'resumable',
      'x-goog-upload-command': 'start',
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return {
    status: answer.status,
    url: answer.headers.get('x-goog-upload-url') ?? '',
    body: (await answer.json()) as object,
  };
}

/** On a connection of its own, so that either process may get it. */
async function send(
  url: string,
  command: string,
  offset: number | null = null,
  bytes: Uint8Array<ArrayBuffer> = EMPTY,
) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      connection: 'close',
      'x-goog-upload-command': command,
      ...(offset !== null && { 'x-goog-upload-offset': String(offset) }),
    },
    body: bytes,
  });
  const { headers, status } = answer;
  const body = (await answer.json()) as { file?: { name: string }; error?: { message: string; status: string } };
  return {
    status,
    body,
    state: headers.get('x-goog-upload-status'),
    received: headers.get('x-goog-upload-size-received'),
  };
}
const EMPTY = new Uint8Array();
const left = (): readonly string[] => onDisk(gateway).filter((path) => path.startsWith('arriving'));

test('Google’s library uploads a file, names it in a call, lists, reads and deletes it', async () => {
  const path = join(gateway.folder, 'dot.png');
  writeFileSync(path, PNG);
  const file = await google.files.upload({ file: path, config: { mimeType: 'image/png', displayName: 'A dot' } });
  assert.match(file.name ?? '', /^files\/or_file_[0-9a-z]{24}$/);
  assert.deepEqual(
    [file.displayName, file.mimeType, file.sizeBytes, file.state],
    ['A dot', 'image/png', String(PNG.length), 'ACTIVE'],
  );
  const kept = Date.parse(file.expirationTime ?? '') - Date.parse(file.createTime ?? '');
  assert.equal(kept, 48 * 3_600_000);
  const answer = await google.models.generateContent({
    model: 'sandbox/vision',
    contents: [
      {
        role: 'user',
        parts: [{ text: 'What is it?' }, { fileData: { fileUri: file.uri ?? '', mimeType: file.mimeType ?? '' } }],
      },
    ],
  });
  assert.match(answer.text ?? '', /image\/png|PNG|1×1|1x1/i);
  const names = [];
  for await (const one of await google.files.list({ config: { pageSize: 1 } })) names.push(one.name);
  assert.ok(names.includes(file.name));
  assert.equal((await google.files.get({ name: file.name ?? '' })).uri, file.uri);
  await google.files.delete({ name: file.name ?? '' });
  await assert.rejects(google.files.get({ name: file.name ?? '' }), /There is no such file/);
  assert.deepEqual(left(), []);
});

test('what is longer than a piece comes in several, whichever process they reach', async () => {
  const bytes = Buffer.alloc(17 * 1024 * 1024 + 5, 'a line of text\n');
  const file = await google.files.upload({ file: new Blob([bytes]), config: { mimeType: 'text/plain' } });
  assert.deepEqual([file.sizeBytes, file.mimeType], [String(bytes.length), 'text/plain']);
  const found = await ask(gateway, 'GET', `/files/${(file.name ?? '').slice('files/'.length)}`);
  assert.equal(found.body.size_bytes, bytes.length);
  await google.files.delete({ name: file.name ?? '' });
});

test('a piece may come again, and an upload is gone on from where it is', async () => {
  const { url } = await begin({ 'x-goog-upload-header-content-length': '10' });
  assert.deepEqual((await send(url, 'upload', 0, Buffer.from('01234'))).received, '5');
  assert.deepEqual((await send(url, 'upload', 0, Buffer.from('abcd'))).received, '4');
  const ahead = await send(url, 'upload', 7, Buffer.from('x'));
  assert.equal(ahead.status, 400);
  assert.match(ahead.body.error?.message ?? '', /4 bytes are here/);
  const { state, received } = await send(url, 'query');
  assert.deepEqual([state, received], ['active', '4']);
  const short = await send(url, 'finalize');
  assert.match(short.body.error?.message ?? '', /10 bytes; 4 have come/);
  const over = await send(url, 'upload', 4, Buffer.from('efghijk'));
  assert.match(over.body.error?.message ?? '', /More bytes come than were announced/);
  const done = await send(url, 'upload, finalize', 4, Buffer.from('efghij'));
  assert.deepEqual([done.status, done.state], [200, 'final']);
  assert.equal((await send(url, 'query')).status, 404);
  const id = done.body.file?.name.slice('files/'.length);
  assert.equal((await ask(gateway, 'GET', `/files/${id}`)).body.size_bytes, 10);
  assert.deepEqual(left(), []);
});

test('what is wrong is refused in Google’s words, and nothing stays', async () => {
  const cases: readonly [Record<string, string>, object, RegExp][] = [
    [{ 'x-goog-upload-protocol': 'multipart' }, {}, /resumable/],
    [{ 'x-goog-upload-command': 'upload' }, {}, /resumable/],
    [{ 'x-goog-upload-header-content-length': '-1' }, {}, /number of bytes/],
    [{ 'x-goog-upload-header-content-length': '104857601' }, {}, /larger than 100 MB/],
    [{}, { file: { name: 'files/mine' } }, /given out by this gateway/],
  ];
  for (const [headers, body, words] of cases) {
    const answer = await begin(headers, body);
    assert.ok(answer.status >= 400, String(answer.status));
    assert.match(JSON.stringify(answer.body.error), words);
  }
  assert.equal((await begin({}, {}, 'sk-or-v1-nobody')).status, 401);
  const unknown = await send(`${gateway.origin}/upload/v1beta/files/${'0'.repeat(48)}`, 'query');
  assert.deepEqual([unknown.status, unknown.body.error?.status], [404, 'NOT_FOUND']);
  const { url } = await begin();
  assert.equal((await send(url, 'upload, dance', 0)).status, 400);
  assert.match((await send(url, 'finalize')).body.error?.message ?? '', /empty/);
  const nothing = await begin();
  await send(nothing.url, 'upload', 0, Buffer.from([0, 1, 2, 3]));
  assert.match((await send(nothing.url, 'finalize')).body.error?.message ?? '', /of no kind/);
  const cancelled = await begin();
  assert.equal((await send(cancelled.url, 'cancel')).state, 'cancelled');
  assert.deepEqual(left(), []);
});

test('a key has eight uploads under way at most, and none when it is gone', async () => {
  const { key, hash } = await stranger(gateway, 'uploads');
  const urls = [];
  for (let at = 0; at < 8; at++) urls.push((await begin({}, {}, key)).url);
  const more = await begin({}, {}, key);
  assert.equal(more.status, 503);
  assert.equal((await begin()).status, 200);
  await ask(gateway, 'DELETE', `/keys/${hash}`, { key: MANAGEMENT_KEY });
  const gone = await send(urls[0] ?? '', 'upload', 0, Buffer.from('x'));
  assert.ok(gone.status === 401 || gone.status === 403 || gone.status === 404, String(gone.status));
});

test('files of another workspace are none', async () => {
  const { key } = await stranger(gateway, 'elsewhere');
  const other = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: gateway.origin } });
  const { body } = await upload(gateway, PDF, 'own.pdf');
  const name = `files/${body.id}`;
  await assert.rejects(other.files.get({ name }), /There is no such file/);
  await assert.rejects(other.files.delete({ name }), /There is no such file/);
  assert.equal((await google.files.get({ name })).name, name);
});
