import type { JsonObject } from '../base/json.ts';
import type { UserPart } from '../call/message.ts';
import type { Target } from '../facts/target.ts';
import type { Quirk } from './quirks.ts';

export const CACHE_BREAKPOINT = 'prompt-cache-breakpoint';
export const CACHE_BREAKPOINT_QUIRK: Quirk = {
  why: 'models whose cache writes have a price (GPT-5.6 on) take prompt_cache_breakpoint on content, the others refuse it: developers.openai.com/api/docs/guides/prompt-caching, read 2026-11-22',
};

export const takesBreakpoints = ({ endpoint }: Target): boolean =>
  endpoint.dialect.quirks.includes(CACHE_BREAKPOINT) && endpoint.price.inputCacheWrite !== undefined;

/** OpenAI's mark on a part of the content; empty without a mark. */
export const breakpointOf = ({ cache, native }: Pick<UserPart, 'cache' | 'native'>): JsonObject => {
  const breakpoint = native?.fields.prompt_cache_breakpoint;
  return cache || breakpoint ? { prompt_cache_breakpoint: breakpoint ?? { mode: 'explicit' } } : {};
};
