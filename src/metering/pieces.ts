import { type Blob, restored } from '../base/blobs.ts';
import type { EmbeddingInput } from '../call/embedding.ts';
import type { Message } from '../call/message.ts';
import type { Reply } from '../call/reply.ts';
import type { Usage } from '../call/usage.ts';
import type { Rates } from '../catalog/price.ts';

/** What a vendor's count leaves out, as the gateway saw it pass. */
export type SeenContent = {
  readonly messages: readonly Pick<Message, 'parts'>[];
  /** What marks in them stand for. */
  readonly blobs?: readonly Blob[];
  /** Images written. */
  readonly images: number;
  /** Our own count of the text and the tool calls written, in tokens: asked for only where it matters. */
  readonly textTokens: () => number;
};

/**
 * A vendor's count, completed where an endpoint has prices for what vendors seldom count: images and characters read,
 * images written. Everything is left as it is for the many endpoints that have none.
 */
export function withPieces(usage: Usage, price: Rates, seen: SeenContent): Usage {
  const drawn = seen.images > 0 && usage.outputImage === 0 && price.outputImage !== undefined;
  const images = price.image !== undefined && usage.images === 0;
  const written = price.outputImageEach !== undefined && usage.outputImages === 0;
  const characters = price.inputCharacter !== undefined && usage.inputCharacters === 0;
  if (!drawn && !images && !written && !characters) return usage;
  return {
    ...usage,
    ...(drawn && drawnOf(usage, seen)),
    ...(images && { images: imagesRead(seen.messages) }),
    ...(written && { outputImages: seen.images }),
    ...(characters && { inputCharacters: charactersRead(seen) }),
  };
}

/**
 * The answer holds images and the vendor did not say how many of its tokens are theirs: whatever goes beyond our own count
 * of the text is, as a picture has a thousand tokens and the words around it have few.
 */
function drawnOf(usage: Usage, { textTokens, images }: SeenContent): Pick<Usage, 'output' | 'outputImage'> {
  if (usage.source === 'estimate') return { output: usage.output, outputImage: images * TOKENS_PER_IMAGE };
  const output = Math.min(usage.output, Math.ceil(textTokens()));
  return { output, outputImage: usage.output - output };
}

/** Where nobody counts: a picture of 1024 × 1024 of Gemini 2.5 Flash Image (ai.google.dev/gemini-api/docs/pricing, as quoted 2026-11-29). */
const TOKENS_PER_IMAGE = 1_290;

export const imagesWritten = (reply: Reply): number =>
  reply.choices.reduce((sum, { parts }) => sum + parts.filter(({ type }) => type === 'image').length, 0);

function imagesRead(messages: SeenContent['messages']): number {
  let images = 0;
  for (const { parts } of messages) for (const part of parts) if (part.type === 'image') images += 1;
  return images;
}

function charactersRead({ messages, blobs = [] }: SeenContent): number {
  let characters = 0;
  for (const { parts } of messages)
    for (const part of parts) if (part.type === 'text') for (const _ of restored(part.text, blobs)) characters += 1;
  return characters;
}

/** Inputs to be embedded, as messages: what they hold is counted alike. */
export const asMessages = (inputs: readonly EmbeddingInput[]): SeenContent['messages'] =>
  inputs.map((input) => ({ parts: input.type === 'content' ? input.parts : [] }));
