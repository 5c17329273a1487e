import { barsFrame, type Colour, type FrameSize, parameterSets, stillFrame } from './h264.ts';

const FPS = 24;

export type Film = FrameSize & { readonly seconds: number; readonly colours: readonly Colour[] };

/** An MP4 (ISO/IEC 14496-12, -15) of bars of colour that move on by one each second. It plays wherever H.264 does. */
export function encodeMp4({ width, height, seconds, colours }: Film): Buffer {
  const size = { width, height };
  const samples: Buffer[] = [];
  for (let second = 0; second < seconds; second++) {
    const moved = colours.map((_, at) => colours[(at + second) % colours.length] ?? [128, 128, 128]) as Colour[];
    samples.push(withLength(barsFrame(size, moved, second)));
    for (let at = 1; at < FPS; at++) samples.push(withLength(stillFrame(size, at)));
  }
  const kind = box('ftyp', ascii('isom'), u32(512), ascii('isomiso2avc1mp41'));
  const movieAt = (offset: number): Buffer => movie(size, seconds, samples, offset);
  const head = movieAt(0).length;
  return Buffer.concat([kind, movieAt(kind.length + head + 8), box('mdat', ...samples)]);
}

function movie(size: FrameSize, seconds: number, samples: readonly Buffer[], offset: number): Buffer {
  const duration = u32(seconds * FPS);
  const keys = Array.from({ length: seconds }, (_, second) => u32(second * FPS + 1));
  const table = box(
    'stbl',
    full('stsd', u32(1), sampleEntry(size)),
    full('stts', u32(1), u32(samples.length), u32(1)),
    full('stss', u32(keys.length), ...keys),
    full('stsc', u32(1), u32(1), u32(samples.length), u32(1)),
    full('stsz', u32(0), u32(samples.length), ...samples.map(({ length }) => u32(length))),
    full('stco', u32(1), u32(offset)),
  );
  const data = box('dinf', full('dref', u32(1), flagged('url ', 1)));
  const media = box('minf', flagged('vmhd', 1, zeros(8)), data, table);
  const header = full('mdhd', u32(0), u32(0), u32(FPS), duration, u32(0x55c40000));
  const handler = full('hdlr', u32(0), ascii('vide'), zeros(12), ascii('Bars\0'));
  const track = flagged(
    'tkhd',
    7,
    u32(0),
    u32(0),
    u32(1),
    u32(0),
    duration,
    zeros(16),
    MATRIX,
    fixed(size.width),
    fixed(size.height),
  );
  return box(
    'moov',
    full(
      'mvhd',
      u32(0),
      u32(0),
      u32(FPS),
      duration,
      u32(0x10000),
      u32(0x01000000),
      zeros(8),
      MATRIX,
      zeros(24),
      u32(2),
    ),
    box('trak', track, box('mdia', header, handler, media)),
  );
}

function sampleEntry(size: FrameSize): Buffer {
  const { sequence, picture } = parameterSets(size);
  const configuration = box(
    'avcC',
    Buffer.from([1, sequence[1] ?? 0, sequence[2] ?? 0, sequence[3] ?? 0, 0xff, 0xe1]),
    u16(sequence.length),
    sequence,
    Buffer.from([1]),
    u16(picture.length),
    picture,
  );
  const resolution = u32(72 << 16);
  const measures = [u16(size.width), u16(size.height), resolution, resolution];
  const rest = [zeros(4), u16(1), zeros(32), u16(24), u16(0xffff)];
  return box('avc1', zeros(6), u16(1), zeros(16), ...measures, ...rest, configuration);
}

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
const fixed = (value: number): Buffer => u32(value * 65_536);
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const zeros = (count: number): Buffer => Buffer.alloc(count);
const MATRIX = Buffer.concat([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].map(u32));
const box = (type: string, ...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([u32(8 + parts.reduce((sum, { length }) => sum + length, 0)), ascii(type), ...parts]);
const flagged = (type: string, flags: number, ...parts: readonly Buffer[]): Buffer => box(type, u32(flags), ...parts);
const full = (type: string, ...parts: readonly Buffer[]): Buffer => flagged(type, 0, ...parts);
const withLength = (unit: Buffer): Buffer => Buffer.concat([u32(unit.length), unit]);
