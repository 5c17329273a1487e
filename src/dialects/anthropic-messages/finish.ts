import { entryOf } from '../../base/table.ts';
import type { FinishReason } from '../../call/finish.ts';

/** `stop_reason` in our words. `pause_turn` and `compaction` end a turn that the caller may continue. */
const REASONS: { readonly [native: string]: FinishReason } = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  compaction: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

export const finishOf = (stopReason: string | null): FinishReason => entryOf(REASONS, stopReason) ?? 'stop';

type Finished = {
  readonly reason: FinishReason;
  readonly native: string | null;
  readonly stopSequence?: string | undefined;
  readonly hasToolCalls: boolean;
};

/**
 * What `stop_reason` says. A vendor's own word stays if it is one of this dialect and means the same. Clients of this
 * dialect run tools only on `tool_use`, while a forced choice elsewhere may finish with `stop`. Null = it failed.
 */
export function stopReasonOf({ reason, native, stopSequence, hasToolCalls }: Finished): string | null {
  if (reason === 'stop' && hasToolCalls) return 'tool_use';
  if (native !== null && entryOf(REASONS, native) === reason) return native;
  switch (reason) {
    case 'stop':
      return stopSequence === undefined ? 'end_turn' : 'stop_sequence';
    case 'length':
      return 'max_tokens';
    case 'tool_calls':
      return 'tool_use';
    case 'content_filter':
      return 'refusal';
    case 'error':
      return null;
    default:
      return reason satisfies never;
  }
}
