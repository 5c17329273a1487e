import type { JsonObject } from '../base/json.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Target } from '../facts/target.ts';

export const GEMINI = 'gemini';
export const GEMINI_REASONING = 'google-gemini-v1';

/**
 * The model's generation: 2 for `gemini-2.5-flash`, 3 for `gemini-3-pro-preview`. Null where the name does not tell
 * (`gemini-flash-latest`, tuned models). Generation 3 thinks in levels, demands thought signatures and takes media in
 * function responses (ai.google.dev/gemini-api/docs/gemini-3, read 2026-11-22).
 */
export function generationOf(endpoint: Endpoint): number | null {
  const match = /gemini-(\d{1,2})(?!\d)/.exec(endpoint.upstreamId) ?? /gemini-(\d{1,2})(?!\d)/.exec(endpoint.modelId);
  return match ? Number(match[1]) : null;
}

/** Third generation or newer; models whose name does not tell are taken for current ones. */
export const isGemini3 = (endpoint: Endpoint): boolean => (generationOf(endpoint) ?? 3) >= 3;

/** Do its own tools go together with functions? Before the third generation they are refused. */
export const mixesTools = (endpoint: Endpoint): boolean =>
  isGemini3(endpoint) && endpoint.dialect.quirks.includes('server-tool-invocations');

/**
 * `{id}` of a call or its result. Before the third generation the field is unknown and the request refused: "Unknown name
 * \"id\" at 'contents[1].parts[0].function_call'" (vercel/ai#15891, anomalyco/opencode#50504, read 2026-11-24). Calls
 * and results are then matched by name and order.
 */
export const callId = (id: string, { endpoint }: Target): JsonObject => (isGemini3(endpoint) ? { id } : {});

/** "Developer instruction is not enabled" for Gemma up to its third generation (@ai-sdk/google 3, read 2026-11-24). */
export const takesInstructions = ({ endpoint }: Target): boolean => !/gemma-[123]/.test(endpoint.upstreamId);
