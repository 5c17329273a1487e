import type { Json, JsonObject } from '../../base/json.ts';
import type { Bill } from '../../call/event.ts';
import type { DrawnImage, ImageCall, ImageReply, ImageTask } from '../../call/image.ts';
import { completionTokens, promptTokens, type Usage } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import type { AnswerContext, ImageClient } from '../dialect.ts';
import { sizeText } from '../image-size.ts';
import { encodeFault, faultBody } from '../openai-client-fault.ts';
import { decodeCall } from './client-call.ts';
import { OPENAI_IMAGES } from './name.ts';

/** OpenAI's image API, as programs speak it to us. */
const clientFor = (task: ImageTask): ImageClient => ({
  id: OPENAI_IMAGES,
  decodeCall: (body, request) => decodeCall(task, body, request),
  encodeReply,
  encodePartial: ({ index, base64 }, answer) =>
    frame(wordFor(answer.call, 'partial_image'), {
      b64_json: base64,
      partial_image_index: index,
      created_at: answer.created,
      ...settingsOf(answer.call, {}),
    }),
  encodeLast,
  encodeStreamFault: (value) => frame('error', { error: faultBody(value) }),
  encodeFault,
});

export const openaiImageGenerationsClient = clientFor('generate');
export const openaiImageEditsClient = clientFor('edit');
export const openaiImageVariationsClient = clientFor('vary');

const frame = (type: string, value: JsonObject): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`;

const wordFor = ({ task }: ImageCall, what: 'partial_image' | 'completed'): string =>
  `${task === 'edit' ? 'image_edit' : 'image_generation'}.${what}`;

/** What the vendor settled on, else what was asked for. */
function settingsOf(call: ImageCall, { settings }: Pick<ImageReply, 'settings'>): JsonObject {
  return {
    background: settings?.background ?? call.background ?? 'auto',
    output_format: settings?.output_format ?? call.format ?? 'png',
    quality: settings?.quality ?? call.quality ?? 'auto',
    size: settings?.size ?? (call.size ? sizeText(call.size) : 'auto'),
  };
}

function encodeReply(reply: ImageReply, { id, model, provider, created, call, extra }: AnswerContext<'images'>): Json {
  const { images, usage, bill, settings } = reply;
  return {
    created,
    data: images.map((image) => encodeImage(image, call)),
    ...settings,
    ...(usage && { usage: encodeUsage(usage, bill) }),
    id,
    model,
    provider,
    ...extra,
  };
}

function encodeLast(reply: ImageReply, { created, call, extra }: AnswerContext<'images'>): string {
  const { images, usage, bill } = reply;
  return images
    .map((image, at) =>
      frame(wordFor(call, 'completed'), {
        ...encodeImage(image, call),
        created_at: created,
        ...settingsOf(call, reply),
        ...(at === images.length - 1 && { ...(usage && { usage: encodeUsage(usage, bill) }), ...extra }),
      }),
    )
    .join('');
}

/** Whose vendor gives no addresses, and who asked for them, gets the bytes as an address. */
function encodeImage(image: DrawnImage, call: ImageCall): JsonObject {
  const more = image.revisedPrompt !== undefined && { revised_prompt: image.revisedPrompt };
  if ('url' in image) return { url: image.url, ...more };
  if (!call.wantsUrls) return { b64_json: image.base64, ...more };
  return { url: `data:${image.mediaType ?? 'image/png'};base64,${image.base64}`, ...more };
}

function encodeUsage(usage: Usage, bill: Bill | undefined): JsonObject {
  const input = promptTokens(usage);
  const output = completionTokens(usage);
  return {
    input_tokens: input,
    input_tokens_details: { text_tokens: input - usage.inputImage, image_tokens: usage.inputImage },
    output_tokens: output,
    output_tokens_details: { text_tokens: output - usage.outputImage, image_tokens: usage.outputImage },
    total_tokens: input + output,
    ...(bill && encodeBill(bill)),
  };
}
