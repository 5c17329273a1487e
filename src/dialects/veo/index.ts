import { arrayOf, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok } from '../../base/result.ts';
import type { Target } from '../../facts/target.ts';
import type { VideoDialect } from '../dialect.ts';
import { decodeGeminiFault } from '../gemini-fault.ts';
import type { InlineImage } from '../image-sources.ts';
import type { VideoCapabilities } from '../video-capabilities.ts';
import { ownVideoFields } from '../video-options.ts';
import { failedFilm, filmingOf, malformedTask, refusedFilm, videoAssets } from '../video-sources.ts';

const VEO = 'veo';

/** Of Veo 3.1 (ai.google.dev/gemini-api/docs/video as quoted by several hosts' pages, and @ai-sdk/google 3.0.141, read 2026-11-29). */
function takes({ endpoint }: Target): VideoCapabilities {
  const isLatest = /veo-3\.1/.test(endpoint.upstreamId);
  return {
    seconds: [4, 6, 8],
    secondsDefault: 8,
    resolutions: isLatest ? ['720p', '1080p', '4K'] : ['720p', '1080p'],
    resolutionDefault: '720p',
    ratios: ['16:9', '9:16'],
    frames: isLatest ? ['first_frame', 'last_frame'] : ['first_frame'],
    references: isLatest ? 3 : 0,
    audio: 'always',
    seed: true,
  };
}

/** Google's `:predictLongRunning` on the Gemini API: an operation, asked about by its name. */
export const veoUpstream: VideoDialect = {
  id: VEO,
  entriesMax: () => 1,
  takes,
  assets: videoAssets,
  encodeCall: (call, target, assets) => {
    const filming = filmingOf(call, takes(target), target, assets);
    if (!filming.ok) return filming;
    const { shot, pictures, losses } = filming.value;
    const { first, last, references } = pictures;
    const { seconds, resolution, ratio } = shot;
    const instance: JsonObject = {
      prompt: call.prompt,
      ...(first && { image: imageOf(first) }),
      ...(last && { lastFrame: imageOf(last) }),
      ...(references.length > 0 && {
        referenceImages: references.map((image) => ({ image: imageOf(image), referenceType: 'asset' })),
      }),
    };
    const parameters: JsonObject = {
      ...ownVideoFields(call, target, VEO, losses),
      durationSeconds: seconds,
      resolution: resolution === '4K' ? '4k' : resolution,
      ...(ratio !== undefined && { aspectRatio: ratio }),
      ...(call.seed !== undefined && { seed: call.seed }),
    };
    const path = `/models/${target.endpoint.upstreamId}:predictLongRunning`;
    return ok({ path, headers: {}, body: { instances: [instance], parameters }, losses });
  },
  decodeReply: (body, { target }) => {
    const operation = objectOf(body);
    const name = stringOf(operation.name);
    // It becomes a path.
    if (!/^[A-Za-z0-9][\w.-]*(\/[\w.-]+){1,7}$/.test(name) || name.includes('..') || name.length > 512)
      return malformedTask(target);
    const base = { id: name, poll: { method: 'GET', path: `/${name}` } as const, videos: [] };
    if (operation.error !== undefined && operation.error !== null) {
      const { message, code } = objectOf(operation.error);
      const told = stringOf(message) || 'the operation failed';
      return failed(code === 3 || code === 7 ? refusedFilm(target, told) : failedFilm(target, told));
    }
    if (operation.done !== true) return ok({ ...base, state: 'running' });
    const { generatedSamples, raiMediaFilteredReasons } = objectOf(objectOf(operation.response).generateVideoResponse);
    const urls = arrayOf(generatedSamples).map((sample) => stringOf(objectOf(objectOf(sample).video).uri));
    const videos = urls.filter((url) => url !== '').map((url) => ({ url }));
    if (videos.length > 0) return ok({ ...base, state: 'done', videos });
    const [reason] = arrayOf(raiMediaFilteredReasons);
    return failed(refusedFilm(target, stringOf(reason) || 'it ended without a video'));
  },
  decodeFault: decodeGeminiFault,
};

const imageOf = ({ base64, mediaType }: InlineImage): JsonObject => ({
  bytesBase64Encoded: base64,
  mimeType: mediaType,
});
