import type { Json, JsonObject } from '../../base/json.ts';
import type { Bill } from '../../call/event.ts';
import type { DrawnImage, ImageReply } from '../../call/image.ts';
import { cachedTokens, completionTokens, promptTokens, type Usage } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import type { AnswerContext, ImageClient } from '../dialect.ts';
import { encodeFault, faultBody } from '../openai-client-fault.ts';
import { decodeCall } from './client-call.ts';

/** OpenRouter's `POST /images`. */
export const openrouterImagesClient: ImageClient = {
  id: 'openrouter-images',
  decodeCall,
  encodeReply: ({ images, usage, bill }, answer): Json => ({
    id: answer.id,
    model: answer.model,
    provider: answer.provider,
    created: answer.created,
    data: images.map(encodeImage),
    ...(usage && { usage: encodeUsage(usage, bill) }),
    ...answer.extra,
  }),
  encodePartial: ({ index, base64 }) =>
    frame({ type: 'image_generation.partial_image', partial_image_index: index, b64_json: base64 }),
  encodeLast: (reply, answer) => `${completed(reply, answer)}data: [DONE]\n\n`,
  encodeStreamFault: (value) => {
    const { code, message, type, metadata } = faultBody(value);
    const param = value.param ?? null;
    return `${frame({ type: 'error', error: { message, code: String(code), type, param, metadata } })}data: [DONE]\n\n`;
  },
  encodeFault,
};

/** One event for each picture; the last one tells what all of them took. */
function completed({ images, usage, bill }: ImageReply, { created, extra }: AnswerContext<'images'>): string {
  return images
    .map((image, at) =>
      frame({
        type: 'image_generation.completed',
        created,
        ...encodeImage(image),
        ...(at === images.length - 1 && { ...(usage && { usage: encodeUsage(usage, bill) }), ...extra }),
      }),
    )
    .join('');
}

const frame = (value: JsonObject): string => `data: ${JSON.stringify(value)}\n\n`;

/** Addresses never come here: who asks in this dialect is given bytes. */
const encodeImage = (image: DrawnImage): JsonObject =>
  'url' in image
    ? { url: image.url }
    : { b64_json: image.base64, ...(image.mediaType !== undefined && { media_type: image.mediaType }) };

function encodeUsage(usage: Usage, bill: Bill | undefined): JsonObject {
  const prompt = promptTokens(usage);
  const completion = completionTokens(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cachedTokens(usage) },
    completion_tokens_details: { image_tokens: usage.outputImage, reasoning_tokens: usage.outputReasoning },
    ...(bill && encodeBill(bill)),
  };
}
