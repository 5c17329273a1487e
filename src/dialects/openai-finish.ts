import { entryOf } from '../base/table.ts';
import { besideCalls, type FinishReason } from '../call/finish.ts';

/** What vendors of this dialect say at the end of an answer, and what it means. Lower case. */
const REASONS: { readonly [word: string]: FinishReason } = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool_calls',
  tool_call: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  content_filtered: 'content_filter',
  sensitive: 'content_filter',
  safety: 'content_filter',
  recitation: 'content_filter',
  blocklist: 'content_filter',
  prohibited_content: 'content_filter',
  refusal: 'content_filter',
  guardrail_intervened: 'content_filter',
  error_toxic: 'content_filter',
  token_limit: 'length',
  time_limit: 'length',
  max_length: 'length',
  malformed_function_call: 'error',
  error: 'error',
  error_finish: 'error',
  network_error: 'error',
  insufficient_system_resource: 'error',
  abort: 'error',
  aborted: 'error',
  cancelled: 'error',
  user_cancel: 'error',
  function_call_filter: 'error',
};

/**
 * A vendor's word as a finish reason. Without a known word (Snowflake sends none or ""), tool calls decide. Google puts
 * its own word after it: `function_call_filter: MALFORMED_FUNCTION_CALL` (coder/coder#28470, read 2026-11-25).
 */
export function finishOf(native: string | null, hasToolCalls: boolean): FinishReason {
  return besideCalls(entryOf(REASONS, native?.toLowerCase().replace(/:.*/s, '')) ?? 'stop', hasToolCalls);
}

/**
 * Does this word say that the provider gave up? DeepSeek has `insufficient_system_resource`, Z.AI `network_error`,
 * Alibaba `error_finish` (references and issues, read 2026-11-24); `abort` is a word of vLLM and SGLang.
 */
export const isBrokenOff = (word: string): boolean =>
  entryOf(REASONS, word.toLowerCase()) === 'error' && !/^malformed/i.test(word);
