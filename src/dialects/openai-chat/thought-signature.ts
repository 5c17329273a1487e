import { type Json, type JsonObject, objectOf } from '../../base/json.ts';
import type { ReasoningPart } from '../../call/message.ts';
import type { Target } from '../../facts/target.ts';
import { GEMINI_REASONING, generationOf } from '../gemini-names.ts';

/**
 * Where Gemini's chat completions keep the signature of a call, without which the third generation refuses the call's
 * result: `extra_content.google.thought_signature` (ai.google.dev/gemini-api/docs/thought-signatures and
 * continuedev/continue#8865, read 2026-11-25). Elsewhere it is an encrypted thought under the call's id.
 */
export function thoughtSignatureOf(call: Json): string | undefined {
  const { thought_signature: signature } = objectOf(objectOf(objectOf(call).extra_content).google);
  return typeof signature === 'string' && signature !== '' ? signature : undefined;
}

export const withThoughtSignature = (call: JsonObject, thought: ReasoningPart | undefined): JsonObject =>
  thought ? { ...call, extra_content: { google: { thought_signature: thought.text } } } : call;

/** The thoughts that sign a call, by its id; none where the endpoint's model is not Gemini. */
export function signedCalls(reasoning: readonly ReasoningPart[], { endpoint }: Target): Map<string, ReasoningPart> {
  const signed = new Map<string, ReasoningPart>();
  if (generationOf(endpoint) === null) return signed;
  for (const part of reasoning)
    if (part.kind === 'encrypted' && part.format === GEMINI_REASONING && part.id) signed.set(part.id, part);
  return signed;
}
