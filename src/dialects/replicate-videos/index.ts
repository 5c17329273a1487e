import { type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok } from '../../base/result.ts';
import type { VideoDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';
import { lossesOfVideo, objectionToPictures, shotOf, type VideoCapabilities } from '../video-capabilities.ts';
import { ownVideoFields } from '../video-options.ts';
import {
  dataUrlOf,
  failedFilm,
  isRefusal,
  isTaskId,
  malformedTask,
  picturesFor,
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
    const objection = objectionToPictures(call, TAKES, target);
    if (objection) return failed(objection);
    const shot = shotOf(call, TAKES, target);
    if (!shot.ok) return shot;
    const pictures = picturesFor(call, assets, target);
    if (!pictures.ok) return pictures;
    const losses = lossesOfVideo(call, TAKES, target);
    const [model = '', version] = target.endpoint.upstreamId.split(':');
    const { seconds, resolution, ratio } = shot.value;
    const input: JsonObject = {
      ...ownVideoFields(call, target, REPLICATE_VIDEOS, losses),
      prompt: call.prompt,
      duration: seconds,
      resolution,
      ...(ratio !== undefined && { aspect_ratio: ratio }),
      ...(pictures.value.first && { image: dataUrlOf(pictures.value.first) }),
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
