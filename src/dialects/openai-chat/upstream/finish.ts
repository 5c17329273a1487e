import { entryOf } from '../../../base/table.ts';
import type { FinishReason } from '../../../call/finish.ts';

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
  error: 'error',
  network_error: 'error',
  malformed_function_call: 'error',
};

/** A vendor's word as a finish reason. Without a word (Snowflake sends none or ""), tool calls decide. */
export function finishOf(native: string | null, hasToolCalls: boolean): FinishReason {
  if (native === null || native === '') return hasToolCalls ? 'tool_calls' : 'stop';
  return entryOf(REASONS, native.toLowerCase()) ?? 'stop';
}
