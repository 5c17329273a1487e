/** The sandbox's videos are what they say: every box adds up, and every sample lies where its table says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMp4 } from './mp4.ts';

type Box = { readonly type: string; readonly body: Buffer; readonly at: number };

function boxesOf(bytes: Buffer, from = 0): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    assert.ok(size >= 8 && at + size <= bytes.length, 'a box lies within its parent');
    boxes.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      body: bytes.subarray(at + 8, at + size),
      at: from + at,
    });
    at += size;
  }
  return boxes;
}
const childOf = (body: Buffer, ...path: string[]): Buffer =>
  path.reduce((within, type) => boxesOf(within).find((box) => box.type === type)?.body ?? assert.fail(type), body);

for (const [width, height, seconds] of [
  [1280, 720, 4],
  [480, 854, 1],
  [18, 16, 2],
] as const)
  test(`${width} × ${height}, ${seconds} seconds`, () => {
    const colours = [
      [235, 128, 128],
      [81, 90, 240],
    ] as const;
    const file = encodeMp4({ width, height, seconds, colours });
    const top = boxesOf(file);
    assert.deepEqual(
      top.map(({ type }) => type),
      ['ftyp', 'moov', 'mdat'],
    );
    const table = childOf(top[1]?.body ?? assert.fail(), 'trak', 'mdia', 'minf', 'stbl');
    const sizes = childOf(table, 'stsz');
    const count = sizes.readUInt32BE(8);
    assert.equal(count, seconds * 24);
    let at = childOf(table, 'stco').readUInt32BE(8);
    assert.equal(at, (top[2]?.at ?? 0) + 8);
    const kinds: number[] = [];
    for (let sample = 0; sample < count; sample++) {
      const size = sizes.readUInt32BE(12 + 4 * sample);
      assert.equal(file.readUInt32BE(at), size - 4, 'a sample is one unit with its length');
      kinds.push((file[at + 4] ?? 0) & 31);
      const unit = file.subarray(at + 4, at + size);
      assert.ok(
        !unit.includes(Buffer.from([0, 0, 1])) && !unit.includes(Buffer.from([0, 0, 0])),
        'nothing looks like a start',
      );
      at += size;
    }
    assert.equal(at, file.length);
    assert.deepEqual([...new Set(kinds)], [5, 1]);
    assert.equal(kinds.filter((kind) => kind === 5).length, seconds, 'one picture a second stands for itself');
    const entry = childOf(table, 'stsd').subarray(8 + 8);
    assert.deepEqual([entry.readUInt16BE(24), entry.readUInt16BE(26)], [width, height]);
  });
