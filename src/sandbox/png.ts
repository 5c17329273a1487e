import { inflateSync } from 'node:zlib';

/** Red, green, blue and opacity of every pixel, four bytes each. */
export type Pixels = { readonly width: number; readonly height: number; readonly rgba: Uint8Array };

/** More would hold up the gateway, in whose process the sandbox lives. */
const PIXELS_MAX = 4_000_000;
const CHANNELS: { readonly [colourType: number]: number } = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

type Png = {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly channels: number;
  readonly palette: Buffer;
  readonly lines: Buffer;
};

/** Decodes a PNG that is not interlaced; null for what it cannot read (PNG specification, third edition, read 2026-11-22). */
export function decodePng(bytes: Buffer): Pixels | null {
  const png = readChunks(bytes);
  if (!png || !unfilter(png)) return null;
  const { width, height } = png;
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgba.set(pixelOf(png, x, y), (y * width + x) * 4);
  return { width, height, rgba };
}

function readChunks(bytes: Buffer): Png | null {
  if (bytes.length < 33 || bytes.readUInt32BE(0) !== 0x89504e47) return null;
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  const [depth = 0, colourType = 0, , , interlaced] = bytes.subarray(24, 29);
  const channels = CHANNELS[colourType];
  if (channels === undefined || interlaced !== 0 || width * height === 0 || width * height > PIXELS_MAX) return null;
  let palette = Buffer.alloc(0);
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'PLTE') palette = Buffer.from(data);
    if (type === 'IDAT') parts.push(data);
    at += 12 + length;
  }
  const size = height * (1 + Math.ceil((width * channels * depth) / 8));
  try {
    const lines = inflateSync(Buffer.concat(parts), { maxOutputLength: size });
    return lines.length === size ? { width, height, depth, colourType, channels, palette, lines } : null;
  } catch {
    return null;
  }
}

/** Undoes the prediction of each line, in place. */
function unfilter({ width, height, depth, channels, lines }: Png): boolean {
  const step = Math.max(1, (channels * depth) >> 3);
  const stride = Math.ceil((width * channels * depth) / 8);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1) + 1;
    const filter = lines[start - 1] ?? 0;
    if (filter > 4) return false;
    for (let x = 0; x < stride; x++) {
      const left = x >= step ? (lines[start + x - step] ?? 0) : 0;
      const up = y > 0 ? (lines[start + x - stride - 1] ?? 0) : 0;
      const corner = x >= step && y > 0 ? (lines[start + x - stride - 1 - step] ?? 0) : 0;
      lines[start + x] = ((lines[start + x] ?? 0) + predict(filter, left, up, corner)) & 255;
    }
  }
  return true;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

type Rgba = readonly [red: number, green: number, blue: number, opacity: number];

function pixelOf({ width, depth, colourType, channels, palette, lines }: Png, x: number, y: number): Rgba {
  const stride = Math.ceil((width * channels * depth) / 8);
  const start = y * (stride + 1) + 1;
  const at = (channel: number): number => {
    const bit = (x * channels + channel) * depth;
    const byte = lines[start + (bit >> 3)] ?? 0;
    // Of 16 bits the high byte is enough.
    return depth >= 8 ? byte : (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  };
  if (colourType === 3) {
    const entry = at(0) * 3;
    return [palette[entry] ?? 0, palette[entry + 1] ?? 0, palette[entry + 2] ?? 0, 255];
  }
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  if (channels < 3) {
    const grey = Math.round(at(0) * scale);
    return [grey, grey, grey, channels === 2 ? at(1) : 255];
  }
  return [at(0), at(1), at(2), channels === 4 ? at(3) : 255];
}
