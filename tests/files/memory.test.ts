/** However large a file is, it is never in memory: what the process holds does not follow what has come, or gone out. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, startGateway } from '../gateway-process.ts';
import { open } from '../hostile/raw.ts';
import { ask, form, onDisk } from './ask.ts';

const MIB = 1024 * 1024;
/** The most that an upload or a download of any size may hold. */
const HELD_MIB_MAX = 16;
const SIZE_MIB = 100;
const STEPS = [10, 50, 99];

const gateway = await startGateway();
after(() => gateway.stop());

function within(before: number, held: readonly number[]): void {
  const told = held.map((size) => (size - before).toFixed(1)).join(', ');
  for (const size of held) assert.ok(size - before <= HELD_MIB_MAX, `held ${told} MiB`);
}

test('100 MB come in and go out within 16 MB, wherever they stop', async () => {
  const warm = await ask(gateway, 'POST', '/files', { body: form('hello', 'a.txt', { purpose: 'user_data' }) });
  assert.equal((await ask(gateway, 'DELETE', `/files/${warm.body.id}`)).status, 200);
  const before = await gateway.kept();
  const head =
    '--q\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n--q\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
  const tail = '\r\n--q--\r\n';
  const socket = await open(gateway.origin);
  let got = '';
  socket.on('data', (bytes) => (got += bytes));
  socket.write(
    `POST /v1/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\ncontent-type: multipart/form-data; boundary=q\r\ncontent-length: ${head.length + SIZE_MIB * MIB + tail.length}\r\n\r\n${head}`,
  );
  const piece = Buffer.alloc(MIB, 'abcdefgh');
  const held: number[] = [];
  for (let sent = 1; sent <= SIZE_MIB; sent++) {
    if (!socket.write(piece)) await new Promise((next) => socket.once('drain', next));
    if (!STEPS.includes(sent)) continue;
    assert.equal(onDisk(gateway).length, 1);
    held.push(await gateway.kept());
  }
  socket.write(tail);
  while (!got.includes('"object":"file"')) await wait(5);
  assert.match(got, /^HTTP\/1.1 200 /);
  socket.destroy();
  held.push(await gateway.kept());
  within(before, held);

  const id = /or_file_[0-9a-z]{24}/.exec(got)?.[0];
  const response = await fetch(`${gateway.base}/files/${id}/content`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  const reader = response.body?.getReader();
  assert.ok(reader);
  let read = 0;
  const reading: number[] = [];
  for (const step of STEPS) {
    while (read < step * MIB) read += (await reader.read()).value?.length ?? 0;
    reading.push(await gateway.kept());
  }
  for (let next = await reader.read(); !next.done; next = await reader.read()) read += next.value.length;
  assert.equal(read, SIZE_MIB * MIB);
  within(before, reading);
});
