import type { Call } from '../call/call.ts';
import type { EmbeddingCall } from '../call/embedding.ts';
import type { Endpoint } from '../catalog/model.ts';
import { type CostBound, costBound } from './cost-bound.ts';
import { NO_PIECES, type Pieces } from './meters.ts';
import { measureInputs, measurePrompt, type PromptSize, sumOf } from './prompt-size.ts';
import { vendorSteps } from './vendor-steps.ts';

/**
 * The most that a call may consume at one endpoint, whatever an honest vendor does: how many answers, tokens and searches.
 * The one place that says so; what is held for a call and what its vendor is permitted are both read from here.
 */
export type Exposure = {
  /** Prompt tokens of the longest step, which decides whether prices for long prompts hold. */
  readonly promptTokens: number;
  /** Prompt tokens of all steps together: a vendor that searches reads the prompt again with what it found. */
  readonly promptTokensSum: number;
  /** How many answers are written, those that nobody sees among them. */
  readonly answers: number;
  /** Output tokens of one answer at most, reasoning included: the caller's limit where there is one. */
  readonly outputTokens: number;
  /** The vendor's own summaries of a prompt that grew too long. */
  readonly summaries: number;
  /** What is counted in pieces: images, seconds, characters, searches; all answers together. */
  readonly pieces: Pieces;
};

/** The exposure of one call at any endpoint. The prompt is measured once, when it is first asked for. */
export type Exposures = {
  readonly at: (endpoint: Endpoint) => Exposure;
  readonly costAt: (endpoint: Endpoint) => CostBound;
};

/** How many tokens an estimate of a prompt may be too few, as a part of it: what is left of the window is told by it. */
const ESTIMATE_MARGIN = 1.35;
/** The least that hosts take for the length of an answer (OpenAI's Responses API; its refusal is in vectorize-io/hindsight#58, read 2026-11-29). */
export const OUTPUT_TOKENS_MIN = 16;

export function exposuresOf(call: Call, estimatedPrompt: number): Exposures {
  let size: PromptSize | null = null;
  return remembered((endpoint) => {
    size ??= measurePrompt(call);
    const steps = vendorSteps(call, endpoint);
    const context = endpoint.context * promptsOf(call.completion);
    const first = size.fillsWindow || steps.readsPages ? context : Math.min(context, size.tokens);
    const growth = steps.readsPages ? context : SEARCH_TOKENS;
    let sum = 0;
    for (let step = 0; step <= steps.uses; step++) sum += Math.min(context, first + step * growth);
    const summaries = asksSummary(call) ? 1 : 0;
    return {
      promptTokens: summaries > 0 ? context : Math.min(context, first + steps.uses * growth),
      promptTokensSum: sum + summaries * context,
      answers: answersOf(call),
      outputTokens: outputLimit(call, endpoint, estimatedPrompt),
      summaries,
      pieces: { ...NO_PIECES, ...readIn(size), ...writtenBy(call, endpoint), webSearches: steps.searches },
    };
  });
}

/** The exposure of a call for embeddings: each input has a window of its own, and nothing is written. */
export function exposuresOfInputs(call: EmbeddingCall): Exposures {
  let sizes: readonly PromptSize[] | null = null;
  return remembered(({ context }) => {
    sizes ??= measureInputs(call);
    const tokens = sizes.map((size) => (size.fillsWindow ? context : Math.min(context, size.tokens)));
    return {
      promptTokens: tokens.reduce((most, one) => Math.max(most, one), 0),
      promptTokensSum: tokens.reduce((sum, one) => sum + one, 0),
      answers: 1,
      outputTokens: 0,
      summaries: 0,
      pieces: { ...NO_PIECES, ...readIn(sumOf(sizes)) },
    };
  });
}

export function remembered(exposureAt: (endpoint: Endpoint) => Exposure): Exposures {
  const entries = new Map<string, { readonly exposure: Exposure; readonly cost: CostBound }>();
  const of = (endpoint: Endpoint) => {
    let entry = entries.get(endpoint.id);
    if (!entry) {
      const exposure = exposureAt(endpoint);
      entry = { exposure, cost: costBound(exposure, endpoint) };
      entries.set(endpoint.id, entry);
    }
    return entry;
  };
  return { at: (endpoint) => of(endpoint).exposure, costAt: (endpoint) => of(endpoint).cost };
}

const readIn = ({
  images,
  seconds,
  bytes,
}: PromptSize): Pick<Pieces, 'images' | 'inputSeconds' | 'inputCharacters'> => ({
  images,
  inputSeconds: seconds,
  inputCharacters: bytes,
});

/** As many as OpenAI writes for one call (`n` of its images API); nobody says how many a chat may hold. */
const IMAGES_PER_ANSWER = 10;
const SECONDS_PER_ANSWER = 600;

function writtenBy(call: Call, { output }: Endpoint): Pick<Pieces, 'outputImages' | 'outputSeconds'> {
  const answers = answersOf(call);
  const writesTime = output.includes('audio') || output.includes('video');
  return {
    outputImages: output.includes('image') ? answers * IMAGES_PER_ANSWER : 0,
    outputSeconds: writesTime ? answers * SECONDS_PER_ANSWER : 0,
  };
}

/** What one search brings into the prompt at most: about ten pages' beginnings. */
const SEARCH_TOKENS = 32_768;

/** `best_of` answers are written where `n` are shown (OpenAI's completions; vLLM takes it for chats too), for each prompt. */
export function answersOf({ sampling, native, completion }: Call): number {
  const bestOf = completion?.bestOf ?? native?.fields.best_of;
  const each = typeof bestOf === 'number' && Number.isFinite(bestOf) ? Math.ceil(bestOf) : 1;
  return promptsOf(completion) * Math.max(1, sampling.n ?? 1, each);
}

/** Each has a window of its own. */
const promptsOf = (completion: Call['completion']): number => Math.max(1, completion?.prompts.length ?? 1);

/** Anthropic shortens a prompt by a summary of its own, where it is asked to, which is billed beside the answer. */
const asksSummary = ({ native }: Call): boolean => native?.fields.context_management != null;

/** The caller's number, never above the endpoint's; without one, all that fits beside the prompt. */
function outputLimit(call: Call, endpoint: Endpoint, estimatedPrompt: number): number {
  const { maxOutput, context } = endpoint;
  const most = maxOutput ?? Math.max(OUTPUT_TOKENS_MIN, context);
  if (!takesLimit(call, endpoint)) return most;
  if (call.maxOutputTokens !== undefined) return Math.min(call.maxOutputTokens, most);
  const beside = context - Math.ceil(estimatedPrompt * ESTIMATE_MARGIN) - OUTPUT_TOKENS_MIN;
  return Math.min(most, Math.max(OUTPUT_TOKENS_MIN, beside));
}

/** The dialects' words for the length of an answer. */
const LIMITS_OF_OUTPUT = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

/**
 * Whether an endpoint can be told how long an answer may be: some hosts refuse the field, and OpenAI refuses it beside a
 * prediction (an assumption, on the safe side: not found in its guide on predicted outputs as it could be read on 2026-11-29).
 */
export const takesLimit = ({ prediction }: Call, { dialect }: Endpoint): boolean =>
  prediction === undefined && !dialect.drop.some((field) => LIMITS_OF_OUTPUT.includes(field));
