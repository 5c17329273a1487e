/** Why a choice ended. `native` beside it is always the vendor's own word. */
export const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter', 'error'] as const;
/** Why a choice ended, in OpenAI's words. */
export type FinishReason = (typeof FINISH_REASONS)[number];

/**
 * An ordinary end beside calls means that they are to be run, whatever word the vendor has for it: agents go on only on
 * `tool_calls` (googleapis/python-genai#2868, read 2026-11-29). Without any call that word would make them wait for one.
 */
export function besideCalls(reason: FinishReason, hasCalls: boolean): FinishReason {
  if (reason !== 'stop' && reason !== 'tool_calls') return reason;
  return hasCalls ? 'tool_calls' : 'stop';
}
