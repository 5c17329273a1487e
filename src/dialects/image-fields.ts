import { type Blob, restored } from '../base/blobs.ts';
import { fault } from '../base/fault.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { ImageCall, ImageTask, PixelSize, Resolution } from '../call/image.ts';
import { IMAGE_FORMATS, RESOLUTIONS } from '../call/image.ts';
import type { ImagePart, Source } from '../call/message.ts';
import { type Complaints, complain, present, readNumber, readOneOf, readString, wrongType } from '../call/read.ts';
import { storedFileIn } from '../call/stored-file.ts';
import { pictureType } from './image-reply.ts';
import { ASPECT_RATIOS, pixelSizeOf, ratioOf, SIDE_MAX } from './image-size.ts';
import { sourceOfUrl } from './source-url.ts';

/** OpenAI's words of today; `standard` and `hd` were those of DALL·E, which other hosts still speak (openai 7.57.0, read 2026-11-29). */
const QUALITIES = ['auto', 'low', 'medium', 'high', 'xhigh', 'max', 'standard', 'hd'] as const;
const BACKGROUNDS = ['auto', 'transparent', 'opaque'] as const;

/** What every way of asking for pictures has: how many, how large, how good, in which format. */
export const SHARED_FIELDS: readonly string[] = [
  ...['prompt', 'n', 'size', 'resolution', 'aspect_ratio', 'quality', 'background', 'output_format'],
  ...['output_compression', 'seed'],
];

export function readShared(
  to: Complaints,
  body: JsonObject,
): Pick<ImageCall, 'n' | 'size' | 'resolution' | 'aspectRatio' | 'quality' | 'background' | 'format' | 'seed'> {
  const measures = readMeasures(to, body);
  return {
    ...measures,
    ...present({
      n: readNumber(to, body, 'n', { min: 1, max: LIMITS.images_max, whole: true }),
      quality: readOneOf(to, body, 'quality', QUALITIES),
      background: readOneOf(to, body, 'background', BACKGROUNDS),
      format: readOneOf(to, body, 'output_format', IMAGE_FORMATS),
      compression: readNumber(to, body, 'output_compression', { min: 0, max: 100, whole: true }),
      seed: readNumber(to, body, 'seed', { whole: true }),
    }),
  };
}

type Measures = { readonly size?: PixelSize; readonly resolution?: Resolution; readonly aspectRatio?: string };

/**
 * A tier as size means its resolution; a size in pixels stands alone or says the same as what stands beside it (the
 * contract's `size`, read 2026-11-29).
 */
function readMeasures(to: Complaints, body: JsonObject): Measures {
  const resolution = readOneOf(to, body, 'resolution', RESOLUTIONS);
  const ratioField = readOneOf(to, body, 'aspect_ratio', [...ASPECT_RATIOS, 'auto']);
  const aspectRatio = ratioField === 'auto' ? undefined : ratioField;
  const text = readString(to, body, 'size');
  const rest = present({ resolution, aspectRatio });
  if (text === undefined || text === 'auto') return rest;
  const tier = RESOLUTIONS.find((one) => one.toLowerCase() === text.toLowerCase());
  if (tier !== undefined) {
    if (resolution !== undefined && resolution !== tier) mismatch(to, 'resolution');
    return { ...rest, resolution: tier };
  }
  const size = pixelSizeOf(text);
  if (!size) {
    const list = `'auto', ${RESOLUTIONS.map((one) => `'${one}'`).join(', ')} or WIDTHxHEIGHT in pixels, 16 to ${SIDE_MAX} each`;
    complain(to, 'size', `Invalid value for 'size': '${text.slice(0, 100)}'. Supported values are: ${list}.`);
    return rest;
  }
  if (resolution !== undefined && !isOfTier(size, resolution)) mismatch(to, 'resolution');
  if (aspectRatio !== undefined && !isOfRatio(size, aspectRatio)) mismatch(to, 'aspect_ratio');
  return { size };
}

const isOfRatio = ({ width, height }: PixelSize, ratio: string): boolean =>
  Math.abs(Math.log(width / height / ratioOf(ratio))) < 0.03;

const TIER_SIDES: { readonly [R in Resolution]: number } = { '512': 512, '1K': 1024, '2K': 2048, '4K': 4096 };
/** Vendors round: 3840 × 2160 is 4K too. */
const isOfTier = ({ width, height }: PixelSize, tier: Resolution): boolean =>
  Math.abs(Math.log2(Math.max(width, height) / TIER_SIDES[tier])) < 0.5 ||
  Math.abs(Math.log2(Math.sqrt(width * height) / TIER_SIDES[tier])) < 0.5;

const mismatch = (to: Complaints, field: string): void =>
  complain(to, field, `Invalid '${field}': 'size' says something else.`);

/** Required, of one character or more. A long one that was set aside is read again: nobody draws from a book. */
export function readPrompt(to: Complaints, body: JsonObject, blobs: readonly Blob[]): string {
  const text = restored(readString(to, body, 'prompt') ?? '', blobs);
  const most = LIMITS.image_prompt_length_max;
  if (body.prompt === undefined || body.prompt === null)
    complain(to, 'prompt', "Missing required parameter: 'prompt'.");
  else if (text === '') complain(to, 'prompt', "Invalid 'prompt': empty string. Expected at least 1 character.");
  else if (text.length > most)
    complain(to, 'prompt', `Invalid 'prompt': expected at most ${most} characters, but got ${text.length} instead.`);
  return text;
}

/** A picture as `data:` URL, HTTP(S) URL, or an object that has one below `url`, `image_url` or both. */
export function readPicture(
  to: Complaints,
  value: Json | undefined,
  path: string,
  blobs: readonly Blob[],
): ImagePart | undefined {
  if (isObject(value)) {
    if (typeof value.file_id === 'string') {
      const source: Source = { kind: 'file-id', id: value.file_id };
      if (storedFileIn(source)) return { type: 'image', source };
      complain(to, `${path}.file_id`, `Invalid '${path}.file_id': this is no file that was uploaded here.`);
      return undefined;
    }
    const name = value.image_url === undefined ? 'url' : 'image_url';
    if (value[name] === undefined) return missing(to, `${path}.image_url`);
    return readPicture(to, value[name], `${path}.${name}`, blobs);
  }
  if (typeof value !== 'string') return wrongType(to, path, 'a URL', value);
  const source = sourceOfUrl(value);
  return isPicture(to, source, path, blobs) ? { type: 'image', source: withTrueType(source, blobs) } : undefined;
}

const missing = (to: Complaints, path: string): undefined => {
  complain(to, path, `Missing required parameter: '${path}'.`);
};

function isPicture(to: Complaints, source: Source, path: string, blobs: readonly Blob[]): boolean {
  if (source.kind === 'url') {
    if (/^https?:\/\//i.test(source.url) && URL.canParse(source.url)) return true;
    complain(to, path, `Invalid '${path}': expected an HTTP(S) URL or a data: URL with base64.`);
    return false;
  }
  if (source.kind === 'base64' && pictureType(source.data, blobs) !== undefined) return true;
  const complaint = `Invalid '${path}': these bytes are no picture (PNG, JPEG, WebP or GIF).`;
  to.first ??= fault('invalid_image', complaint, { param: path });
  return false;
}

const withTrueType = (source: Source, blobs: readonly Blob[]): Source =>
  source.kind === 'base64' ? { ...source, mediaType: pictureType(source.data, blobs) ?? source.mediaType } : source;

/** So many pictures one drawing may start from (the contract's `input_references`). */
export const REFERENCES_MAX = 16;

export function readPictures(
  to: Complaints,
  values: readonly Json[],
  path: string,
  blobs: readonly Blob[],
): readonly ImagePart[] {
  if (values.length > REFERENCES_MAX) {
    complain(
      to,
      path,
      `Invalid '${path}': expected at most ${REFERENCES_MAX} pictures, but got ${values.length} instead.`,
    );
    return [];
  }
  return values.flatMap((value, at) => readPicture(to, value, `${path}[${at}]`, blobs) ?? []);
}

/** `transparent` needs a format that has transparency. */
export function checkBackground(to: Complaints, { background, format }: Partial<ImageCall>): void {
  if (background === 'transparent' && format === 'jpeg')
    complain(to, 'background', "Invalid 'background': a transparent one needs 'output_format' png or webp.");
}

export const taskOf = (references: readonly ImagePart[]): ImageTask => (references.length > 0 ? 'edit' : 'generate');
