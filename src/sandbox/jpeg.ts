import { type BitReader, createBitReader, type HuffmanTable, readHuffmanTables } from './jpeg-bits.ts';
import type { Pixels } from './png.ts';

/** Blocks of 8 × 8 pixels; more would hold up the gateway, in whose process the sandbox lives. */
const BLOCKS_MAX = 100_000;

type Component = {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  readonly quantity: number;
  /** Blocks per line, padded to whole units. */
  stride: number;
  means: Int16Array;
};
type Frame = {
  readonly width: number;
  readonly height: number;
  readonly isProgressive: boolean;
  readonly components: readonly Component[];
};

/**
 * A JPEG at an eighth of its size: the mean of each block of 8 × 8 pixels, which is all that its commonest colours need
 * (ITU T.81, read 2026-11-22). Sequential and progressive, grey and colour; null for what it cannot read.
 */
export function decodeJpegMeans(bytes: Buffer): Pixels | null {
  const quantities = new Map<number, number>();
  const tables = new Map<number, HuffmanTable>();
  let frame: Frame | null = null;
  let restart = 0;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === 0xd9) return null;
    const body = bytes.subarray(at + 4, at + 2 + bytes.readUInt16BE(at + 2));
    if (marker === 0xdb) readQuantities(body, quantities);
    else if (marker === 0xc4) readHuffmanTables(body, tables);
    else if (marker === 0xdd) restart = body.readUInt16BE(0);
    else if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2)
      frame = readFrame(body, quantities, marker === 0xc2);
    else if (marker === 0xda) {
      const bits = createBitReader(bytes, at + 4 + body.length);
      return frame && readScan(frame, body, tables, bits, restart) ? pixelsOf(frame) : null;
    }
    at += 4 + body.length;
    if (marker >= 0xc0 && marker <= 0xc2 && !frame) return null;
  }
  return null;
}

/** Of each table only the first entry, the divisor of the mean. */
function readQuantities(body: Buffer, quantities: Map<number, number>): void {
  for (let at = 0; at + 3 <= body.length; ) {
    const head = body[at] ?? 0;
    const isWide = head >> 4 !== 0;
    quantities.set(head & 15, isWide ? body.readUInt16BE(at + 1) : (body[at + 1] ?? 0));
    at += isWide ? 129 : 65;
  }
}

function readFrame(body: Buffer, quantities: ReadonlyMap<number, number>, isProgressive: boolean): Frame | null {
  const count = body[5] ?? 0;
  if (body.length < 6 + 3 * count || body[0] !== 8 || (count !== 1 && count !== 3)) return null;
  const height = body.readUInt16BE(1);
  const width = body.readUInt16BE(3);
  const components = Array.from({ length: count }, (_, index): Component => {
    const [id = 0, factors = 0, table = 0] = body.subarray(6 + 3 * index, 9 + 3 * index);
    const quantity = quantities.get(table) ?? 1;
    return { id, across: factors >> 4, down: factors & 15, quantity, stride: 0, means: new Int16Array() };
  });
  if (width * height === 0 || (width * height) / 64 > BLOCKS_MAX) return null;
  if (components.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4)) return null;
  return { width, height, isProgressive, components };
}

/** The first scan, which in both kinds holds the means of all components. */
function readScan(
  frame: Frame,
  head: Buffer,
  tables: ReadonlyMap<number, HuffmanTable>,
  bits: BitReader,
  restart: number,
): boolean {
  const { components, width, height, isProgressive } = frame;
  if (head[0] !== components.length) return false;
  const shift = isProgressive ? (head[head.length - 1] ?? 0) & 15 : 0;
  const isSingle = components.length === 1;
  const maxAcross = Math.max(...components.map(({ across }) => across));
  const maxDown = Math.max(...components.map(({ down }) => down));
  const unitsAcross = Math.ceil(width / 8 / (isSingle ? 1 : maxAcross));
  const unitsDown = Math.ceil(height / 8 / (isSingle ? 1 : maxDown));
  const parts = components.map((component, index) => {
    const chosen = head[2 + 2 * index] ?? 0;
    const across = isSingle ? 1 : component.across;
    const down = isSingle ? 1 : component.down;
    component.stride = unitsAcross * across;
    component.means = new Int16Array(component.stride * unitsDown * down);
    return { component, across, down, dc: tables.get(chosen >> 4), ac: tables.get(16 + (chosen & 15)), last: 0 };
  });
  for (let unit = 0; unit < unitsAcross * unitsDown; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      bits.restart();
      for (const part of parts) part.last = 0;
    }
    for (const part of parts)
      for (let block = 0; block < part.across * part.down; block++) {
        if (!part.dc || (!isProgressive && !part.ac)) return false;
        const size = bits.decode(part.dc);
        if (size < 0 || size > 15) return false;
        part.last += bits.receive(size);
        if (!isProgressive && part.ac && !bits.skipBlock(part.ac)) return false;
        const x = (unit % unitsAcross) * part.across + (block % part.across);
        const y = Math.floor(unit / unitsAcross) * part.down + Math.floor(block / part.across);
        part.component.means[y * part.component.stride + x] = ((part.last << shift) * part.component.quantity) / 8;
      }
  }
  return true;
}

function pixelsOf({ width, height, components }: Frame): Pixels {
  const [light, blue, red] = components;
  const across = Math.ceil(width / 8);
  const down = Math.ceil(height / 8);
  const maxAcross = Math.max(...components.map((component) => component.across));
  const maxDown = Math.max(...components.map((component) => component.down));
  const rgba = new Uint8ClampedArray(across * down * 4);
  const mean = (component: Component | undefined, x: number, y: number): number => {
    if (!component) return 0;
    const column = components.length === 1 ? x : Math.floor((x * component.across) / maxAcross);
    const line = components.length === 1 ? y : Math.floor((y * component.down) / maxDown);
    return component.means[line * component.stride + column] ?? 0;
  };
  for (let y = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      const luma = mean(light, x, y) + 128;
      const cb = mean(blue, x, y);
      const cr = mean(red, x, y);
      const rgb = [luma + 1.402 * cr, luma - 0.344 * cb - 0.714 * cr, luma + 1.772 * cb, 255];
      rgba.set(rgb, (y * across + x) * 4);
    }
  return { width: across, height: down, rgba: new Uint8Array(rgba.buffer) };
}
