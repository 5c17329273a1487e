import { isMp3, waveRate } from '../base/audio-header.ts';
import { type Blob, blobBehind, headOf } from '../base/blobs.ts';
import { readImageHeader } from '../base/image-header.ts';
import type { AudioPart, FilePart, ImagePart, Source, VideoPart } from '../call/message.ts';

/** What one image, document or clip is to a vendor at most, at whichever. */
export type MediaSize = {
  /** `everything` = as many as fit in the context window. */
  readonly tokens: number | 'everything';
  /** How long a clip runs. */
  readonly seconds: number;
};

type MediaPart = ImagePart | FilePart | AudioPart | VideoPart;

/**
 * The bound of a part whose bytes came with the call, by what they are. What is only named, by URL or as a vendor's file,
 * has the bound of its kind: nobody knows its size before it has been fetched, and a hold comes first.
 */
export function mediaSize(part: MediaPart, blobs: readonly Blob[]): MediaSize {
  switch (part.type) {
    case 'image':
      return { tokens: imageTokens(headOfSource(part.source, blobs)), seconds: 0 };
    case 'file':
      return { tokens: fileTokens(part, blobs), seconds: 0 };
    case 'audio':
      return audioSize(part.source, blobs);
    case 'video':
      return UNSEEN_CLIP; // a minute of stillness takes no bytes, and some thousands of tokens
    default:
      return part satisfies never;
  }
}

/**
 * The dearest count that is documented: gpt-4o-mini's 2,833 and 5,667 for each tile of 512 pixels, of an image that is
 * first made to fit into 2,048 × 2,048 and then its shorter side into 768 (developers.openai.com/api/docs/guides/
 * images-vision; ten public repositories that count by it have these figures, read 2026-11-29). Claude's pixels / 750 and patches of 28 or 32 pixels stay far below it.
 */
const TILE = { base: 2_833, each: 5_667, pixels: 512, fit: 2_048, shorter: 768 } as const;
/** Eight tiles, the most there can be. */
const IMAGE_TOKENS_UNSEEN = TILE.base + 8 * TILE.each;
/** Gemini counts 258 for each 768 × 768 of a large image (geminibyexample.com/027-calculate-input-tokens, read 2026-11-29). */
const LARGE_TILE = { tokens: 258, pixels: 768 } as const;

function imageTokens(head: Buffer | null): number {
  const header = head && readImageHeader(head);
  if (!header) return IMAGE_TOKENS_UNSEEN;
  const { width, height } = header;
  const scale = Math.min(1, TILE.fit / Math.max(width, height, 1), TILE.shorter / Math.max(1, Math.min(width, height)));
  const tiles = tilesOf(width * scale, height * scale, TILE.pixels);
  const large = LARGE_TILE.tokens * tilesOf(width, height, LARGE_TILE.pixels);
  return Math.max(TILE.base + TILE.each * Math.min(8, tiles), large);
}

const tilesOf = (width: number, height: number, pixels: number): number =>
  Math.max(1, Math.ceil(width / pixels)) * Math.max(1, Math.ceil(height / pixels));

/** A text is its bytes. A page of a PDF may be compressed to a hundredth of itself, so that only the window bounds it. */
const fileTokens = ({ source }: FilePart, blobs: readonly Blob[]): MediaSize['tokens'] =>
  source.kind === 'base64' && source.mediaType.startsWith('text/') ? bytesOf(source, blobs) : 'everything';

/** OpenAI counts 10 tokens a second, Voxtral 12.5, Gemini 32 (read 2026-11-29: OpenAI's in its guide realtime-costs, 1 token per 100 ms, Gemini's at geminibyexample.com/027-calculate-input-tokens; Voxtral's is 375 for 30 seconds in a recorded answer). */
const AUDIO_TOKENS_PER_SECOND = 32;
/** Clips are padded: Voxtral counts 30 seconds at least. */
const AUDIO_TOKENS_MIN = 1_024;
/** MP3 has no frame below 8 kbit/s. */
const MP3_BYTES_PER_SECOND_MIN = 1_000;

/** Two hours: no vendor takes more in one call. */
const UNSEEN_CLIP: MediaSize = { tokens: 'everything', seconds: 7_200 };

/** Of formats whose bytes tell seconds, whatever they are called; others make next to nothing of silence. */
function audioSize(source: Source, blobs: readonly Blob[]): MediaSize {
  const head = headOfSource(source, blobs);
  const bytesPerSecond = head ? (waveRate(head) ?? (isMp3(head) ? MP3_BYTES_PER_SECOND_MIN : null)) : null;
  if (bytesPerSecond === null || source.kind !== 'base64') return UNSEEN_CLIP;
  const seconds = Math.ceil(bytesOf(source, blobs) / bytesPerSecond);
  return { tokens: AUDIO_TOKENS_MIN + AUDIO_TOKENS_PER_SECOND * seconds, seconds };
}

/** A camera's notes and its preview stand before the size of a JPEG. */
const HEAD_BASE64_MAX = 512 * 1024;

const headOfSource = (source: Source, blobs: readonly Blob[]): Buffer | null =>
  source.kind === 'base64' ? Buffer.from(headOf(source.data, blobs, HEAD_BASE64_MAX), 'base64') : null;

function bytesOf(source: Extract<Source, { kind: 'base64' }>, blobs: readonly Blob[]): number {
  const blob = blobBehind(source.data, blobs);
  const length = blob ? blob.reduce((sum, piece) => sum + piece.length, 0) : source.data.length;
  return Math.ceil((length * 3) / 4);
}
