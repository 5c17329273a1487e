import { entryOf } from '../../base/table.ts';
import { besideCalls, type FinishReason } from '../../call/finish.ts';

/** Every `finishReason` of the Gemini API and Vertex (FinishReason reference, read 2026-11-22). */
const REASONS: { readonly [native: string]: FinishReason } = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  FINISH_REASON_UNSPECIFIED: 'error',
  LANGUAGE: 'error',
  OTHER: 'error',
  MALFORMED_FUNCTION_CALL: 'error',
  MALFORMED_RESPONSE: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MISSING_THOUGHT_SIGNATURE: 'error',
  NO_IMAGE: 'error',
  IMAGE_OTHER: 'error',
};
/** What a reason that Google adds later most likely is. */
const FILTER_WORDS = /SAFETY|PROHIBITED|BLOCK|ARMOR|RECITATION|JAILBREAK/;

/** A turn with function calls ends with `STOP` like any other. */
export function finishOf(native: string, hasCalls: boolean): FinishReason {
  const reason = entryOf(REASONS, native);
  if (reason === undefined) return FILTER_WORDS.test(native) ? 'content_filter' : 'error';
  return besideCalls(reason, hasCalls);
}

const NATIVE = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
  error: 'OTHER',
} as const satisfies Record<FinishReason, string>;

/** The vendor's own word where it is one of Gemini's, else the nearest. */
export const nativeFinish = (reason: FinishReason, native: string | null): string =>
  native !== null && Object.hasOwn(REASONS, native) ? native : NATIVE[reason];
