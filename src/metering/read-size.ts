import type { Blob } from '../base/blobs.ts';
import type { UserPart } from '../call/message.ts';
import { type Exposures, remembered } from './exposure.ts';
import { NO_PIECES } from './meters.ts';
import { measureParts } from './prompt-size.ts';

/**
 * What a call consumes at most whose inputs are read, and that is answered in numbers; `written`: output tokens for each
 * input, where a model says its numbers in words.
 */
export const exposuresOfRead = (
  inputs: readonly (readonly UserPart[])[],
  blobs: readonly Blob[] = [],
  written = 0,
): Exposures =>
  remembered(({ context }) => {
    const sizes = inputs.map((parts) => measureParts(parts, blobs));
    const tokens = sizes.map((size) => (size.fillsWindow ? context : Math.min(context, size.tokens + FRAME_TOKENS)));
    return {
      promptTokens: tokens.reduce((most, one) => Math.max(most, one), 0),
      promptTokensSum: tokens.reduce((sum, one) => sum + one, 0),
      answers: written > 0 ? inputs.length : 1,
      outputTokens: written,
      summaries: 0,
      pieces: {
        ...NO_PIECES,
        images: sizes.reduce((sum, { images }) => sum + images, 0),
        inputCharacters: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
      },
    };
  });

/** What hosts put around a request before they count it: Jev 261 tokens and 8 for each question (huggingface.co/datasets/lisonallen/jev-ai-benchmark, read 2026-11-29), of which our own JSON covers the questions. */
const FRAME_TOKENS = 512;
