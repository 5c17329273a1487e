import type { Endpoint } from '../../catalog/model.ts';

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
