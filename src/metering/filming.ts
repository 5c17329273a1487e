import { type Usage, usageOf } from '../call/usage.ts';
import type { FilmedKind, VideoCall } from '../call/video.ts';
import { tokensOf } from './count-text.ts';
import { type Exposures, remembered } from './exposure.ts';
import { NO_PIECES } from './meters.ts';

/** No endpoint films longer where nobody says how long (`VideoCapabilities.secondsDefault`). */
export const SECONDS_UNSAID = 10;

export const estimateFilm = ({ prompt }: VideoCall): number => tokensOf(prompt);

/** The most that a video may consume: as many seconds as are asked for, one video, at the dearest kind. */
export const exposuresOfFilm = (call: VideoCall): Exposures =>
  remembered(({ context }) => {
    // Every token of a text has a byte at least.
    const promptTokens = Math.min(context, Buffer.byteLength(call.prompt));
    return {
      promptTokens,
      promptTokensSum: promptTokens,
      answers: 1,
      outputTokens: 0,
      summaries: 0,
      pieces: { ...NO_PIECES, ...writtenOf(call), images: picturesOf(call) },
    };
  });

export const writtenOf = ({ seconds = SECONDS_UNSAID }: Pick<VideoCall, 'seconds'>) => ({
  outputSeconds: seconds,
  outputVideos: 1,
});

/** Pictures that are read for it. */
export const picturesOf = ({ firstFrame, lastFrame, references }: VideoCall): number =>
  references.length + (firstFrame ? 1 : 0) + (lastFrame ? 1 : 0);

/** What was filmed. */
export type Film = { readonly seconds: number; readonly videos: number; readonly kind: FilmedKind };
/** What it was made of: tokens of its words, and pictures. */
export type FilmSource = { readonly promptTokens: number; readonly pictures: number };

/** Each begun second is a whole one. All of it is counted by us: vendors bill what was asked for. */
export const usageOfFilm = ({ seconds, videos, kind }: Film, { promptTokens, pictures }: FilmSource): Usage =>
  usageOf({
    input: promptTokens,
    images: pictures,
    outputSeconds: Math.ceil(seconds) * videos,
    outputVideos: videos,
    filmed: kind,
    source: 'estimate',
  });
