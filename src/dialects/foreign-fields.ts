import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';

/** What only another dialect has a place for: its unmodelled fields, and OpenAI's key to its cache. */
export function foreignFields({ native, promptCacheKey }: Call, dialect?: string): Loss[] {
  const fields = native && native.dialect !== dialect ? Object.keys(native.fields) : [];
  const reason = `a field that only ${native?.dialect} knows`;
  return [
    ...fields.map((field) => ({ field, reason })),
    ...(promptCacheKey === undefined
      ? []
      : [{ field: 'prompt_cache_key', reason: 'prompts are cached without a key here' }]),
  ];
}
