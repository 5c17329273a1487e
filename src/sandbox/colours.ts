import type { Pixels } from './png.ts';

const NAMES: readonly (readonly [name: string, red: number, green: number, blue: number])[] = [
  ['black', 0, 0, 0],
  ['white', 255, 255, 255],
  ['grey', 128, 128, 128],
  ['light grey', 200, 200, 200],
  ['dark grey', 64, 64, 64],
  ['red', 230, 20, 20],
  ['dark red', 130, 0, 0],
  ['orange', 255, 140, 0],
  ['yellow', 250, 230, 20],
  ['brown', 130, 75, 30],
  ['green', 20, 180, 20],
  ['dark green', 0, 90, 0],
  ['cyan', 0, 220, 220],
  ['blue', 20, 40, 230],
  ['dark blue', 0, 0, 120],
  ['light blue', 130, 180, 250],
  ['purple', 130, 30, 170],
  ['magenta', 240, 20, 220],
  ['pink', 255, 170, 190],
];
const LOOKED_AT_MAX = 40_000;
const TOLD_MAX = 3;

/** The commonest colours with their share, commonest first: `red (#e61414, 80 %)`. */
export function dominantColours({ rgba }: Pixels): string[] {
  const pixels = rgba.length / 4;
  const step = Math.max(1, Math.floor(pixels / LOOKED_AT_MAX));
  const found = new Map<string, { count: number; sum: [number, number, number] }>();
  let looked = 0;
  for (let pixel = 0; pixel < pixels; pixel += step) {
    const [red = 0, green = 0, blue = 0, opacity = 0] = rgba.subarray(pixel * 4, pixel * 4 + 4);
    looked++;
    if (opacity < 128) continue;
    const name = nearest(red, green, blue);
    const entry = found.get(name) ?? { count: 0, sum: [0, 0, 0] };
    entry.count++;
    entry.sum = [entry.sum[0] + red, entry.sum[1] + green, entry.sum[2] + blue];
    found.set(name, entry);
  }
  return [...found]
    .sort(([, a], [, b]) => b.count - a.count)
    .slice(0, TOLD_MAX)
    .map(([name, { count, sum }]) => {
      const hex = sum
        .map((total) =>
          Math.round(total / count)
            .toString(16)
            .padStart(2, '0'),
        )
        .join('');
      return `${name} (#${hex}, ${Math.round((100 * count) / looked)} %)`;
    });
}

function nearest(red: number, green: number, blue: number): string {
  let best = '';
  let least = Number.POSITIVE_INFINITY;
  for (const [name, r, g, b] of NAMES) {
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
    if (distance >= least) continue;
    least = distance;
    best = name;
  }
  return best;
}
