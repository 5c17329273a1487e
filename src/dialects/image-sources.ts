import { type Fault, fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { ImageCall } from '../call/image.ts';
import type { ImagePart } from '../call/message.ts';
import type { Asset, Assets } from '../facts/asset.ts';
import type { Target } from '../facts/target.ts';
import { base64Of } from './inline-asset.ts';

/**
 * Every picture that is named by URL. They are fetched here for whatever vendor, so that one that points inward, or is no
 * picture, is refused before anything is drawn and charged.
 */
export const imageAssets = (call: ImageCall): Asset[] =>
  [...call.references, ...(call.mask ? [call.mask] : [])].flatMap(({ source }) =>
    source.kind === 'url' ? [{ url: source.url, kind: 'image' as const }] : [],
  );

/** One picture's bytes. */
export type InlineImage = { readonly mediaType: string; readonly base64: string };

export function inlineImage({ source }: ImagePart, assets: Assets, target: Target): Result<InlineImage, Fault> {
  switch (source.kind) {
    case 'base64':
      return ok({ mediaType: source.mediaType, base64: source.data });
    case 'file-id':
      return failed(notTaken(target, 'file ids'));
    case 'url': {
      const asset = assets.get(source.url);
      if (!asset) return failed(fault('image_download_failed', `Could not fetch ${source.url.slice(0, 200)}`));
      return ok({ mediaType: asset.mediaType, base64: base64Of(asset) });
    }
    default:
      return source satisfies never;
  }
}

/** The pictures that a drawing starts from, as `data:` URLs, and the mask. */
export function dataUrlsOf(
  call: ImageCall,
  assets: Assets,
  target: Target,
): Result<{ readonly images: readonly string[]; readonly mask?: string }, Fault> {
  const images: string[] = [];
  for (const part of call.references) {
    const image = inlineImage(part, assets, target);
    if (!image.ok) return image;
    images.push(dataUrl(image.value));
  }
  if (!call.mask) return ok({ images });
  const mask = inlineImage(call.mask, assets, target);
  return mask.ok ? ok({ images, mask: dataUrl(mask.value) }) : mask;
}

const dataUrl = ({ mediaType, base64 }: InlineImage): string => `data:${mediaType};base64,${base64}`;

/** Another endpoint may take it. */
export const notTaken = ({ endpoint }: Target, what: string, param?: string): Fault =>
  fault('upstream_not_implemented', `${endpoint.provider.name} does not take ${what}.`, {
    ...(param !== undefined && { param }),
  });

/**
 * The words that go with a call. OpenAI's endpoint for variations is gone with DALL·E 2 (openai 7.57.0, read 2026-11-29),
 * and no other host has one: a picture is varied by words.
 */
export const wordsOf = ({ prompt }: ImageCall): string => (prompt === '' ? VARIATION : prompt);
const VARIATION = 'Draw a variation of this picture: the same subject and style, another take.';
