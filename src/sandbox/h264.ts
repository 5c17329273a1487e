import { BitWriter } from './bits.ts';

/** A colour as video has it: luma and both differences, 16 to 240. */
export type Colour = readonly [y: number, u: number, v: number];
export type FrameSize = { readonly width: number; readonly height: number };

/**
 * H.264 (ITU-T H.264, Baseline), as little of it as shows upright bars of colour that change and stand still: where a bar
 * begins one macroblock has its samples written out (I_PCM), all others are predicted from their left or upper neighbour,
 * and a picture that changes nothing is one number of macroblocks that are skipped. It is some kilobytes for each change.
 */
export function parameterSets({ width, height }: FrameSize): { readonly sequence: Buffer; readonly picture: Buffer } {
  const [columns, rows] = [Math.ceil(width / 16), Math.ceil(height / 16)];
  const sps = new BitWriter()
    .u(8, PROFILE)
    .u(8, 0xc0)
    .u(8, levelOf(columns * rows))
    .ue(0);
  sps
    .ue(FRAME_NUMBER_BITS - 4)
    .ue(2)
    .ue(1)
    .u(1, 0)
    .ue(columns - 1)
    .ue(rows - 1)
    .u(1, 1)
    .u(1, 1);
  const [right, bottom] = [(columns * 16 - width) / 2, (rows * 16 - height) / 2];
  const isCropped = right > 0 || bottom > 0;
  sps.u(1, isCropped ? 1 : 0);
  if (isCropped) sps.ue(0).ue(right).ue(0).ue(bottom);
  sps.u(1, 0);
  const pps = new BitWriter().ue(0).ue(0).u(1, 0).u(1, 0).ue(0).ue(0).ue(0).u(1, 0).u(2, 0).ue(0).ue(0).ue(0);
  pps.u(1, 1).u(1, 0).u(1, 0);
  return { sequence: unit(0x67, sps.end()), picture: unit(0x68, pps.end()) };
}

const PROFILE = 66;
const FRAME_NUMBER_BITS = 16;
/** 4 takes 8,192 macroblocks (full HD), 5.2 takes 36,864. */
const levelOf = (macroblocks: number): number => (macroblocks <= 8_192 ? 40 : 52);

/** A picture that depends on no other: bars of these colours, from left to right. */
export function barsFrame({ width, height }: FrameSize, colours: readonly Colour[], number: number): Buffer {
  const [columns, rows] = [Math.ceil(width / 16), Math.ceil(height / 16)];
  const slice = new BitWriter()
    .ue(0)
    .ue(7)
    .ue(0)
    .u(FRAME_NUMBER_BITS, 0)
    .ue(number % 2)
    .u(1, 0)
    .u(1, 0)
    .ue(0)
    .ue(1);
  const barOf = (column: number): number => Math.floor((column * colours.length) / columns);
  const isFirst = (column: number): boolean => column === 0 || barOf(column) !== barOf(column - 1);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      if (row === 0 && isFirst(column)) {
        const [y, u, v] = colours[barOf(column)] ?? GREY;
        slice.ue(I_PCM).align().fill(256, y).fill(64, u).fill(64, v);
      } else if (row === 0) predicted(slice, LEFT, isFirst(column - 1) ? 16 : 0);
      // Coefficients of the neighbours, averaged where there are two: samples that are written out count as sixteen.
      else predicted(slice, UPPER, row === 1 && isFirst(column) ? (column === 0 ? 16 : 8) : 0);
    }
  return unit(0x65, slice.end());
}

const GREY: Colour = [128, 128, 128];
const I_PCM = 25;
/** The modes of luma and of chroma that take a neighbour's samples on. */
const LEFT = { luma: 1, chroma: 1 };
const UPPER = { luma: 0, chroma: 2 };

/** Without a residue: the token for no coefficients depends on how many the neighbours have (table 9-5). */
function predicted(slice: BitWriter, { luma, chroma }: typeof LEFT, neighbours: number): void {
  slice
    .ue(1 + luma)
    .ue(chroma)
    .ue(0);
  if (neighbours >= 8) slice.u(6, 0b000011);
  else slice.u(1, 1);
}

/** A picture like the one before it. `number`: how many have come since the one that depends on none. */
export function stillFrame({ width, height }: FrameSize, number: number): Buffer {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const slice = new BitWriter().ue(0).ue(5).ue(0).u(FRAME_NUMBER_BITS, number).u(1, 0).u(1, 0).u(1, 0).ue(0).ue(1);
  return unit(0x41, slice.ue(macroblocks).end());
}

/** A NAL unit: no three bytes in it may look like the start of another one. */
function unit(head: number, payload: readonly number[]): Buffer {
  const bytes = [head];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros === 2 && byte <= 3) {
      bytes.push(3);
      zeros = 0;
    }
    bytes.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(bytes);
}
