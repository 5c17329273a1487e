import { type Blob, partsOf, sizeOf } from '../base/blobs.ts';
import type { Call } from '../call/call.ts';
import type { EmbeddingCall } from '../call/embedding.ts';
import type { AssistantPart, ToolResultPart, UserPart } from '../call/message.ts';
import { tokensOf, tokensOfKept } from './count-text.ts';

/** Only for limits, holds and answers whose vendor reported no usage; a bill from an estimate is marked as one. */
const TOKENS_PER_MESSAGE = 4;
/** What vendors charge for a mid-sized image, page or clip: OpenAI 765 for 1024×1024 high (read 2026-11-22). */
const TOKENS_PER_MEDIA = 768;

/** The prompt's size in tokens, roughly. */
export function estimatePrompt(call: Call): number {
  let tokens = 0;
  const kept = keptIn(call.blobs);
  const count = call.isLarge ? sampling() : tokensOf;
  for (const message of call.messages) {
    tokens += TOKENS_PER_MESSAGE;
    for (const part of message.parts) tokens += tokensOfPart(part, kept, count);
  }
  for (const tool of call.tools)
    tokens +=
      tool.type === 'function'
        ? tokensOf(tool.name + (tool.description ?? '')) + tokensOf(JSON.stringify(tool.parameters ?? {}))
        : TOKENS_PER_MESSAGE;
  if (call.output.type === 'json-schema') tokens += tokensOf(JSON.stringify(call.output.schema));
  return tokens;
}

/** So many UTF-16 units are counted whole, and of what follows every so manieth text: 7 MB took 30 ms (2026-11-29). */
const COUNTED_LENGTH = 1024 * 1024;
const COUNTED_EACH = 8;

/** Counts the texts of a prompt that has very many: those that are passed over are taken to be like the one counted before. */
function sampling(): (text: string) => number {
  let length = 0;
  let texts = 0;
  let tokensPerUnit = 0;
  return (text) => {
    if (length > COUNTED_LENGTH && texts++ % COUNTED_EACH !== 0) return Math.ceil(text.length * tokensPerUnit);
    const tokens = tokensOf(text);
    length += text.length;
    if (text !== '') tokensPerUnit = tokens / text.length;
    return tokens;
  };
}

/** The size in tokens of each input to be embedded, roughly; exact where the caller sent token ids. */
export function estimateInputs({ inputs, blobs }: EmbeddingCall): number[] {
  const kept = keptIn(blobs);
  return inputs.map((input) => (input.type === 'tokens' ? input.tokens.length : sumOf(input.parts, kept)));
}

/** Estimates the tokens of each of several things that stand alone. */
export function estimateEach(
  things: readonly (readonly UserPart[])[],
  blobs: readonly Blob[] | undefined,
): readonly number[] {
  const kept = keptIn(blobs);
  return things.map((parts) => sumOf(parts, kept));
}

const sumOf = (parts: readonly UserPart[], kept: Kept | null): number =>
  parts.reduce((sum, part) => sum + tokensOfPart(part, kept), 0);

const keptIn = (blobs: readonly Blob[] | undefined): Kept | null =>
  blobs && blobs.length > 0 ? { blobs, sampled: 0, bytes: 0, tokens: 0 } : null;

/** Of so many texts that were set aside samples are read; further ones are taken to be like them. */
const KEPT_SAMPLED_MAX = 64;

type Kept = { readonly blobs: readonly Blob[]; sampled: number; bytes: number; tokens: number };

function tokensOfText(text: string, seen: Kept): number {
  const { text: own, kept } = partsOf(text, seen.blobs);
  let sum = tokensOf(own);
  for (const blob of kept) {
    const bytes = sizeOf(blob);
    const isSampled = seen.sampled++ < KEPT_SAMPLED_MAX;
    const tokens = isSampled ? tokensOfKept(blob) : Math.ceil((bytes * seen.tokens) / seen.bytes);
    if (isSampled) {
      seen.bytes += bytes;
      seen.tokens += tokens;
    }
    sum += tokens;
  }
  return sum;
}

function tokensOfPart(
  part: UserPart | AssistantPart | ToolResultPart,
  kept: Kept | null,
  count: (text: string) => number = tokensOf,
): number {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return kept ? tokensOfText(part.text, kept) : count(part.text);
    case 'tool-call':
      return tokensOf(part.name) + tokensOf(part.arguments);
    case 'image':
    case 'file':
    case 'audio':
    case 'video':
      return TOKENS_PER_MEDIA;
    default:
      return part satisfies never;
  }
}
