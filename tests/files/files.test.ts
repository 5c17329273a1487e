/** Files through the running gateway, as the clients' own libraries send and read them. */
import assert from 'node:assert/strict';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { OpenRouter } from '@openrouter/sdk';
import OpenAI from 'openai';
import { API_KEY, startGateway } from '../gateway-process.ts';

const gateway = await startGateway({ environment: { SWITCHWRIGHT_FILES_MB: '120' } });
after(() => gateway.stop());
const openai = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: `${gateway.origin}/api`, apiKey: API_KEY, maxRetries: 0 });
const openrouter = new OpenRouter({ serverURL: gateway.base, apiKey: API_KEY, retryConfig: { strategy: 'none' } });

const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n');
const LINES = '{"a":1}\n{"a":2}\n';

test('the OpenAI client uploads, lists, reads, downloads and deletes a file', async () => {
  const path = join(gateway.folder, 'lines.jsonl');
  writeFileSync(path, LINES);
  const made = await openai.files.create({
    file: createReadStream(path),
    purpose: 'batch',
    expires_after: { anchor: 'created_at', seconds: 7_200 },
  });
  assert.match(made.id, /^or_file_[0-9a-z]{24}$/);
  assert.deepEqual(
    { ...made, id: '', created_at: 0, expires_at: 0 },
    {
      _shape: 'openai',
      id: '',
      object: 'file',
      bytes: LINES.length,
      created_at: 0,
      expires_at: 0,
      filename: 'lines.jsonl',
      purpose: 'batch',
      status: 'processed',
    },
  );
  assert.equal(made.expires_at, made.created_at + 7_200);
  assert.deepEqual(await openai.files.retrieve(made.id), made);
  const seen: string[] = [];
  for await (const file of openai.files.list({ purpose: 'batch' })) seen.push(file.id);
  assert.deepEqual(seen, [made.id]);
  assert.equal(await (await openai.files.content(made.id)).text(), LINES);
  const gone = await openai.files.delete(made.id);
  assert.deepEqual({ ...gone }, { _shape: 'openai', id: made.id, object: 'file', deleted: true });
  await assert.rejects(openai.files.retrieve(made.id), (error: Error) => error instanceof OpenAI.NotFoundError);
  await assert.rejects(openai.files.content(made.id), (error: Error) => error instanceof OpenAI.NotFoundError);
});

test('the OpenRouter client does the same in its own shape, page by page', async () => {
  const files = [];
  for (const name of ['one.pdf', 'two.pdf', 'three.pdf'])
    files.push(await openrouter.files.upload({ requestBody: { file: { fileName: name, content: PDF } } }));
  const [first] = files;
  assert.ok(first?.shape === 'openrouter');
  assert.deepEqual(
    { ...first, id: '', createdAt: '' },
    {
      shape: 'openrouter',
      id: '',
      createdAt: '',
      type: 'file',
      filename: 'one.pdf',
      mimeType: 'application/pdf',
      sizeBytes: PDF.length,
      downloadable: false,
    },
  );
  const names: string[] = [];
  for await (const { result } of await openrouter.files.list({ limit: 2 }))
    if (result.shape === 'openrouter') names.push(...result.data.map(({ filename }) => filename));
  assert.deepEqual(names, ['one.pdf', 'two.pdf', 'three.pdf']);
  const again = await openrouter.files.retrieve({ fileId: first.id });
  assert.deepEqual(again, first);
  await assert.rejects(openrouter.files.download({ fileId: first.id }), /not given back/);
  for (const file of files)
    if (file.shape === 'openrouter') {
      const gone = await openrouter.files.delete({ fileId: file.id });
      assert.deepEqual(gone, { shape: 'openrouter', id: file.id, type: 'file_deleted' });
    }
});

test('the Anthropic client does the same in its shape', async () => {
  const made = await anthropic.beta.files.upload({
    file: await toFile(PDF, 'a "quoted" name.pdf'),
    expires_in_seconds: 3_600,
  });
  assert.equal(made.filename, 'a "quoted" name.pdf');
  assert.deepEqual(
    [made.type, made.mime_type, made.size_bytes, made.downloadable],
    ['file', 'application/pdf', PDF.length, false],
  );
  assert.equal(Date.parse(made.expires_at ?? '') - Date.parse(made.created_at), 3_600_000);
  const other = await anthropic.beta.files.upload({ file: await toFile(Buffer.from('hello'), 'b.txt') });
  const seen: string[] = [];
  for await (const file of anthropic.beta.files.list({ limit: 1 })) seen.push(file.id);
  assert.deepEqual(seen, [other.id, made.id], 'the newest first');
  assert.deepEqual({ ...(await anthropic.beta.files.retrieveMetadata(made.id)) }, { ...made });
  for (const { id } of [made, other]) assert.equal((await anthropic.beta.files.delete(id)).type, 'file_deleted');
  await assert.rejects(
    anthropic.beta.files.retrieveMetadata(made.id),
    (error: Error) => error instanceof Anthropic.NotFoundError && /no such file/.test(error.message),
  );
});
