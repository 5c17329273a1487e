import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { readImageHeader } from '../base/image-header.ts';
import { dominantColours } from './colours.ts';
import { decodeJpegMeans } from './jpeg.ts';
import { decodePng } from './png.ts';

const padded = (hex: string): Buffer => Buffer.concat([Buffer.from(hex.replace(/\s/g, ''), 'hex'), Buffer.alloc(32)]);

const HEADERS = [
  ['89504e470d0a1a0a 0000000d 49484452 00000280 000001e0', 'png', 640, 480],
  ['474946383961 8002 e001', 'gif', 640, 480],
  ['ffd8 ffe0 0004 0000 ffff c4 0003 00 ffc2 0011 08 01e0 0280', 'jpeg', 640, 480],
  ['52494646 00000000 57454250 56503820 00000000 000000 9d012a 8002 e001', 'webp', 640, 480],
  ['52494646 00000000 57454250 5650384c 00000000 2f 7fc27700', 'webp', 640, 480],
  ['52494646 00000000 57454250 56503858 00000000 00000000 7f0200 df0100', 'webp', 640, 480],
] as const;
for (const [hex, format, width, height] of HEADERS)
  test(`the header of ${format} (${hex.slice(0, 8)}…${hex.slice(-6)})`, () => {
    assert.deepEqual(readImageHeader(padded(hex)), { format, width, height });
  });

test('no image, and images that are cut off, have no header', () => {
  for (const hex of ['', 'ffd8', 'ffd8ffe0ffff', '000102030405060708090a0b0c0d0e0f1011', '89504e470d0a1a0a00000000'])
    assert.equal(readImageHeader(Buffer.from(hex, 'hex')), null, hex);
});

function png(
  [width, height, depth, colourType]: readonly [number, number, number, number],
  lines: readonly number[],
  palette: readonly number[] = [],
): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType], 8);
  const data = deflateSync(Buffer.from(lines));
  const parts = [chunk('IHDR', header), chunk('PLTE', Buffer.from(palette)), chunk('IDAT', data)];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]);
}
const rgbaOf = (bytes: Buffer): number[] => [...(decodePng(bytes)?.rgba ?? [])];

test('PNG: every filter undoes itself', () => {
  const plain = [10, 20, 30, 255, 40, 50, 60, 255];
  assert.deepEqual(rgbaOf(png([2, 1, 8, 6], [0, ...plain])), plain);
  assert.deepEqual(rgbaOf(png([2, 1, 8, 6], [1, 10, 20, 30, 255, 30, 30, 30, 0])), plain);
  const second = { up: [2, 0, 0, 0, 0, 0, 0, 0, 0], paeth: [4, 0, 0, 0, 0, 0, 0, 0, 0] };
  assert.deepEqual(rgbaOf(png([2, 2, 8, 6], [0, ...plain, ...second.up])), [...plain, ...plain]);
  assert.deepEqual(rgbaOf(png([2, 2, 8, 6], [0, ...plain, ...second.paeth])), [...plain, ...plain]);
  const average = [3, 5, 10, 15, 128, 15, 15, 15, 0];
  assert.deepEqual(rgbaOf(png([2, 2, 8, 6], [0, ...plain, ...average])), [...plain, 10, 20, 30, 255, 40, 50, 60, 255]);
});

test('PNG: palettes, greys, few bits and sixteen', () => {
  assert.deepEqual(rgbaOf(png([2, 1, 1, 3], [0, 0b01000000], [1, 2, 3, 4, 5, 6])), [1, 2, 3, 255, 4, 5, 6, 255]);
  assert.deepEqual(rgbaOf(png([2, 1, 4, 0], [0, 0xf0])), [255, 255, 255, 255, 0, 0, 0, 255]);
  assert.deepEqual(rgbaOf(png([1, 1, 8, 4], [0, 7, 9])), [7, 7, 7, 9]);
  assert.deepEqual(rgbaOf(png([1, 1, 16, 2], [0, 1, 99, 2, 99, 3, 99])), [1, 2, 3, 255]);
});

test('PNG: what is broken, too large or interlaced is not decoded', () => {
  const good = png([1, 1, 8, 2], [0, 1, 2, 3]);
  const interlaced = Buffer.from(good);
  interlaced[28] = 1;
  const broken = [
    interlaced,
    png([100_000, 100_000, 8, 2], [0]),
    png([2, 2, 8, 2], [0, 1]),
    png([1, 1, 8, 2], [9, 1, 2, 3]),
  ];
  for (const bytes of [...broken, good.subarray(0, 40), Buffer.alloc(100)]) assert.equal(decodePng(bytes), null);
});

test('transparent pixels have no colour', () => {
  const rgba = Uint8Array.from([255, 255, 255, 255, 0, 0, 0, 0]);
  assert.deepEqual(dominantColours({ width: 2, height: 1, rgba }), ['white (#ffffff, 50 %)']);
});

/** 40 × 24 pixels, written with libjpeg: red, and blue from column 32 on; dark, and light grey from there on. */
const JPEGS = {
  sequential:
    '/9j/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wAARCAAYACgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAUG/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABYBAQEBAAAAAAAAAAAAAAAAAAcABf/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AMkAwC6AJIgB2Bi2ACTmAJIgB2Bj/9k=',
  progressive:
    '/9j/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wgARCAAYACgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAFgEBAQEAAAAAAAAAAAAAAAAABgAF/9oADAMBAAIQAxAAAAHIGeuCog7DWgI5Cog7Df/EABQQAQAAAAAAAAAAAAAAAAAAADD/2gAIAQEAAQUCf//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQMBAT8BX//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQIBAT8BX//EABQQAQAAAAAAAAAAAAAAAAAAADD/2gAIAQEABj8Cf//EABQQAQAAAAAAAAAAAAAAAAAAADD/2gAIAQEAAT8hf//aAAwDAQACAAMAAAAQ/wDwv/wv/8QAFBEBAAAAAAAAAAAAAAAAAAAAIP/aAAgBAwEBPxBf/8QAFBEBAAAAAAAAAAAAAAAAAAAAIP/aAAgBAgEBPxBf/8QAFBABAAAAAAAAAAAAAAAAAAAAMP/aAAgBAQABPxB//9k=',
  'with restarts':
    '/9j/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wAARCAAYACgDAREAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAABgAFB//EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAWAQEBAQAAAAAAAAAAAAAAAAAHAAX/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/90ABAAC/9oADAMBAAIRAxEAPwAkwC6kn//QJMAupJ//0ebldktsEnN//9IkwC6kn//TJMAusQ7Ax//UJMAupJ//1STALqSf/9bm5XZL/9k=',
  grey: '/9j/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAAYACgBAREA/8QAGAABAQEBAQAAAAAAAAAAAAAABQgEAQf/xAAhEAABBAICAgMAAAAAAAAAAAABAAIEEQMxBSESUWGh4f/aAAgBAQAAPwDw2MzSYjM0sXL5Bkl48IqsTe+u7P5S7GZpVcpNjM0l8ADW+TiA0CyToIEPMiS/M67e4mibr4ScZmlUylWMzS0cjkODjX1YdkIYCB739AouMzSYjM0qeX//2Q==',
};
for (const [name, data] of Object.entries(JPEGS))
  test(`JPEG, ${name}: the means of its blocks tell its colours`, () => {
    const bytes = Buffer.from(data, 'base64');
    const pixels = decodeJpegMeans(bytes);
    assert.ok(pixels && pixels.width === 5 && pixels.height === 3);
    const colours = dominantColours(pixels);
    if (name === 'grey') {
      assert.match(colours.join(' '), /black .*light grey \(#c8c8c8, 20 %\)/);
      return;
    }
    assert.match(colours.join(' '), /^red \(#e.1.1., 80 %\) blue \(#1.2.e., 20 %\)$/);
  });

test('JPEG: cut off anywhere or spoiled it gives colours or nothing, never an error', () => {
  const good = Buffer.from(JPEGS.sequential, 'base64');
  for (let length = 0; length < good.length; length++) decodeJpegMeans(good.subarray(0, length));
  for (let at = 0; at < good.length; at++) {
    const spoiled = Buffer.from(good);
    spoiled[at] = 255 - (spoiled[at] ?? 0);
    decodeJpegMeans(spoiled);
  }
  assert.equal(decodeJpegMeans(Buffer.alloc(0)), null);
  assert.equal(decodeJpegMeans(good.subarray(0, 60)), null);
});
