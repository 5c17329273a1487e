import type { Fault, FaultCode } from '../base/fault.ts';
import { objectOf, parseJson } from '../base/json.ts';
import type { UpstreamFailure } from './dialect.ts';
import { decodeFault } from './openai-fault.ts';

/** What only Cohere means by it (errors reference and cohere-ai 8.1, read 2026-11-24). */
function codeOf(status: number, type: string, message: string): FaultCode | undefined {
  if (/max tokens must be less than/i.test(message)) return 'max_tokens_exceeded';
  if (type === 'TOO_MANY_TOKENS' || /^too many tokens/i.test(message)) return 'context_length_exceeded';
  // A deny-listed word in the prompt or the answer: `InvalidTokenError`.
  return status === 498 ? 'content_policy_violation' : undefined;
}

/** Cohere's flat `{id, message}`, which the common reader knows; a prompt that is too long has its own `error_type`. */
export function decodeCohereFault(failure: UpstreamFailure): Fault {
  const decoded = decodeFault(failure);
  const type = objectOf(parseJson(failure.body)).error_type;
  const code = codeOf(failure.status, typeof type === 'string' ? type : '', decoded.message);
  return {
    ...decoded,
    ...(code && { code }),
    upstream: { ...decoded.upstream, ...(typeof type === 'string' && { type }) },
  };
}
