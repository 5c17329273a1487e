import type { Fault } from '../../base/fault.ts';
import { fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { entryOf } from '../../base/table.ts';
import type { EmbeddingCall } from '../../call/embedding.ts';
import type { Source, UserPart } from '../../call/message.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import { cannotTake, dataUrlOf, partsOf } from '../embedding-inputs.ts';

/** Nova's words for what vectors are for, by those that other vendors' callers use. */
const PURPOSES: { readonly [word: string]: string } = {
  query: 'GENERIC_RETRIEVAL',
  search_query: 'GENERIC_RETRIEVAL',
  retrieval_query: 'GENERIC_RETRIEVAL',
  document: 'GENERIC_INDEX',
  passage: 'GENERIC_INDEX',
  search_document: 'GENERIC_INDEX',
  retrieval_document: 'GENERIC_INDEX',
};

/** As the schema names them, by the end of the media type. */
const FORMATS: { readonly [subtype: string]: string } = {
  'x-wav': 'wav',
  mpeg: 'mp3',
  quicktime: 'mov',
  'x-matroska': 'mkv',
  'x-flv': 'flv',
  'x-ms-wmv': 'wmv',
  '3gpp': '3gp',
};

/**
 * One thing to embed with Nova Multimodal Embeddings: a text, a picture, a sound or a film (embeddings request schema,
 * docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html, read 2026-11-24).
 */
export function novaEmbedding(call: EmbeddingCall, target: Target, assets: Assets): Result<JsonObject, Fault> {
  const inputs = partsOf(call, target);
  if (!inputs.ok) return inputs;
  const [part, ...others] = joined(inputs.value[0] ?? []);
  if (!part || others.length > 0) return failed(cannotTake(target, 'several parts', 0));
  const thing = thingOf(part, target, assets);
  if (!thing.ok) return thing;
  const word = (call.inputType ?? 'document').toLowerCase();
  return ok({
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: entryOf(PURPOSES, word) ?? word.toUpperCase(),
      ...(call.dimensions !== undefined && { embeddingDimension: call.dimensions }),
      ...thing.value,
    },
  });
}

/** Neighbouring texts are one. */
function joined(parts: readonly UserPart[]): readonly UserPart[] {
  const isText = parts.every((part) => part.type === 'text');
  if (!isText || parts.length < 2) return parts;
  return [{ type: 'text', text: parts.map((part) => (part.type === 'text' ? part.text : '')).join('') }];
}

function thingOf(part: UserPart, target: Target, assets: Assets): Result<JsonObject, Fault> {
  switch (part.type) {
    case 'text':
      return ok({ text: { truncationMode: 'END', value: part.text } });
    case 'image':
      return mediaOf(part.source, target, assets, (media) => ({ image: { detailLevel: 'STANDARD_IMAGE', ...media } }));
    case 'audio':
      return mediaOf(part.source, target, assets, (media) => ({ audio: media }));
    case 'video':
      return mediaOf(part.source, target, assets, (media) => ({
        video: { embeddingMode: 'AUDIO_VIDEO_COMBINED', ...media },
      }));
    case 'file':
      return failed(cannotTake(target, 'file parts', 0));
    default:
      return part satisfies never;
  }
}

function mediaOf(
  source: Source,
  target: Target,
  assets: Assets,
  write: (media: JsonObject) => JsonObject,
): Result<JsonObject, Fault> {
  const url = dataUrlOf(source, assets, target, 0);
  if (!url.ok) return url;
  const [, subtype, bytes] = /^data:[^/;,]*\/([^;,]*)[^,]*,(.*)$/s.exec(url.value) ?? [];
  if (subtype === undefined || bytes === undefined) return failed(fault('invalid_request', 'The media has no type.'));
  return ok(write({ format: entryOf(FORMATS, subtype) ?? subtype, source: { bytes } }));
}
