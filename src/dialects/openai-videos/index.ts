import { type JsonObject, objectOf, optionalNumber, stringOf } from '../../base/json.ts';
import { failed, ok } from '../../base/result.ts';
import type { Target } from '../../facts/target.ts';
import type { VideoDialect } from '../dialect.ts';
import { sizeText } from '../image-size.ts';
import { decodeFault } from '../openai-fault.ts';
import { pixelsOfShot, type VideoCapabilities } from '../video-capabilities.ts';
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

export const OPENAI_VIDEOS = 'openai-videos';

/**
 * OpenAI's own model filmed 4, 8 or 12 seconds and was shut down on 2026-09-24 (openai 7.57.0, read 2026-11-29); other
 * hosts that speak its words film other lengths, so what they take is theirs to refuse.
 */
const TAKES: VideoCapabilities = {
  seconds: null,
  secondsDefault: 4,
  resolutions: null,
  resolutionDefault: '720p',
  ratios: null,
  frames: ['first_frame'],
  references: 1,
  audio: 'never',
  seed: false,
};

/** OpenAI's `POST /videos`, as Azure and many hosts have it, too: as JSON, with the picture as a `data:` URL. */
export const openaiVideosUpstream: VideoDialect = {
  id: OPENAI_VIDEOS,
  entriesMax: () => 1,
  takes: () => TAKES,
  assets: videoAssets,
  encodeCall: (call, target, assets) => {
    const filming = filmingOf(call, TAKES, target, assets);
    if (!filming.ok) return filming;
    const { shot, pictures, losses } = filming.value;
    const picture = pictures.first ?? pictures.references[0];
    const body: JsonObject = {
      ...ownVideoFields(call, target, OPENAI_VIDEOS, losses),
      model: target.endpoint.upstreamId,
      prompt: call.prompt,
      seconds: String(shot.seconds),
      size: sizeText(call.size ?? pixelsOfShot(shot)),
      ...(picture && { input_reference: { image_url: dataUrlOf(picture) } }),
    };
    return ok({ path: '/videos', headers: {}, body, losses });
  },
  decodeReply: (body, { target }) => {
    const task = objectOf(body);
    const id = stringOf(task.id);
    if (!isTaskId(id)) return malformedTask(target);
    const path = `/videos/${id}`;
    const base = { id, poll: { method: 'GET', path } as const, videos: [], ...progressOf(task) };
    switch (stringOf(task.status)) {
      case 'queued':
        return ok({ ...base, state: 'waiting' });
      case 'in_progress':
        return ok({ ...base, state: 'running' });
      case 'completed':
        return ok({ ...base, state: 'done', videos: [videoOf(task, path)], ...lengthOf(task) });
      case 'failed':
        return failed(faultOf(task, target));
      default:
        return malformedTask(target);
    }
  },
  decodeFault,
};

/** Together's says where it lies (docs.together.ai/reference/get-videos-id, read 2026-11-29), OpenAI's is at its path. */
function videoOf(task: JsonObject, path: string): { readonly url: string } | { readonly path: string } {
  const url = stringOf(objectOf(task.outputs).video_url);
  return url === '' ? { path: `${path}/content` } : { url };
}

const progressOf = ({ progress }: JsonObject) => {
  const told = optionalNumber(progress);
  return told === undefined ? {} : { progress: Math.max(0, Math.min(100, told)) };
};

const lengthOf = ({ seconds }: JsonObject) => {
  const told = Number(typeof seconds === 'string' ? seconds : (optionalNumber(seconds) ?? Number.NaN));
  return told > 0 ? { seconds: told } : {};
};

function faultOf({ error }: JsonObject, target: Target) {
  const { code, message } = objectOf(error);
  const told = stringOf(message) || stringOf(code) || 'the video failed';
  return isRefusal(`${stringOf(code)} ${told}`) ? refusedFilm(target, told) : failedFilm(target, told);
}
