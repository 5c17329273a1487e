import { availabilityMembers, type Fault, faultRow, waitSecondsOf } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import type { EncodedFault, FaultContext } from './dialect.ts';

/**
 * OpenRouter's `error` object (spec §6.1). `code` is the HTTP status; OpenAI's `type` and `param` stand beside it for
 * clients of OpenAI. `metadata.class` says what the vendor meant, whatever the status became.
 */
export function faultBody(fault: Fault): JsonObject {
  const row = faultRow(fault);
  const upstream = fault.upstream;
  const code = upstream?.code ?? upstream?.type;
  return {
    code: row.status,
    message: fault.message,
    type: row.errorType,
    ...(fault.param !== undefined && { param: fault.param }),
    metadata: {
      error_type: row.errorType,
      class: row.class,
      ...(code !== undefined && { provider_code: code }),
      ...(upstream?.provider !== undefined && { provider_name: upstream.provider }),
      ...(upstream?.raw !== undefined && { raw: upstream.raw }),
      ...(fault.metadata as JsonObject | undefined),
    },
    ...(availabilityMembers(fault) as JsonObject),
  };
}

/**
 * An error in the midst of a stream, twice: in OpenRouter's form with a choice that ended, then the same without choices.
 * @ai-sdk/openai 4.0 takes whatever has choices for a chunk and hears only the second; @langchain/openrouter 0.4 hears
 * only the first, by its finish reason; OpenRouter's SDKs (1.3 and 0.11 for Python) read the error of the first, and their
 * readers cannot take the second for an answer. OpenAI's SDKs, LangChain's on them, @ai-sdk/openai-compatible,
 * OpenRouter's provider for the AI SDK and Pydantic AI end with the first (all driven 2026-11-29).
 */
export function faultFrames(fault: Fault, head: JsonObject, more: JsonObject): string {
  const error = faultBody(fault);
  return `data: ${JSON.stringify({ ...head, error, ...more })}\n\ndata: ${JSON.stringify({ ...head, error })}\n\n`;
}

export function encodeFault(fault: Fault, answer: FaultContext): EncodedFault {
  const wait = waitSecondsOf(fault);
  return {
    status: faultRow(fault).status,
    body: { error: faultBody(fault), ...answer.extra },
    headers: wait === undefined ? {} : { 'retry-after': String(wait) },
  };
}
