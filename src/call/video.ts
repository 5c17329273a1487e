import type { JsonObject } from '../base/json.ts';
import type { PixelSize } from './image.ts';
import type { ImagePart, Native } from './message.ts';
import type { CommonCall, CommonReply } from './operation.ts';

/** What a client wants filmed, in no vendor's words. Every field that is absent was not sent. */
export type VideoCall = CommonCall & {
  /** Whose words its program speaks. OpenRouter's and OpenAI's stand at the same paths. */
  readonly shape: VideoShape;
  readonly prompt: string;
  /** Whole seconds, 1 or more. */
  readonly seconds?: number;
  /** In pixels. Neither resolution nor aspect ratio stands beside it. */
  readonly size?: PixelSize;
  readonly resolution?: VideoResolution;
  /** `16:9`. */
  readonly aspectRatio?: string;
  /** Pictures that it begins and ends with. */
  readonly firstFrame?: ImagePart;
  readonly lastFrame?: ImagePart;
  /** Pictures that show what shall be seen. */
  readonly references: readonly ImagePart[];
  readonly audio?: boolean;
  readonly seed?: number;
  /** Told of the end, an HTTPS URL. */
  readonly callbackUrl?: string;
  /** Fields for single providers, by their slugs. */
  readonly options?: { readonly [provider: string]: JsonObject };
  readonly native?: Native;
};

export type VideoShape = 'openrouter' | 'openai' | 'google';

/** The contract's (OpenAPI document, @openrouter/sdk 1.3.19, read 2026-11-29), and 360p, which its prose names. */
export const VIDEO_RESOLUTIONS = ['360p', '480p', '720p', '768p', '1080p', '1K', '2K', '4K'] as const;
export type VideoResolution = (typeof VIDEO_RESOLUTIONS)[number];

/** One exchange with a vendor about a task of it: below the endpoint's base URL, with the key that began the task. */
export type TaskRequest = { readonly method: 'GET' | 'POST'; readonly path: string };

/** Where a finished video is fetched: at its vendor with the key, or at an address that is open for a while. */
export type MadeVideo = { readonly path: string } | { readonly url: string };

/** How far a vendor is with its task. A task that failed is a fault. */
export type VideoReply = CommonReply & {
  /** The vendor's name for the task. */
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done';
  /** 0 to 100, where the vendor tells. */
  readonly progress?: number;
  readonly poll: TaskRequest;
  /** Absent = the vendor has no such thing. */
  readonly cancel?: TaskRequest;
  /** Done: what was made. */
  readonly videos: readonly MadeVideo[];
  /** How long it is, where the vendor tells. */
  readonly seconds?: number;
};

/** What videos are priced by beside their seconds and number. */
export type FilmedKind = { readonly resolution: VideoResolution; readonly audio: 'with' | 'without' };
