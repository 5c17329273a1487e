import { type JsonObject, objectOf, optionalNumber, stringOf } from '../../base/json.ts';
import { failed, ok } from '../../base/result.ts';
import type { Target } from '../../facts/target.ts';
import type { VideoDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';
import type { VideoCapabilities } from '../video-capabilities.ts';
import { ownVideoFields } from '../video-options.ts';
import {
  dataUrlOf,
  failedFilm,
  filmingOf,
  isTaskId,
  malformedTask,
  refusedFilm,
  videoAssets,
} from '../video-sources.ts';

const XAI_VIDEOS = 'xai-videos';

/** docs.x.ai/developers/model-capabilities/video/generation and @ai-sdk/xai 3.0.138, read 2026-11-29. */
function takes({ endpoint }: Target): VideoCapabilities {
  return {
    seconds: { min: 1, max: 15 },
    secondsDefault: 8,
    resolutions: /1\.5/.test(endpoint.upstreamId) ? ['480p', '720p', '1080p'] : ['480p', '720p'],
    resolutionDefault: '480p',
    ratios: ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3'],
    frames: ['first_frame'],
    references: 0,
    audio: 'always',
    seed: false,
  };
}

/** xAI's `POST /videos/generations`, asked about at `/videos/{request_id}`. */
export const xaiVideosUpstream: VideoDialect = {
  id: XAI_VIDEOS,
  entriesMax: () => 1,
  takes,
  assets: videoAssets,
  encodeCall: (call, target, assets) => {
    const filming = filmingOf(call, takes(target), target, assets);
    if (!filming.ok) return filming;
    const { shot, pictures, losses } = filming.value;
    const { seconds, resolution, ratio } = shot;
    const body: JsonObject = {
      ...ownVideoFields(call, target, XAI_VIDEOS, losses),
      model: target.endpoint.upstreamId,
      prompt: call.prompt,
      duration: seconds,
      resolution,
      ...(ratio !== undefined && { aspect_ratio: ratio }),
      ...(pictures.first && { image: { url: dataUrlOf(pictures.first) } }),
      ...(call.user !== undefined && { user: call.user }),
    };
    return ok({ path: '/videos/generations', headers: {}, body, losses });
  },
  decodeReply: (body, { target, task }) => {
    const answer = objectOf(body);
    const id = stringOf(answer.request_id) || (task ?? '');
    if (!isTaskId(id)) return malformedTask(target);
    const video = objectOf(answer.video);
    const base = { id, poll: { method: 'GET', path: `/videos/${id}` } as const, videos: [] };
    const url = stringOf(video.url);
    const status = stringOf(answer.status);
    if (status === 'done' || url !== '') {
      if (video.respect_moderation === false) return failed(refusedFilm(target, 'it offends its rules'));
      if (url === '') return malformedTask(target);
      const seconds = optionalNumber(video.duration);
      return ok({
        ...base,
        state: 'done',
        videos: [{ url }],
        ...(seconds !== undefined && seconds > 0 && { seconds }),
      });
    }
    if (status === 'failed' || status === 'expired') {
      const { message } = objectOf(answer.error);
      return failed(failedFilm(target, stringOf(message) || stringOf(answer.error) || `the video ${status}`));
    }
    return ok({ ...base, state: 'running' });
  },
  decodeFault,
};
