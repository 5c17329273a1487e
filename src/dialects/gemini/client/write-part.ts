import { isObject, type JsonObject, parseJson } from '../../../base/json.ts';
import type { AudioPart, Source } from '../../../call/message.ts';
import { GEMINI_REASONING } from '../../gemini-names.ts';
import { type Foreign, wrapReasoning } from './signature.ts';

/** Gemini's arguments are an object; a text that was cut off is none and stands under `input`. */
export function functionCallPart(
  call: { readonly id: string; readonly name: string; readonly arguments: string },
  signature: string | undefined,
): JsonObject {
  const value = parseJson(call.arguments);
  const args = isObject(value) ? value : call.arguments.trim() === '' ? {} : { input: call.arguments };
  return signed({ functionCall: { id: call.id, name: call.name, args } }, signature);
}

export const signed = (part: JsonObject, signature: string | undefined): JsonObject =>
  signature === undefined ? part : { ...part, thoughtSignature: signature };

/**
 * A thought part for one whole reasoning part, `text` being what is shown of it here. Another vendor's carries itself in
 * the signature, hidden text included; Gemini's own without signature is only worth showing.
 */
export function thoughtPart(reasoning: Foreign, shown: string, isHidden: boolean): JsonObject | undefined {
  const { text, ...beside } = reasoning;
  const isOwn = reasoning.format === GEMINI_REASONING;
  const withText = isHidden || reasoning.kind === 'encrypted';
  const token = isOwn ? reasoning.signature : wrapReasoning(withText ? reasoning : beside);
  if (token === undefined && shown === '') return undefined;
  return signed({ text: shown, thought: true }, token);
}

type Audio = { readonly data?: string; readonly transcript?: string };

/** Speech and its transcript, which is text here. The neutral answer keeps no format, and Gemini's own is raw PCM. */
export const audioParts = ({ data, transcript }: Audio): JsonObject[] => [
  ...(transcript ? [{ text: transcript }] : []),
  ...(data ? [{ inlineData: { mimeType: 'audio/pcm', data } }] : []),
];

export const audioOf = ({ source, native }: AudioPart): Audio => ({
  ...(source.kind === 'base64' && { data: source.data }),
  ...(typeof native?.fields.transcript === 'string' && { transcript: native.fields.transcript }),
});

export function sourcePart(source: Source): JsonObject {
  switch (source.kind) {
    case 'base64':
      return { inlineData: { mimeType: source.mediaType, data: source.data } };
    case 'url':
      return { fileData: { fileUri: source.url } };
    case 'file-id':
      return { fileData: { fileUri: source.id } };
    default:
      return source satisfies never;
  }
}
