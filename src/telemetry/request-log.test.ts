import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLineWriter } from './request-log.ts';

test('lines of one turn go together, whole, in portions that a pipe keeps whole', async () => {
  const sent: string[] = [];
  const writer = openLineWriter((text, done) => {
    sent.push(text);
    setImmediate(done);
  });
  const lines = Array.from({ length: 10 }, (_, at) => `${String(at).repeat(999)}\n`);
  for (const line of lines) writer.write(line);
  await writer.close();
  assert.deepEqual(
    sent.map((text) => text.length),
    [3_000, 3_000, 3_000, 1_000],
  );
  assert.equal(sent.join(''), lines.join(''));
});

test('who reads too slowly loses lines, is told how many, and holds nobody up', async () => {
  let release = (): void => {};
  const sent: string[] = [];
  const writer = openLineWriter((text, done) => {
    sent.push(text);
    release = done;
  });
  const line = `${'x'.repeat(1_023)}\n`;
  for (let at = 0; at < 8 * 1024; at++) writer.write(line);
  await Promise.resolve();
  assert.equal(writer.lost(), 0);
  for (let at = 0; at < 5; at++) writer.write(line);
  assert.equal(writer.lost(), 3, 'two lines had been handed on');
  const closed = writer.close();
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  while (!isClosed) {
    release();
    await Promise.resolve();
  }
  assert.equal(sent.join('').length, (8 * 1024 + 2) * 1024);
});
