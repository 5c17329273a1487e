import { completionTokens, promptTokens, type Usage } from '../call/usage.ts';
import type { Endpoint } from '../catalog/model.ts';

/** Context windows are not always known exactly; none of a chat model is taken to be smaller than this. */
const CONTEXT_MIN = 1_000_000;
/** No prompt of any chat is taken to be longer. */
export const PROMPT_TOKENS_MAX = 2 * CONTEXT_MIN;
const SEARCHES_MAX = 1_000;

/**
 * Whether a vendor's count can be true: nobody is charged for tokens that do not fit into the model's context window
 * twice over, for each answer asked for. A vendor's slip of a comma must not cost a million dollars.
 */
export function isBelievable(usage: Usage, endpoint: Endpoint, choices: number): boolean {
  const most = 2 * Math.max(endpoint.context, CONTEXT_MIN);
  return (
    promptTokens(usage) <= most &&
    completionTokens(usage) <= most * Math.max(1, choices) &&
    usage.webSearches <= SEARCHES_MAX &&
    (!usage.compaction || isBelievable(usage.compaction, endpoint, choices))
  );
}

/** The same for texts that were embedded: each stands alone, so that only our own count says how much there was. */
export const isBelievableOf = (usage: Usage, estimated: number): boolean =>
  promptTokens(usage) <= Math.max(2 * CONTEXT_MIN, 16 * estimated);
