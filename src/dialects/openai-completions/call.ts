import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import { newComplaints, present, readNumber } from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import type { ClientRequest } from '../dialect.ts';
import {
  nativeFields,
  readMaxTokens,
  readOutputFormat,
  readReasoning,
  readSampling,
  readStop,
  SAMPLING_FIELDS,
} from '../openai-options.ts';
import { type Prompt, readTextCompletion } from './prompts.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...SAMPLING_FIELDS,
  ...['prompt', 'max_tokens', 'max_completion_tokens', 'stop', 'response_format', 'stream_options', 'usage'],
  ...['reasoning', 'reasoning_effort', 'include_reasoning', 'echo', 'best_of', 'suffix'],
]);

/**
 * Reads a body of the legacy `POST /completions`. Most endpoints chat, so each prompt also becomes a user message; what
 * has no meaning in a chat goes only to endpoints that complete text.
 */
export function decodeCall(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const to = newComplaints();
  const completion = readTextCompletion(to, body);
  const tops = readNumber(to, body, 'logprobs', { min: 0, max: 20, whole: true });
  const native = nativeFields(body, KNOWN);
  const call: Call = {
    ...readCommon(to, body, request.headers),
    dialect: 'openai-completions',
    completion,
    messages: completion.prompts.map((prompt) => ({ role: 'user', parts: [{ type: 'text', text: textOf(prompt) }] })),
    tools: [],
    output: readOutputFormat(to, body),
    sampling: {
      ...readSampling(to, body, ['logprobs', 'top_logprobs']),
      ...(tops !== undefined && { logprobs: true, top_logprobs: tops }),
    },
    stop: readStop(to, body),
    ...present({
      maxOutputTokens: readMaxTokens(to, body),
      reasoning: readReasoning(to, body),
      native: native && { dialect: 'openai-chat', fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

/** Token ids are never sent as text: they only have a size here, and no token is shorter than what stands for it. */
const textOf = (prompt: Prompt): string => (typeof prompt === 'string' ? prompt : prompt.join(' '));
