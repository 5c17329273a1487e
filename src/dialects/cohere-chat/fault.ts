import type { Fault } from '../../base/fault.ts';
import { objectOf, parseJson } from '../../base/json.ts';
import type { UpstreamFailure } from '../dialect.ts';
import { decodeFault } from '../openai-chat/upstream/fault.ts';

/** Cohere's flat `{id, message}`, which the common reader knows; a prompt that is too long has its own `error_type`. */
export function decodeCohereFault(failure: UpstreamFailure): Fault {
  const decoded = decodeFault(failure);
  const type = objectOf(parseJson(failure.body)).error_type;
  const isTooLong = type === 'TOO_MANY_TOKENS' || /^too many tokens/i.test(decoded.message);
  return {
    ...decoded,
    ...(isTooLong && { code: 'context_length_exceeded' as const }),
    upstream: { ...decoded.upstream, ...(typeof type === 'string' && { type }) },
  };
}
