import type { Fault } from '../base/fault.ts';
import { arrayOf, countOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import { failed, type Result } from '../base/result.ts';
import type { DrawnImage, ImageReply } from '../call/image.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import type { WholeContext } from './dialect.ts';
import { imageReply, readImage, refusedDrawing } from './image-reply.ts';
import { faultInside } from './openai-fault-inside.ts';

/** An answer of `POST /images/generations` and its kin; an error in it counts as one, whatever the HTTP status was. */
export function decodeReply(body: Json, { target }: WholeContext<'images'>): Result<ImageReply, Fault> {
  const answer = objectOf(body);
  const provider = target.endpoint.provider.name;
  const error = faultInside(answer, 'data', { provider, raw: () => JSON.stringify(body) });
  if (error) return failed(error);
  const entries = arrayOf(answer.data).map(objectOf);
  // xAI draws nothing in the place of a picture that its moderation stopped (@ai-sdk/xai 3.0.138, read 2026-11-29).
  if (entries.some(({ respect_moderation }) => respect_moderation === false))
    return failed(refusedDrawing(target, 'its moderation stopped the picture'));
  const usage = decodeUsage(answer.usage);
  const id = stringOf(answer.id);
  const settings = readSettings(answer);
  const more = { ...(id !== '' && { id }), ...(usage && { usage }), ...(settings && { settings }) };
  return imageReply(entries.map(readEntry), more, target, body);
}

export const readEntry = (entry: JsonObject): DrawnImage | undefined =>
  readImage(entry.b64_json ?? entry.base64 ?? entry.url, stringOf(entry.revised_prompt));

/** OpenAI's counts: output is all image but for what it calls text. */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const prompt = countOf(value.input_tokens) || countOf(value.prompt_tokens);
  const written = countOf(value.output_tokens) || countOf(value.completion_tokens);
  if (prompt + written === 0) return undefined;
  const read = objectOf(value.input_tokens_details);
  const inputImage = Math.min(countOf(read.image_tokens), prompt);
  const cached = Math.min(countOf(read.cached_tokens), prompt - inputImage);
  const output = Math.min(countOf(objectOf(value.output_tokens_details).text_tokens), written);
  return usageOf({
    input: prompt - inputImage - cached,
    inputImage,
    inputCacheRead: cached,
    output,
    outputImage: written - output,
  });
}

const SETTINGS = ['background', 'output_format', 'quality', 'size'] as const;

export function readSettings(answer: JsonObject): ImageReply['settings'] {
  const settingMembers = SETTINGS.flatMap((name) =>
    typeof answer[name] === 'string' ? [[name, answer[name]] as const] : [],
  );
  return settingMembers.length > 0 ? Object.fromEntries(settingMembers) : undefined;
}
