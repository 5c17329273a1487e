import { countOf, isObject, type Json, objectOf, optionalString, stringOf } from '../../base/json.ts';
import { AUDIO_FORMATS } from '../../call/audio.ts';
import { type Usage, usageOf } from '../../call/usage.ts';
import type { StepDecoder, WholeContext } from '../dialect.ts';
import { faultOfError } from '../openai-fault.ts';
import { formatFor, mediaTypeFor } from '../speech-format.ts';
import { audioInEvents, audioInJson, bareAudio, errorIn, type SpokenEvent, type Understood } from '../speech-steps.ts';

/** An answer of `POST /audio/speech`: bytes, events, or JSON as Mistral writes it, whichever the vendor sends. */
export function decodeSteps({ target, call, headers }: WholeContext<'speech'>): StepDecoder<'speech'> {
  const choice = formatFor(call, target, AUDIO_FORMATS);
  const format = choice.ok ? choice.value.format : call.format;
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const start = { type: 'start' as const, mediaType: mediaTypeFor(format, headers['content-type']) };
  const read = understoodOf(target.endpoint.provider.name);
  const decoder =
    type === 'text/event-stream'
      ? audioInEvents(start, target, read)
      : type === 'application/json' || type.startsWith('text/')
        ? audioInJson(start, target, read)
        : bareAudio(start, target);
  return choice.ok ? choice.value.converted(decoder) : decoder;
}

const understoodOf =
  (provider: string): Understood =>
  (value): SpokenEvent => {
    if (errorIn(value))
      return { fault: faultOfError(value, { status: null, provider, now: null, raw: JSON.stringify(value) }) };
    const answer = objectOf(value);
    const audio = optionalString(answer.audio) ?? optionalString(answer.audio_data);
    return {
      ...(audio !== undefined && { audio }),
      usage: decodeUsage(answer.usage),
      isLast: stringOf(answer.type) === 'speech.audio.done',
    };
  };

/** What is written is audio, whatever the vendor calls its tokens. */
function decodeUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = countOf(value.input_tokens) || countOf(value.prompt_tokens);
  const outputAudio = countOf(value.output_tokens) || countOf(value.completion_tokens);
  return input + outputAudio > 0 ? usageOf({ input, outputAudio }) : undefined;
}
