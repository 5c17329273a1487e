import type { JsonObject } from '../../../base/json.ts';
import type { FinishEvent, UsageEvent } from '../../../call/event.ts';
import type { AnswerContext, EventEncoder } from '../../dialect.ts';
import { encodeGeminiFault } from '../../gemini-fault.ts';
import { GEMINI } from '../../gemini-names.ts';
import { encodeUsage } from '../../gemini-usage.ts';
import { closeChoice, type OpenChoice, openChoice, takeLogprobs, writeEvent } from './choice.ts';
import { hidesThoughts } from './reply.ts';

/** How chunks are written one after the other. */
type Framing = {
  readonly chunk: (json: string) => string;
  /** An error that ends the stream. */
  readonly fault: (json: string) => string;
  readonly end: string;
};

/** `alt=sse`. There is no `[DONE]`: the chunk with the finish reasons and the usage is the last one. */
export const encodeEvents = (answer: AnswerContext): EventEncoder =>
  encodeWith(answer, {
    chunk: (json) => `data: ${json}\n\n`,
    // As an event it is an error to @google/genai 3.3, google-genai 3.6 for Python, google.golang.org/genai 1.77 and
    // @ai-sdk/google 4; the older SDK within Gemini CLI 0.61 takes that for the end, and hears only of JSON that is no
    // event (all tried 2026-11-29, in one read and in several). To readers of events that line is an unknown field.
    fault: (json) => `data: ${json}\n\n${json}\n\n`,
    end: '',
  });

/** Without `alt=sse` a stream is one JSON array, written as it grows. */
export function encodeList(answer: AnswerContext): EventEncoder {
  let before = '[';
  const chunk = (json: string): string => {
    const text = before + json;
    before = ',\r\n';
    return text;
  };
  return encodeWith(answer, { chunk, fault: chunk, end: ']\n' });
}

/** Events as `GenerateContentResponse`s. */
function encodeWith(answer: AnswerContext, framing: Framing): EventEncoder {
  const isHidden = hidesThoughts(answer);
  const choices = new Map<number, OpenChoice>();
  const finishes: FinishEvent[] = [];
  let native: JsonObject = {};
  let usage: UsageEvent | undefined;
  let tier: string | undefined;

  const choiceAt = (index: number): OpenChoice => {
    let choice = choices.get(index);
    if (!choice) {
      choice = openChoice(isHidden);
      choices.set(index, choice);
    }
    return choice;
  };
  const chunk = (members: JsonObject): string =>
    framing.chunk(JSON.stringify({ ...members, modelVersion: answer.model, responseId: answer.id }));
  const counted = (): JsonObject => (usage ? { usageMetadata: encodeUsage(usage.usage, usage.bill, tier) } : {});
  const last = (members: JsonObject): string => chunk(members) + framing.end;

  return (event) => {
    switch (event.type) {
      case 'start':
        tier = event.serviceTier;
        return '';
      case 'native':
        if (event.native.dialect !== GEMINI) return '';
        if (event.choice === null) native = { ...native, ...event.native.fields };
        else {
          const choice = choiceAt(event.choice);
          choice.native = { ...choice.native, ...event.native.fields };
        }
        return '';
      case 'usage':
        usage = event;
        tier = event.serviceTier ?? tier;
        return '';
      case 'finish':
        finishes.push(event);
        return '';
      case 'end':
        return last({
          ...native,
          candidates: finishes.map((finish) => closeChoice(choiceAt(finish.choice), finish)),
          ...counted(),
          ...answer.extra,
        });
      case 'fault':
        return framing.fault(JSON.stringify(encodeGeminiFault(event.fault, answer).body)) + framing.end;
      default: {
        const choice = choiceAt(event.choice);
        const parts = writeEvent(choice, event);
        if (parts.length === 0) return '';
        const content = { role: 'model', parts };
        return chunk({ candidates: [{ content, index: event.choice, ...takeLogprobs(choice) }] });
      }
    }
  };
}
