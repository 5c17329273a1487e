import type { Fault } from '../base/fault.ts';
import { countOf, isObject, objectOf, parseJson, stringOf } from '../base/json.ts';
import { failed, type Result } from '../base/result.ts';
import type { DrawnImage, ImageReply, ImageStep } from '../call/image.ts';
import { addUsage, type Usage } from '../call/usage.ts';
import type { ImageFrames, WholeContext } from './dialect.ts';
import { imageReply, pictureType } from './image-reply.ts';
import { faultOfError } from './openai-fault.ts';
import { decodeUsage, readEntry, readSettings } from './openai-image-reply.ts';

/**
 * OpenAI's stream of pictures: `image_generation.partial_image`, then one `.completed` for each; `image_edit.…` for edits
 * (openai 7.57.0, read 2026-11-29). What is told of an unfinished picture but its bytes is dropped.
 */
export function decodeFrames({ target }: WholeContext<'images'>): ImageFrames {
  const images: (DrawnImage | undefined)[] = [];
  let usage: Usage | undefined;
  let settings: ImageReply['settings'];
  let broken: Fault | null = null;
  return {
    push: ({ data }): readonly ImageStep[] => {
      if (broken || data.trim() === '[DONE]') return [];
      const event = objectOf(parseJson(data));
      const type = stringOf(event.type);
      if (type === 'error' || isObject(event.error)) {
        broken = faultOfError(event, { status: null, provider: target.endpoint.provider.name, now: null, raw: data });
        return [];
      }
      if (type.endsWith('.partial_image')) {
        const base64 = stringOf(event.b64_json);
        if (pictureType(base64) === undefined) return [];
        return [{ type: 'partial-image', index: countOf(event.partial_image_index), base64 }];
      }
      if (type.endsWith('.completed')) {
        images.push(readEntry(event));
        settings = readSettings(event) ?? settings;
        const counted = decodeUsage(event.usage);
        if (counted) usage = usage ? addUsage(usage, counted) : counted;
      }
      return [];
    },
    end: (): Result<ImageReply, Fault> | 'cut' => {
      if (broken) return failed(broken);
      if (images.length === 0) return 'cut';
      const more = { ...(usage && { usage }), ...(settings && { settings }) };
      return imageReply(images, more, target, 'a stream of pictures');
    },
  };
}
