import type { Fault } from '../base/fault.ts';
import { isObject, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import { faultOfError } from './openai-fault.ts';
import { isBrokenOff } from './openai-finish.ts';

/** The member by which an answer of the operation is known from an error. */
type AnswerMember = 'choices' | 'data' | 'output' | 'results' | 'answers';

/** The error inside an answer, or a chunk of one, whose status was 200; undefined if there is none. */
export function faultInside(
  answer: JsonObject,
  answerMember: AnswerMember,
  { provider, raw }: { readonly provider: string; readonly raw: () => string },
): Fault | undefined {
  const tell = (errorBody: JsonObject): Fault =>
    faultOfError(errorBody, { status: null, provider, now: null, raw: raw() });
  if (answer.error || answer.object === 'error') return tell(answer);
  if (answer.x_groq) {
    // "An error string indicating why a stream was stopped early": groq's SDK, types/chat, read 2026-11-24.
    const { error } = objectOf(answer.x_groq);
    if (typeof error === 'string' && error !== '') return tell({ error });
  }
  return Array.isArray(answer[answerMember]) || !tellsOnlyError(answer) ? undefined : tell(answer);
}

/** Errors in the place of an answer, without a member `error`: watsonx, MiniMax, Alibaba (issues, read 2026-11-24), Z.AI, FastAPI. */
function tellsOnlyError({ errors, detail, message, msg, code, type, error_code, base_resp }: JsonObject): boolean {
  if (Array.isArray(errors) ? errors.length > 0 : detail) return true;
  if (isObject(base_resp)) return base_resp.status_code !== 0;
  return (typeof message === 'string' || typeof msg === 'string') && Boolean(code ?? error_code ?? type);
}

/** The only choice ended with an error, in OpenRouter's or a vendor's own way: the error as a body of its own. */
export function brokenChoice(answer: JsonObject, call: Call): JsonObject | undefined {
  const choice = Array.isArray(answer.choices) ? answer.choices[0] : undefined;
  if (!isObject(choice) || answer.error || (call.sampling.n ?? 1) > 1) return undefined;
  if (isObject(choice.error)) return { error: choice.error };
  const { finish_reason: reason, native_finish_reason: native = reason } = choice;
  // A malformed tool call is the model's end, not the provider's.
  if (!isBrokenOff(stringOf(reason)) || /^malformed/i.test(stringOf(native))) return undefined;
  return { error: { message: 'The provider ended the answer with an error.', code: native } };
}
