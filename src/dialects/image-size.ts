import { type DrawnKind, type ImageCall, type PixelSize, RESOLUTIONS, type Resolution } from '../call/image.ts';

/** Ratios of the contract (`POST /images`, OpenAPI document and @openrouter/sdk 1.3.19, read 2026-11-29). */
export const ASPECT_RATIOS: readonly string[] = [
  ...['1:1', '1:2', '1:4', '1:8', '2:1', '2:3', '2.35:1', '3:2', '3:4', '4:1', '4:3', '4:5', '5:2', '5:4', '8:1'],
  ...['9:16', '16:9', '9:19.5', '19.5:9', '9:20', '20:9', '9:21', '21:9'],
];

/** A square of this resolution has so many pixels on each side. */
const SIDES: { readonly [R in Resolution]: number } = { '512': 512, '1K': 1024, '2K': 2048, '4K': 4096 };
/** No vendor draws more on a side. */
export const SIDE_MAX = 8_192;

/** `1536x1024`; undefined for anything else, and for what nobody draws. */
export function pixelSizeOf(text: string): PixelSize | undefined {
  const [, wide, high] = /^(\d{1,5})\s?[x×*]\s?(\d{1,5})$/i.exec(text.trim()) ?? [];
  const width = Number(wide);
  const height = Number(high);
  const fits = (side: number): boolean => side >= 16 && side <= SIDE_MAX;
  return fits(width) && fits(height) ? { width, height } : undefined;
}

export const ratioOf = (text: string): number => {
  const [wide = 1, high = 1] = text.split(':').map(Number);
  return wide / high;
};

/** What is asked for in pixels, by size or by resolution and ratio; undefined where all is left to the model. */
export function pixelsOf(call: Pick<ImageCall, 'size' | 'resolution' | 'aspectRatio'>): PixelSize | undefined {
  if (call.size) return call.size;
  if (call.resolution === undefined && call.aspectRatio === undefined) return undefined;
  const side = SIDES[call.resolution ?? '1K'];
  const ratio = Math.sqrt(ratioOf(call.aspectRatio ?? '1:1'));
  const whole = (length: number): number => Math.max(16, Math.round(length / 16) * 16);
  return { width: whole(side * ratio), height: whole(side / ratio) };
}

export const sizeText = ({ width, height }: PixelSize): string => `${width}x${height}`;

/** The ratio among these that comes closest to what is asked for; undefined where all is left to the model. */
export function nearestRatio(call: ImageCall, offered: readonly string[]): string | undefined {
  const aspect = call.aspectRatio ?? (call.size && `${call.size.width}:${call.size.height}`);
  if (aspect === undefined) return undefined;
  if (offered.includes(aspect)) return aspect;
  const distance = (one: string): number => Math.abs(Math.log(ratioOf(one) / ratioOf(aspect)));
  return offered.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

/** The smallest of these resolutions that reaches what is asked for, or the largest there is. */
export function nearestResolution(call: ImageCall, offered: readonly Resolution[]): Resolution | undefined {
  const { size, resolution } = call;
  const side = size ? Math.sqrt(size.width * size.height) : resolution && SIDES[resolution];
  if (side === undefined) return undefined;
  const rising = RESOLUTIONS.filter((one) => offered.includes(one));
  return rising.find((one) => SIDES[one] >= side * 0.9) ?? rising.at(-1);
}

/** The kind of a call's pictures, for prices by kind: what the vendor settled on, else what was asked for. */
export function kindOf(call: ImageCall, settings: { readonly [name: string]: string } = {}): DrawnKind {
  const size = pixelSizeOf(settings.size ?? '') ?? call.size;
  const asked = size ? { ...call, size } : call;
  return {
    quality: settings.quality ?? call.quality ?? 'auto',
    resolution: nearestResolution(asked, RESOLUTIONS) ?? '1K',
    ...(size && { size: sizeText(size) }),
  };
}

/** How many pixels a picture has at most that nobody named a size for: OpenAI's largest standard one. */
const PIXELS_UNSAID = 1536 * 1024;

export function pixelCountOf(call: ImageCall): number {
  const pixels = pixelsOf(call);
  return pixels ? pixels.width * pixels.height : PIXELS_UNSAID;
}
