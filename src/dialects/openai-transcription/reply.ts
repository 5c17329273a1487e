import type { Fault } from '../../base/fault.ts';
import { countOf, isObject, type Json, objectOf, optionalString, stringOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Transcript } from '../../call/transcription.ts';
import { type Usage, usageOf } from '../../call/usage.ts';
import type { WholeContext } from '../dialect.ts';
import { faultOfError } from '../openai-fault.ts';
import { errorIn, malformed } from '../speech-steps.ts';
import { readSegments, readWords, secondsOf } from '../transcript-parts.ts';

/** An answer of `POST /audio/transcriptions`, verbose or not; Mistral's has the same shape. */
export function decodeReply(body: Json, { target }: WholeContext<'transcription'>): Result<Transcript, Fault> {
  const answer = objectOf(body);
  const provider = target.endpoint.provider.name;
  if (errorIn(body))
    return failed(faultOfError(body, { status: null, provider, now: null, raw: JSON.stringify(body) }));
  if (typeof answer.text !== 'string') return failed(malformed(target, 'answered with no transcript'));
  const usage = decodeUsage(answer.usage);
  const duration = secondsOf(answer.duration) ?? usage?.seconds;
  const language = optionalString(answer.language) || undefined;
  return ok({
    text: answer.text,
    ...(stringOf(answer.id) !== '' && { id: stringOf(answer.id) }),
    ...(language !== undefined && { language }),
    ...(duration !== undefined && { duration }),
    ...(Array.isArray(answer.segments) && { segments: readSegments(answer.segments, 'text') }),
    ...(Array.isArray(answer.words) && { words: readWords(answer.words, ['word', 'text']) }),
    ...(usage?.tokens && { usage: usage.tokens }),
  });
}

/** By tokens or by time: `{type: "duration", seconds}`, and Mistral's `prompt_audio_seconds` beside its tokens. */
function decodeUsage(
  value: Json | undefined,
): { readonly seconds: number | undefined; readonly tokens: Usage | undefined } | undefined {
  if (!isObject(value)) return undefined;
  const seconds = secondsOf(value.seconds) ?? secondsOf(value.prompt_audio_seconds);
  const input = countOf(value.input_tokens) || countOf(value.prompt_tokens);
  const output = countOf(value.output_tokens) || countOf(value.completion_tokens);
  if (input + output === 0) return { seconds, tokens: undefined };
  const { text_tokens } = objectOf(value.input_token_details);
  const text = Math.min(countOf(text_tokens), input);
  return { seconds, tokens: usageOf({ input: text, inputAudio: input - text, output }) };
}
