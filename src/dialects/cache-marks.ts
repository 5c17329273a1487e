import { isObject } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { CacheMark } from '../call/message.ts';

/** What becomes of one breakpoint: how it is sent, if at all, and what is lost thereby. */
export type PlacedMark = { readonly cache?: CacheMark; readonly lost?: string };

const MARKS_MAX = 4;

/**
 * Decides on a call's breakpoints, asked for each in the order of the prompt (tools, system, messages, the whole call).
 * Claude takes four: of more, the first and the last three stay, which reach furthest. A longer lifetime must not come
 * after a shorter one, so it becomes one of five minutes (Anthropic guide to prompt caching, "mixing different TTLs";
 * router-for-me/CLIProxyAPI#3398, read 2026-11-24).
 */
export function cacheMarks(call: Call): (mark: CacheMark) => PlacedMark {
  const total = countMarks(call);
  let at = 0;
  let isShort = false;
  return (mark) => {
    const place = at++;
    if (total > MARKS_MAX && place > 0 && place <= total - MARKS_MAX)
      return { lost: `at most ${MARKS_MAX} cache breakpoints are taken` };
    if (mark.ttl === '1h' && isShort) return { cache: { ttl: '5m' }, lost: 'sent as 5m: one of 5m comes before it' };
    isShort ||= mark.ttl === '5m';
    return { cache: mark };
  };
}

function countMarks(call: Call): number {
  let count = call.cache ? 1 : 0;
  for (const tool of call.tools)
    if (tool.type === 'function' ? tool.cache : isObject(tool.value.cache_control)) count++;
  for (const message of call.messages) {
    if (message.role === 'tool' && message.cache) count++;
    for (const part of message.parts) if (part.cache) count++;
  }
  return count;
}
