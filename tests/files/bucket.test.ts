/** Files in a bucket: the same as in a folder, over S3 as a server of its own understands it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, skipReason, startGateway } from '../gateway-process.ts';
import { installPackage } from '../sdks/npm.ts';
import { ask, form, messageOf, onDisk, PDF, upload } from './ask.ts';

/** It knows one key, and takes any signature of the fourth version: those are held against Amazon's own in `auth.test.ts`. */
const server = installPackage('s3rver', '3.7.1');
const skip = skipReason('missing' in server ? server.missing : null);
const KEY = 'S3RVER';
const SECRET = 'a-secret-that-is-never-told';

test('files lie in the bucket alone, are read from it and leave it', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-bucket-'));
  const port = await freePort();
  const main = join('folder' in server ? server.folder : '', 'bin', 's3rver.js');
  const bucket = spawn(process.execPath, [main, '-d', folder, '-p', String(port), '--configure-bucket', 'ours'], {
    stdio: 'ignore',
  });
  after(() => {
    bucket.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}/ours`;
  while (!(await fetch(url).catch(() => null))) await wait(50);
  const settings = (id: string) => ({
    SWITCHWRIGHT_FILES_BUCKET: `${url}/a prefix`,
    SWITCHWRIGHT_FILES_ACCESS_KEY_ID: id,
    SWITCHWRIGHT_FILES_SECRET_ACCESS_KEY: SECRET,
  });
  const inBucket = (): readonly string[] =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
          (name) => name.includes('or_file_') && name.endsWith('_object'),
        )
      : [];

  const gateway = await startGateway({ environment: settings(KEY) });
  const text = 'a line of many\n'.repeat(200_000);
  const made = await ask(gateway, 'POST', '/files', { body: form(text, 'lines.txt', { purpose: 'user_data' }) });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.equal(inBucket().length, 1);
  assert.deepEqual(onDisk(gateway), []);
  const response = await fetch(`${gateway.base}/files/${made.body.id}/content`, {
    headers: { authorization: `Bearer sk-sw-v1-${'a'.repeat(64)}` },
  });
  assert.equal(await response.text(), text);
  const paper = await upload(gateway, PDF, 'paper.pdf');
  const content = [{ type: 'file', file: { file_id: paper.body.id } }];
  const seen = await ask(gateway, 'POST', '/chat/completions', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sandbox/vision', messages: [{ role: 'user', content }] }),
  });
  assert.match(JSON.stringify(seen.body), new RegExp(`file, ${PDF.length} bytes`));
  for (const { body } of [made, paper]) assert.equal((await ask(gateway, 'DELETE', `/files/${body.id}`)).status, 200);
  assert.deepEqual(inBucket(), []);
  await gateway.stop();

  const wrong = await startGateway({ environment: settings('ANOTHER') });
  const refused = await upload(wrong, PDF, 'paper.pdf');
  assert.deepEqual(
    [refused.status, messageOf(refused)],
    [500, 'The file could not be stored. Nothing of it was kept.'],
  );
  assert.match(wrong.output(), /the bucket answered PUT with 403 InvalidAccessKeyId/);
  assert.doesNotMatch(wrong.output(), /a-secret-that/);
  assert.deepEqual([onDisk(wrong), (await ask(wrong, 'GET', '/files')).body.data], [[], []]);
  await wrong.stop();
});
