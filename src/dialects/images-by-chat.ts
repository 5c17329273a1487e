import { type Fault, fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Call } from '../call/call.ts';
import type { DrawnImage, ImageCall, ImageReply, Resolution } from '../call/image.ts';
import type { Loss } from '../call/loss.ts';
import type { Reply } from '../call/reply.ts';
import type { Target } from '../facts/target.ts';
import type { ImageDialect, UpstreamDialect } from './dialect.ts';
import { type Capabilities, FREE, lossesBeside, oneOf, upTo } from './image-capabilities.ts';
import { REFERENCES_MAX } from './image-fields.ts';
import { ownFields } from './image-options.ts';
import { readImage, refusedDrawing } from './image-reply.ts';
import { nearestRatio, nearestResolution } from './image-size.ts';
import { imageAssets, notTaken, wordsOf } from './image-sources.ts';

/** What a family of chat models can be told about the pictures that it draws. */
export type Drawing = {
  readonly ratios: readonly string[];
  /** None = the model draws in one resolution. */
  readonly resolutions: (target: Target) => readonly Resolution[];
  /** Where the caller's own fields go in the body of the chat. */
  readonly own: (body: JsonObject, fields: JsonObject) => JsonObject;
};

/** Chat models that draw, asked for pictures: a conversation of one message, one picture for each. */
export function imagesByChat(id: string, chat: UpstreamDialect, drawing: Drawing): ImageDialect {
  const takes = (target: Target): Capabilities => {
    const resolutions = drawing.resolutions(target);
    return {
      n: upTo(1),
      input_references: upTo(REFERENCES_MAX, 0),
      size: FREE,
      ...(resolutions.length > 0 && { resolution: oneOf(...resolutions) }),
      aspect_ratio: oneOf(...drawing.ratios),
      seed: FREE,
    };
  };
  return {
    id,
    entriesMax: () => 1,
    assets: imageAssets,
    encodeCall: (call, target, assets) => {
      if (call.mask) return failed(notTaken(target, 'a mask', 'mask'));
      const losses: Loss[] = lossesBeside(takes(target), call, target);
      const own = ownFields(call, target, id, losses);
      const encoded = chat.encodeCall(chatFor(call, drawing, target), target, assets);
      if (!encoded.ok) return encoded;
      const body = drawing.own(encoded.value.body, own);
      return ok({ ...encoded.value, body, losses: [...losses, ...encoded.value.losses] });
    },
    decodeReply: (body, { target, call }) => {
      const upstream = { target, call: chatFor(call, drawing, target), newId: (prefix: string) => `${prefix}-0` };
      const reply = chat.decodeReply(body, upstream);
      return reply.ok ? imagesIn(reply.value, target) : reply;
    },
    takes,
    decodeFault: chat.decodeFault,
    quirks: {},
  };
}

function chatFor(call: ImageCall, drawing: Drawing, target: Target): Call {
  const ratio = nearestRatio(call, drawing.ratios);
  const offered = drawing.resolutions(target);
  const resolution = offered.length > 0 ? nearestResolution(call, offered) : undefined;
  const imageConfig: JsonObject = {
    ...(ratio !== undefined && { aspect_ratio: ratio }),
    ...(resolution !== undefined && { image_size: resolution }),
  };
  const text = wordsOf(call);
  return {
    model: call.model,
    models: [],
    stream: false,
    messages: [{ role: 'user', parts: [...call.references, { type: 'text', text }] }],
    tools: [],
    output: { type: 'text' },
    sampling: call.seed === undefined ? {} : { seed: call.seed },
    stop: [],
    modalities: target.endpoint.output.includes('text') ? ['text', 'image'] : ['image'],
    ...(Object.keys(imageConfig).length > 0 && { imageConfig }),
    ...(call.user !== undefined && { user: call.user }),
    gateway: {},
  };
}

/** The pictures of a chat's answer; one in words only is a refusal, or none at all. */
function imagesIn({ id, usage, choices }: Reply, target: Target): Result<ImageReply, Fault> {
  const images: DrawnImage[] = [];
  let words = '';
  for (const { parts } of choices)
    for (const part of parts) {
      if (part.type === 'text' || part.type === 'refusal') words += part.text;
      if (part.type !== 'image' || part.source.kind === 'file-id') continue;
      const { source } = part;
      const image = readImage(source.kind === 'url' ? source.url : source.data);
      if (image) images.push(image);
    }
  if (images.length > 0) return ok({ images, ...(id !== undefined && { id }), ...(usage && { usage }) });
  const isRefused = choices.some(({ finish }) => finish === 'content_filter');
  const { name, slug } = target.endpoint.provider;
  if (isRefused) return failed(refusedDrawing(target, words.slice(0, 500) || 'its content filter stopped the picture'));
  const instead = words === '' ? 'nothing' : `words only: ${words.slice(0, 500)}`;
  return failed(fault('upstream_malformed', `${name} answered with ${instead}`, { upstream: { provider: slug } }));
}
