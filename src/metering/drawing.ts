import { countOf, type ImageCall } from '../call/image.ts';
import type { UserPart } from '../call/message.ts';
import { completionTokens, promptTokens, type Usage } from '../call/usage.ts';
import { estimateEach } from './estimate.ts';
import { type Exposures, remembered } from './exposure.ts';
import { NO_PIECES } from './meters.ts';
import { measureParts, type PromptSize } from './prompt-size.ts';

/** What a picture has in pixels; a call's own size, or the largest that a model takes by itself. */
export type Drawn = { readonly call: ImageCall; readonly pixels: number };

/** What a drawing starts from, as one thing to be read. */
const partsOf = ({ prompt, references, mask }: ImageCall): readonly UserPart[] => [
  { type: 'text', text: prompt },
  ...references,
  ...(mask ? [mask] : []),
];

/** Tokens that are read for one picture, roughly. */
export const estimateDrawing = (call: ImageCall): number => estimateEach([partsOf(call)], call.blobs)[0] ?? 0;

/**
 * Image tokens of one picture. GPT Image 2 counts, for a square, q² × (2,000,000 + pixels) / 4,000,000, with q = 16, 48
 * and 96 for low, medium and high (community.openai.com/t/1382699, read 2026-11-29); no other documented count is higher:
 * GPT Image 1 has 4,160 for a high 1024 × 1024, Gemini 1,120 to 2,000 for whatever it draws. What `xhigh` and `max` take
 * is told nowhere: four times `high` bounds them.
 */
export function tokensOfImage({ call: { quality }, pixels }: Drawn): number {
  const factor = FACTORS[quality ?? 'auto'] ?? FACTORS_MOST;
  return Math.ceil((factor ** 2 * (2_000_000 + pixels)) / 4_000_000);
}
const FACTORS_MOST = 192;
const FACTORS: { readonly [quality: string]: number } = {
  low: 16,
  medium: 48,
  standard: 48,
  auto: 96,
  high: 96,
  hd: 96,
};
/** "An additional 100 image output tokens" for each unfinished picture (image generation guide of OpenAI, from memory, 2026-11-29). */
const PARTIAL_TOKENS = 100;
const PARTIALS_MAX = 3;

/** The most that pictures may consume: each is asked for by itself where its host draws one at a time. */
export function exposuresOfDrawing(drawn: Drawn): Exposures {
  const { call } = drawn;
  const count = countOf(call);
  let size: PromptSize | null = null;
  return remembered(({ context, maxOutput }) => {
    size ??= measureParts(partsOf(call), call.blobs ?? []);
    const promptTokens = size.fillsWindow ? context : Math.min(context, size.tokens);
    const tokens = tokensOfImage(drawn) + (call.stream ? PARTIALS_MAX * PARTIAL_TOKENS : 0);
    return {
      promptTokens,
      promptTokensSum: promptTokens * count,
      answers: count,
      outputTokens: Math.min(maxOutput ?? tokens, tokens),
      summaries: 0,
      pieces: {
        ...NO_PIECES,
        images: size.images * count,
        inputCharacters: size.bytes * count,
        outputImages: count,
      },
    };
  });
}

const PROMPT_TOKENS_MAX = 2_000_000;
const IMAGE_TOKENS_MAX = 200_000;

/** Whether a vendor's count of so many pictures can be true. */
export const isBelievableDrawing = (usage: Usage, estimated: number, images: number): boolean =>
  promptTokens(usage) <= Math.max(PROMPT_TOKENS_MAX, 16 * estimated) &&
  completionTokens(usage) <= IMAGE_TOKENS_MAX * Math.max(1, images);
