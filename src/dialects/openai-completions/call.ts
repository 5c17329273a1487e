import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import { type Complaints, complain, newComplaints, present, readNumber } from '../../call/read.ts';
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
} from '../openai-chat/client/options.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...SAMPLING_FIELDS,
  ...['prompt', 'max_tokens', 'max_completion_tokens', 'stop', 'response_format', 'stream_options', 'usage'],
  ...['reasoning', 'reasoning_effort', 'include_reasoning', 'echo', 'best_of', 'suffix'],
]);

/**
 * Reads a body of the legacy `POST /completions`. Endpoints chat, so the prompt becomes one user message; what has no
 * meaning there (several prompts, tokens, `echo`, `suffix`, `best_of`) is refused and never guessed.
 */
export function decodeCall(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const to = newComplaints();
  const prompt = readPrompt(to, body);
  for (const field of ['echo', 'suffix', 'best_of'])
    if (body[field] && body[field] !== 1)
      complain(to, field, `'${field}' is not supported: models are served as chats.`);
  const tops = readNumber(to, body, 'logprobs', { min: 0, max: 20, whole: true });
  const native = nativeFields(body, KNOWN);
  const call: Call = {
    ...readCommon(to, body, request.headers),
    messages: [{ role: 'user', parts: [{ type: 'text', text: prompt }] }],
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

function readPrompt(to: Complaints, body: JsonObject): string {
  const prompt = Array.isArray(body.prompt) && body.prompt.length === 1 ? body.prompt[0] : body.prompt;
  if (typeof prompt === 'string') return prompt;
  const missing = prompt === undefined || prompt === null;
  complain(
    to,
    'prompt',
    missing
      ? "Missing required parameter: 'prompt'."
      : "'prompt' must be one string: several prompts and token arrays are not supported.",
  );
  return '';
}
