import { ok } from '../base/result.ts';
import type { VideoCall, VideoReply } from '../call/video.ts';
import type { Dialects, WholeDialect } from '../dialects/dialect.ts';
import type { Errand } from './errand.ts';
import { wholeErrand } from './whole-errand.ts';

const PARAMETERS = {
  duration: ({ seconds }: VideoCall) => seconds,
  size: ({ size }: VideoCall) => size,
  resolution: ({ resolution }: VideoCall) => resolution,
  aspect_ratio: ({ aspectRatio }: VideoCall) => aspectRatio,
  generate_audio: ({ audio }: VideoCall) => audio,
  seed: ({ seed }: VideoCall) => seed,
} as const;

/** One video to be filmed: the exchange that begins its task. What follows is a job's (`gateway/videos/`). */
export const videoErrand = (dialects: Dialects, call: VideoCall): Errand<'videos'> =>
  wholeErrand(
    {
      dialectAt: ({ endpoint }) => dialects.of('videos', endpoint.dialect.id) as WholeDialect<'videos'>,
      parameters: (asked) => [
        ...Object.entries(PARAMETERS).flatMap(([name, read]) => (read(asked) === undefined ? [] : [name])),
        ...Object.keys(asked.native?.fields ?? {}),
      ],
      entries: {
        name: 'videos',
        param: 'n',
        countOf: () => 1,
        slice: (whole) => whole,
        check: (reply: VideoReply) => ok(reply),
      },
      join: ([first]) => first,
    },
    call,
  );
