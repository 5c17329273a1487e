import { type Fault, fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { PixelSize } from '../call/image.ts';
import type { Loss } from '../call/loss.ts';
import type { VideoCall, VideoResolution } from '../call/video.ts';
import type { Target } from '../facts/target.ts';
import { ratioOf } from './image-size.ts';

/** What one endpoint films; null = whatever it is asked for, as far as is known. */
export type VideoCapabilities = {
  /** Seconds that a video may last. */
  readonly seconds: readonly number[] | { readonly min: number; readonly max: number } | null;
  /** What is asked for where nobody says how long. */
  readonly secondsDefault: number;
  readonly resolutions: readonly VideoResolution[] | null;
  readonly resolutionDefault: VideoResolution;
  readonly ratios: readonly string[] | null;
  readonly frames: readonly ('first_frame' | 'last_frame')[];
  /** How many pictures it may be shown beside frames. */
  readonly references: number;
  /** `always`, `never`, or as it is told. */
  readonly audio: 'always' | 'never' | 'told';
  readonly seed: boolean;
};

/** Everything that decides what a video costs is settled before it is asked for. */
export type Shot = {
  readonly seconds: number;
  readonly resolution: VideoResolution;
  /** `16:9`; undefined = left to the model. */
  readonly ratio: string | undefined;
  readonly audio: boolean;
};

/** The ratios of the contract (OpenAPI document and @openrouter/sdk 1.3.19, read 2026-11-29). */
export const VIDEO_RATIOS: readonly string[] = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9', '9:21'];

/** The lines of a resolution: the shorter side of its picture. */
const LINES: { readonly [R in VideoResolution]: number } = {
  '360p': 360,
  '480p': 480,
  '720p': 720,
  '768p': 768,
  '1080p': 1080,
  '1K': 1080,
  '2K': 1440,
  '4K': 2160,
};

export const resolutionOf = ({ width, height }: PixelSize, among: readonly VideoResolution[]): VideoResolution => {
  const lines = Math.min(width, height);
  const distance = (one: VideoResolution): number => Math.abs(Math.log(LINES[one] / lines));
  return among.reduce((best, one) => (distance(one) < distance(best) ? one : best));
};

/** Pixels of a resolution in a shape, even on both sides. */
export function pixelsOfShot({ resolution, ratio = '16:9' }: Pick<Shot, 'resolution' | 'ratio'>): PixelSize {
  const lines = LINES[resolution];
  const shape = ratioOf(ratio);
  const long = Math.round((lines * Math.max(shape, 1 / shape)) / 2) * 2;
  return shape >= 1 ? { width: long, height: lines } : { width: lines, height: long };
}

const ALL: readonly VideoResolution[] = ['360p', '480p', '720p', '768p', '1080p', '2K', '4K'];

/** What is to be filmed at this endpoint, or why it cannot: another endpoint may. */
export function shotOf(call: VideoCall, takes: VideoCapabilities, target: Target): Result<Shot, Fault> {
  const { size } = call;
  const among = takes.resolutions ?? ALL;
  const resolution = size ? resolutionOf(size, among) : (call.resolution ?? takes.resolutionDefault);
  const refuse = (param: string, what: string, offered: string): Result<Shot, Fault> =>
    failed(
      fault(
        'upstream_not_implemented',
        `${target.endpoint.provider.name} films no ${what} with this model: ${offered}.`,
        {
          param,
        },
      ),
    );
  const isExact = !size || Math.abs(Math.log(LINES[resolution] / Math.min(size.width, size.height))) < 0.15;
  if (!among.includes(resolution) || !isExact)
    return refuse(size ? 'size' : 'resolution', size ? `${size.width}x${size.height}` : resolution, among.join(', '));
  const ratio = call.aspectRatio ?? (size && nearest(size));
  if (ratio !== undefined && takes.ratios && !takes.ratios.includes(ratio))
    return refuse(size ? 'size' : 'aspect_ratio', ratio, takes.ratios.join(', '));
  const seconds = call.seconds ?? takes.secondsDefault;
  if (!lasts(seconds, takes.seconds)) return refuse('duration', `${seconds} seconds`, offeredSeconds(takes.seconds));
  const audio = takes.audio === 'told' ? (call.audio ?? false) : takes.audio === 'always';
  return ok({ seconds, resolution, ratio, audio });
}

const nearest = ({ width, height }: PixelSize): string => {
  const distance = (one: string): number => Math.abs(Math.log(ratioOf(one) / (width / height)));
  return VIDEO_RATIOS.reduce((best, one) => (distance(one) < distance(best) ? one : best));
};

function lasts(seconds: number, offered: VideoCapabilities['seconds']): boolean {
  if (offered === null) return true;
  return 'min' in offered ? seconds >= offered.min && seconds <= offered.max : offered.includes(seconds);
}

const offeredSeconds = (offered: VideoCapabilities['seconds']): string =>
  offered === null ? '' : 'min' in offered ? `${offered.min} to ${offered.max}` : offered.join(', ');

/** What the call has and the endpoint has no word for. Frames and references that it does not take refuse it. */
export function lossesOfVideo(call: VideoCall, takes: VideoCapabilities, { endpoint }: Target): Loss[] {
  const losses: Loss[] = [];
  const lose = (field: string, reason: string): void => void losses.push({ field, reason });
  const name = endpoint.provider.name;
  if (call.seed !== undefined && !takes.seed) lose('seed', `${name} has no such setting for this model`);
  if (call.audio === true && takes.audio === 'never') lose('generate_audio', `${name} films without sound`);
  if (call.audio === false && takes.audio === 'always') lose('generate_audio', `${name} always films with sound`);
  return losses;
}

/** Pictures that an endpoint cannot start from: without them it would film something else. */
export function objectionToPictures(call: VideoCall, takes: VideoCapabilities, { endpoint }: Target): Fault | null {
  const { name } = endpoint.provider;
  const refuse = (param: string, what: string): Fault =>
    fault('upstream_not_implemented', `${name} takes ${what} with this model.`, { param });
  if (call.firstFrame && !takes.frames.includes('first_frame')) return refuse('frame_images', 'no first frame');
  if (call.lastFrame && !takes.frames.includes('last_frame')) return refuse('frame_images', 'no last frame');
  if (call.references.length > takes.references)
    return refuse('input_references', takes.references === 0 ? 'no pictures' : `at most ${takes.references} pictures`);
  return null;
}
