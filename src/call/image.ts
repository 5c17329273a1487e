import type { JsonObject } from '../base/json.ts';
import type { ImagePart, Native } from './message.ts';
import type { CommonCall, CommonReply } from './operation.ts';

/** What a client wants drawn, in no vendor's words. Every field that is absent was not sent and is not sent upstream. */
export type ImageCall = CommonCall & {
  /** From words alone, from pictures and words, or from one picture without any words. */
  readonly task: ImageTask;
  /** Empty where a picture is varied. */
  readonly prompt: string;
  readonly references: readonly ImagePart[];
  /** Where it is transparent, the first of the pictures is drawn anew. */
  readonly mask?: ImagePart;
  /** How many pictures: 1 unless it says otherwise. */
  readonly n?: number;
  /** In pixels. Neither resolution nor aspect ratio stands beside it. */
  readonly size?: PixelSize;
  readonly resolution?: Resolution;
  /** `16:9`; absent where the model shall choose. */
  readonly aspectRatio?: string;
  readonly quality?: string;
  readonly background?: 'transparent' | 'opaque' | 'auto';
  readonly format?: ImageFormat;
  /** Of JPEG and WebP, 0 to 100. */
  readonly compression?: number;
  readonly seed?: number;
  readonly stream: boolean;
  /** How many unfinished pictures a stream shall show, 0 to 3. */
  readonly partialImages?: number;
  /** The client wants addresses, not bytes. */
  readonly wantsUrls?: true;
  /** Fields for single providers, by their slugs. */
  readonly options?: { readonly [provider: string]: JsonObject };
  /** Top-level fields we do not model; they reach an endpoint of the same dialect unchanged. */
  readonly native?: Native;
};

/** Pictures are drawn from words, from pictures and words, or as variations of one picture. */
export type ImageTask = 'generate' | 'edit' | 'vary';
/** A picture's size in pixels. */
export type PixelSize = { readonly width: number; readonly height: number };

export const RESOLUTIONS = ['512', '1K', '2K', '4K'] as const;
/** A picture's size by the number of its pixels on a side, as vendors name it. */
export type Resolution = (typeof RESOLUTIONS)[number];
export const IMAGE_FORMATS = ['png', 'jpeg', 'webp', 'svg', 'gif'] as const;
/** The file format of a picture. */
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** One picture that was drawn: its bytes as base64, or where its vendor keeps it for a while. */
export type DrawnImage = { readonly revisedPrompt?: string } & (
  | { readonly base64: string; readonly mediaType?: string }
  | { readonly url: string }
);

/** The pictures of a call. */
export type ImageReply = CommonReply & {
  readonly images: readonly DrawnImage[];
  /** What the vendor made of what was left to it: size, quality, background, format, in OpenAI's words. */
  readonly settings?: { readonly [name: string]: string };
  /** The vendor has begun, and is to be asked again. */
  readonly job?: ImageJob;
};

/** How to ask a vendor what became of a job. */
export type ImageJob = {
  readonly method: 'GET' | 'POST';
  /** Appended to the provider's base URL. */
  readonly path: string;
  readonly body?: { readonly [name: string]: string };
  /** Posted to where nobody waits for it any more; absent = the vendor has no such thing. */
  readonly cancelPath?: string;
};

/** One step of a streamed answer: a picture as far as it is drawn. What is finished comes with the reply. */
export type ImageStep = { readonly type: 'partial-image'; readonly index: number; readonly base64: string };

/** What pictures are priced by beside their number: words and tiers of the contract, `1536x1024` where it is known. */
export type DrawnKind = { readonly quality: string; readonly resolution: Resolution; readonly size?: string };

/** How many pictures a call asks for. */
export const countOf = ({ n }: ImageCall): number => n ?? 1;
