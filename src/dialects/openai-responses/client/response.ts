import type { JsonObject } from '../../../base/json.ts';
import type { Bill } from '../../../call/event.ts';
import type { Usage } from '../../../call/usage.ts';
import type { AnswerContext } from '../../dialect.ts';
import { DIALECT, encodeFormat, encodeTool, encodeToolChoice } from '../tools.ts';
import { encodeUsage } from '../usage.ts';

export type Outcome = {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly output: readonly JsonObject[];
  readonly incomplete?: 'max_output_tokens' | 'content_filter';
  readonly error?: { readonly code: string; readonly message: string; readonly metadata?: JsonObject };
  readonly errorType?: string;
  readonly usage?: Usage;
  readonly bill?: Bill;
  readonly serviceTier?: string;
};

/** The response object, with the call's settings echoed as the official clients' types demand. */
export function encodeResponse(answer: AnswerContext, outcome: Outcome): JsonObject {
  return {
    id: answer.id,
    object: 'response',
    created_at: answer.created,
    status: outcome.status,
    completed_at: outcome.status === 'completed' ? Math.floor((answer.now?.() ?? answer.created * 1000) / 1000) : null,
    background: false,
    error: outcome.error ?? null,
    incomplete_details: outcome.incomplete === undefined ? null : { reason: outcome.incomplete },
    ...(outcome.errorType !== undefined && { error_type: outcome.errorType }),
    model: answer.model,
    ...(answer.provider !== '' && { provider: answer.provider }),
    output: outcome.output,
    ...echo(answer),
    service_tier: outcome.serviceTier ?? (outcome.status === 'in_progress' ? (answer.call.serviceTier ?? null) : null),
    usage: outcome.usage ? encodeUsage(outcome.usage, outcome.bill) : null,
    ...answer.extra,
  };
}

function echo(answer: AnswerContext): JsonObject {
  const { call } = answer;
  const { sampling, reasoning, native } = call;
  const vendorFields = native?.dialect === DIALECT ? native.fields : {};
  return {
    access_programs: null,
    instructions: call.instructions ?? null,
    max_output_tokens: call.maxOutputTokens ?? null,
    max_tool_calls: answer.call.gateway.extra?.max_tool_calls ?? null,
    metadata: call.metadata ?? {},
    parallel_tool_calls: call.parallelToolCalls ?? true,
    previous_response_id: call.storing?.previousResponseId ?? null,
    ...(call.storing?.conversationId !== undefined && { conversation: { id: call.storing.conversationId } }),
    prompt_cache_key: call.promptCacheKey ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    safety_identifier: vendorFields.safety_identifier ?? null,
    store: call.storing?.store ?? false,
    temperature: sampling.temperature ?? null,
    text: {
      format: encodeFormat(call.output) ?? { type: 'text' },
      ...(call.verbosity !== undefined && { verbosity: call.verbosity }),
    },
    tool_choice: (call.toolChoice && encodeToolChoice(call.toolChoice, call.tools)) ?? 'auto',
    tools: call.tools.map(encodeTool).filter((tool) => tool !== undefined),
    top_logprobs: sampling.top_logprobs ?? 0,
    top_p: sampling.top_p ?? null,
    frequency_penalty: sampling.frequency_penalty ?? null,
    presence_penalty: sampling.presence_penalty ?? null,
    truncation: vendorFields.truncation ?? 'disabled',
    user: call.user ?? null,
  };
}
