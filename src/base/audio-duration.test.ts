import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecording } from './audio-duration.ts';
import { cutInto } from './testing/received.ts';

const read = (bytes: Buffer, cut = bytes.length) => readRecording(cutInto(bytes, cut));

/** 8,000 samples a second of 16 bits, with a chunk before them that says nothing of sound. */
function wave(samples: number, claimed = samples * 2): Buffer {
  const head = Buffer.alloc(36 + 12 + 8);
  head.write('RIFF', 0);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('LIST', 36);
  head.writeUInt32LE(3, 40);
  head.write('data', 48);
  head.writeUInt32LE(claimed, 52);
  return Buffer.concat([head, Buffer.alloc(samples * 2)]);
}

/** Frames of 128 kbit/s at 44.1 kHz, behind an ID3 tag. */
function mp3(frames: number, xing?: number): Buffer {
  const tag = Buffer.alloc(10 + 300);
  tag.write('ID3');
  tag.set([0, 0, 300 >> 7, 300 & 0x7f], 6);
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0x00]);
  const first = Buffer.from(frame);
  if (xing !== undefined) {
    first.write('Xing', 36);
    first.writeUInt32BE(1, 40);
    first.writeUInt32BE(xing, 44);
  }
  return Buffer.concat([tag, first, ...new Array<Buffer>(frames - 1).fill(frame)]);
}

function flac(rate: number, samples: number): Buffer {
  const bytes = Buffer.alloc(4 + 4 + 34);
  bytes.write('fLaC');
  bytes.writeUIntBE(rate << 4, 18, 3);
  bytes[21] = Math.floor(samples / 2 ** 32) & 0x0f;
  bytes.writeUInt32BE(samples % 2 ** 32, 22);
  return bytes;
}

function ogg(codec: 'opus' | 'vorbis', position: bigint, rate = 0): Buffer {
  const page = (content: Buffer, at: bigint): Buffer => {
    const head = Buffer.alloc(27);
    head.write('OggS');
    head.writeBigUInt64LE(at, 6);
    return Buffer.concat([head, content]);
  };
  const first = Buffer.alloc(30);
  first.write(codec === 'opus' ? 'OpusHead' : '\x01vorbis', 0, 'latin1');
  first.writeUInt32LE(rate, 12);
  return Buffer.concat([page(first, 0n), Buffer.alloc(500_000), page(Buffer.alloc(10), position)]);
}

function mp4(version: 0 | 1, scale: number, units: number, where: 'front' | 'back'): Buffer {
  const box = Buffer.alloc(8 + 4 + 100);
  box.writeUInt32BE(box.length, 0);
  box.write('mvhd', 4);
  box[8] = version;
  if (version === 0) {
    box.writeUInt32BE(scale, 20);
    box.writeUInt32BE(units, 24);
  } else {
    box.writeUInt32BE(scale, 28);
    box.writeBigUInt64BE(BigInt(units), 32);
  }
  const type = Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from('ftypM4A '), Buffer.alloc(4)]);
  const media = Buffer.alloc(400_000);
  return Buffer.concat(where === 'front' ? [type, box, media] : [type, media, box]);
}

test('a recording tells how long it is by its own header, however it was cut', () => {
  const cases: readonly (readonly [string, Buffer, string, number])[] = [
    ['WAVE', wave(8_000 * 3), 'wav', 3],
    ['WAVE of no length', wave(0), 'wav', 0],
    ['WAVE whose header claims more than there is', wave(8_000, 2 ** 31), 'wav', 1],
    ['MP3 of one rate', mp3(100), 'mp3', (417 * 100) / 16_000],
    ['MP3 that counts its frames', mp3(10, 1_000), 'mp3', (1_000 * 1_152) / 44_100],
    ['FLAC', flac(48_000, 96_000), 'flac', 2],
    ['FLAC of a day', flac(96_000, 96_000 * 86_400), 'flac', 86_400],
    ['Opus', ogg('opus', 96_000n), 'ogg', 2],
    ['Vorbis', ogg('vorbis', 88_200n, 44_100), 'ogg', 2],
    ['MP4 that begins with its head', mp4(0, 1_000, 2_500, 'front'), 'mp4', 2.5],
    ['MP4 that ends with its head', mp4(1, 1_000, 2_500, 'back'), 'mp4', 2.5],
  ];
  for (const [name, bytes, kind, seconds] of cases)
    for (const cut of [bytes.length, 65_536, 997]) {
      const recording = read(bytes, cut);
      assert.equal(recording.kind, kind, name);
      assert.ok(Math.abs((recording.seconds ?? -1) - seconds) < 1e-9, `${name}: ${recording.seconds}`);
    }
});

test('what is no recording is known for it, and nothing that a header may hold is more than an unknown length', () => {
  for (const text of ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0', '%PDF-1.7', 'PK\x03\x04', '<!doctype html>'])
    assert.equal(read(Buffer.from(`${text}${' '.repeat(100)}`, 'latin1')).kind, 'other', text);
  assert.deepEqual(read(Buffer.alloc(0)), { kind: null, seconds: null });
  for (const bytes of [
    wave(8),
    mp3(2, 9),
    flac(48_000, 9),
    ogg('opus', 9n),
    ogg('vorbis', 9n, 0),
    mp4(0, 0, 9, 'front'),
  ])
    for (let length = 0; length < Math.min(bytes.length, 600); length++) {
      const { seconds } = read(Buffer.from(bytes.subarray(0, length)));
      assert.ok(seconds === null || (Number.isFinite(seconds) && seconds >= 0), `${length}: ${seconds}`);
    }
});
