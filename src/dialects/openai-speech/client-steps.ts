import type { JsonObject } from '../../base/json.ts';
import { AUDIO_TYPES } from '../../call/audio.ts';
import type { Bill } from '../../call/event.ts';
import type { SpeechStep } from '../../call/speech.ts';
import { completionTokens, promptTokens, type Usage } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import type { AnswerContext, BytesEncoder } from '../dialect.ts';
import { encodeFault } from '../openai-client-fault.ts';

/** The answer as its bytes, or as OpenAI's events. */
export const encodeSteps = (answer: AnswerContext<'speech'>): BytesEncoder<'speech'> =>
  answer.call.delivery === 'events' ? inEvents(answer) : asBytes(answer);

/** Bytes cannot tell what went wrong: an answer that fails on the way ends with a broken connection. */
function asBytes({ call }: AnswerContext<'speech'>): BytesEncoder<'speech'> {
  let type = AUDIO_TYPES[call.format];
  return {
    contentType: () => type,
    encode: (steps) => {
      const pieces: Uint8Array[] = [];
      for (const step of steps) {
        if (step.type === 'fault') return 'broken';
        if (step.type === 'start') type = step.mediaType ?? type;
        else if (step.type === 'bytes') pieces.push(step.bytes);
      }
      const [only] = pieces;
      return only && pieces.length === 1 ? only : Buffer.concat(pieces);
    },
  };
}

/** `speech.audio.delta` with base64, then `speech.audio.done`; of bare samples no event holds half a one. */
function inEvents(answer: AnswerContext<'speech'>): BytesEncoder<'speech'> {
  const unit = answer.call.format === 'pcm' ? 2 : 1;
  let rest: Uint8Array = Buffer.alloc(0);
  let usage: JsonObject | null = null;
  const delta = (bytes: Uint8Array): string => {
    const all = rest.length > 0 ? Buffer.concat([rest, bytes]) : Buffer.from(bytes);
    const whole = all.length - (all.length % unit);
    rest = all.subarray(whole);
    return whole === 0 ? '' : eventOf({ type: 'speech.audio.delta', audio: all.toString('base64', 0, whole) });
  };
  const write = (step: SpeechStep): string => {
    switch (step.type) {
      case 'start':
        return '';
      case 'bytes':
        return delta(step.bytes);
      case 'usage':
        usage = encodeUsage(step.usage, step.bill);
        return '';
      case 'end':
        return eventOf({ type: 'speech.audio.done', ...(usage && { usage }), ...answer.extra });
      case 'fault':
        return eventOf({ type: 'error', ...(encodeFault(step.fault, { id: answer.id }).body as JsonObject) });
      default:
        return step satisfies never;
    }
  };
  return { contentType: () => 'text/event-stream', encode: (steps) => steps.map(write).join('') };
}

const eventOf = (value: JsonObject): string => `event: ${String(value.type)}\ndata: ${JSON.stringify(value)}\n\n`;

function encodeUsage(usage: Usage, bill: Bill | undefined): JsonObject {
  const input = promptTokens(usage);
  const output = completionTokens(usage);
  return { input_tokens: input, output_tokens: output, total_tokens: input + output, ...(bill && encodeBill(bill)) };
}
