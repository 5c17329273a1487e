import type { Fault } from '../base/fault.ts';
import { fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Loss } from '../call/loss.ts';
import type { ImagePart } from '../call/message.ts';
import type { VideoCall } from '../call/video.ts';
import type { Asset, Assets } from '../facts/asset.ts';
import type { Target } from '../facts/target.ts';
import { type InlineImage, inlineImage } from './image-sources.ts';
import { lossesOfVideo, objectionToPictures, type Shot, shotOf, type VideoCapabilities } from './video-capabilities.ts';

/** Pictures that are named by URL are fetched here, so that one that points inward is refused before anything is filmed. */
export const videoAssets = (call: VideoCall): Asset[] =>
  picturesOf(call).flatMap(({ source }) =>
    source.kind === 'url' ? [{ url: source.url, kind: 'image' as const }] : [],
  );

const picturesOf = ({ firstFrame, lastFrame, references }: VideoCall): ImagePart[] => [
  ...(firstFrame ? [firstFrame] : []),
  ...(lastFrame ? [lastFrame] : []),
  ...references,
];

type VideoPictures = {
  readonly first?: InlineImage;
  readonly last?: InlineImage;
  readonly references: readonly InlineImage[];
};

function picturesFor(call: VideoCall, assets: Assets, target: Target): Result<VideoPictures, Fault> {
  const read: InlineImage[] = [];
  for (const part of picturesOf(call)) {
    const image = inlineImage(part, assets, target);
    if (!image.ok) return image;
    read.push(image.value);
  }
  const first = call.firstFrame && read.shift();
  const last = call.lastFrame && read.shift();
  return ok({ ...(first && { first }), ...(last && { last }), references: read });
}

/** What a host is to film, as it takes it. */
type Filming = { readonly shot: Shot; readonly pictures: VideoPictures; readonly losses: Loss[] };

/** A call as a host that takes so much is asked for it, with what is lost on the way; or why it is not asked. */
export function filmingOf(
  call: VideoCall,
  takes: VideoCapabilities,
  target: Target,
  assets: Assets,
): Result<Filming, Fault> {
  const objection = objectionToPictures(call, takes, target);
  if (objection) return failed(objection);
  const shot = shotOf(call, takes, target);
  if (!shot.ok) return shot;
  const pictures = picturesFor(call, assets, target);
  if (!pictures.ok) return pictures;
  return ok({ shot: shot.value, pictures: pictures.value, losses: lossesOfVideo(call, takes, target) });
}

export const dataUrlOf = ({ mediaType, base64 }: InlineImage): string => `data:${mediaType};base64,${base64}`;

/** A vendor refused what the words ask for, or what came of them. */
export const refusedFilm = ({ endpoint }: Target, told: string): Fault =>
  fault('content_policy_violation', `${endpoint.provider.name} refused to film this: ${told.slice(0, 500)}`);

/** A vendor's task ended without a video. */
export const failedFilm = ({ endpoint }: Target, told: string): Fault =>
  fault('upstream_server_error', `${endpoint.provider.name}: ${told.slice(0, 500)}`, {
    upstream: { provider: endpoint.provider.name },
  });

export const malformedTask = ({ endpoint }: Target): Result<never, Fault> =>
  failed(
    fault('upstream_malformed', `${endpoint.provider.name} told nothing of its task that can be read.`, {
      upstream: { provider: endpoint.provider.name },
    }),
  );

/** A name that becomes a part of a path. */
export const isTaskId = (id: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,255}$/.test(id) && !id.includes('..');
/** What a vendor calls an offence against its rules. */
export const isRefusal = (text: string): boolean =>
  /moderation|nsfw|safety|flagged|sensitive|policy|responsible/i.test(text);
