import { type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok } from '../../base/result.ts';
import type { VideoDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';
import type { VideoCapabilities } from '../video-capabilities.ts';
import { ownVideoFields } from '../video-options.ts';
import {
  dataUrlOf,
  failedFilm,
  filmingOf,
  isRefusal,
  isTaskId,
  malformedTask,
  refusedFilm,
  videoAssets,
} from '../video-sources.ts';

const REPLICATE_VIDEOS = 'replicate-videos';

/** Models differ; what most of them have in common (replicate.com/collections/text-to-video, @ai-sdk/replicate 2.0.57, read 2026-11-29). */
const TAKES: VideoCapabilities = {
  seconds: null,
  secondsDefault: 5,
  resolutions: ['480p', '720p', '1080p'],
  resolutionDefault: '720p',
  ratios: null,
  frames: ['first_frame'],
  references: 0,
  audio: 'never',
  seed: true,
};

/** Replicate's predictions, of models that film: `duration`, `resolution`, `aspect_ratio` and `image` as most of them name these. */
export const replicateVideosUpstream: VideoDialect = {
  id: REPLICATE_VIDEOS,
  entriesMax: () => 1,
  takes: () => TAKES,
  assets: videoAssets,
  encodeCall: (call, target, assets) => {
    const filming = filmingOf(call, TAKES, target, assets);
    if (!filming.ok) return filming;
    const { shot, pictures, losses } = filming.value;
    const [model = '', version] = target.endpoint.upstreamId.split(':');
    const { seconds, resolution, ratio } = shot;
    const input: JsonObject = {
      ...ownVideoFields(call, target, REPLICATE_VIDEOS, losses),
      prompt: call.prompt,
      duration: seconds,
      resolution,
      ...(ratio !== undefined && { aspect_ratio: ratio }),
      ...(pictures.first && { image: dataUrlOf(pictures.first) }),
      ...(call.seed !== undefined && { seed: call.seed }),
    };
    return ok({
      path: version === undefined ? `/models/${model}/predictions` : '/predictions',
      headers: {},
      body: { ...(version !== undefined && { version }), input },
      losses,
    });
  },
  decodeReply: (body, { target }) => {
    const prediction = objectOf(body);
    const id = stringOf(prediction.id);
    if (!isTaskId(id)) return malformedTask(target);
    const path = `/predictions/${id}`;
    const base = {
      id,
      poll: { method: 'GET', path } as const,
      cancel: { method: 'POST', path: `${path}/cancel` } as const,
      videos: [],
    };
    const status = stringOf(prediction.status);
    switch (status) {
      case 'starting':
      case 'queued':
        return ok({ ...base, state: 'waiting' });
      case 'processing':
        return ok({ ...base, state: 'running' });
      case 'succeeded': {
        const output = Array.isArray(prediction.output) ? prediction.output : [prediction.output];
        const videos = output.map((url) => stringOf(url)).filter((url) => url !== '');
        return videos.length > 0
          ? ok({ ...base, state: 'done', videos: videos.map((url) => ({ url })) })
          : malformedTask(target);
      }
      case 'failed':
      case 'canceled':
      case 'aborted': {
        const told = stringOf(prediction.error) || `the prediction was ${status}`;
        return failed(isRefusal(told) ? refusedFilm(target, told) : failedFilm(target, told));
      }
      default:
        return malformedTask(target);
    }
  },
  decodeFault,
};
