import { type Fault, fault } from '../base/fault.ts';
import { createSplitter } from '../base/frames.ts';
import { isObject, type Json, objectOf, parseJson, stringOf } from '../base/json.ts';
import type { SpeechStep } from '../call/speech.ts';
import type { Usage } from '../call/usage.ts';
import type { Target } from '../facts/target.ts';
import type { StepDecoder } from './dialect.ts';

/** What an answer begins with: `start`, before the first bytes. */
export type Beginning = Extract<SpeechStep, { type: 'start' }>;

/** An answer that is nothing but audio. */
export function bareAudio(start: Beginning, target: Target): StepDecoder<'speech'> {
  let isBegun = false;
  return {
    push: (bytes) => {
      if (bytes.length === 0) return [];
      // They are the connection's, and go out later than this call.
      const step: SpeechStep = { type: 'bytes', bytes: Buffer.from(bytes) };
      if (isBegun) return [step];
      isBegun = true;
      return [start, step];
    },
    end: () => [isBegun ? { type: 'end' } : { type: 'fault', fault: noAudio(target) }],
  };
}

/** What an event, or a whole answer in JSON, says. */
export type SpokenEvent = {
  /** Base64. */
  readonly audio?: string;
  readonly usage?: Usage | undefined;
  readonly fault?: Fault;
  /** It is the last. */
  readonly isLast?: boolean;
};
export type Understood = (value: Json) => SpokenEvent;

/** An answer in one piece of JSON that holds audio as base64. */
export function audioInJson(start: Beginning, target: Target, read: Understood): StepDecoder<'speech'> {
  const pieces: Buffer[] = [];
  return {
    push: (bytes) => {
      pieces.push(Buffer.from(bytes));
      return [];
    },
    end: () => {
      const value = parseJson(Buffer.concat(pieces).toString());
      if (value === undefined) return [{ type: 'fault', fault: malformed(target, 'answered with no audio') }];
      const steps = stepsOf(read(value), start);
      if (steps.some(({ type }) => type === 'fault')) return steps;
      const isEmpty = steps.every(({ type }) => type !== 'bytes');
      return isEmpty ? [{ type: 'fault', fault: noAudio(target) }] : [...steps, { type: 'end' }];
    },
  };
}

/** Server-sent events that hold audio as base64, one after the other. */
export function audioInEvents(start: Beginning, target: Target, read: Understood): StepDecoder<'speech'> {
  const splitter = createSplitter('sse');
  let isBegun = false;
  let isOver = false;
  const decode = (frames: readonly { readonly data: string }[]): SpeechStep[] => {
    const steps: SpeechStep[] = [];
    for (const { data } of frames) {
      if (isOver || data.trim() === '[DONE]') continue;
      const value = parseJson(data);
      const said: SpokenEvent = isObject(value)
        ? read(value)
        : { fault: malformed(target, 'sent an event that is not JSON') };
      for (const step of stepsOf(said, isBegun ? null : start)) {
        isBegun ||= step.type === 'bytes';
        steps.push(step);
      }
      isOver = said.fault !== undefined || said.isLast === true;
      if (said.isLast) steps.push(isBegun ? { type: 'end' } : { type: 'fault', fault: noAudio(target) });
    }
    return steps;
  };
  return {
    push: (bytes) => decode(splitter.push(bytes)),
    end: () => {
      const steps = decode(splitter.end());
      if (isOver) return steps;
      return [...steps, { type: 'fault', fault: cut(target) }];
    },
  };
}

function stepsOf({ audio, usage, fault: told }: SpokenEvent, start: Beginning | null): SpeechStep[] {
  if (told) return [{ type: 'fault', fault: told }];
  const steps: SpeechStep[] = [];
  const bytes = audio === undefined ? null : Buffer.from(audio, 'base64');
  if (bytes && bytes.length > 0) {
    if (start) steps.push(start);
    steps.push({ type: 'bytes', bytes });
  }
  if (usage) steps.push({ type: 'usage', usage });
  return steps;
}

/** Does the answer hold an error in the place of audio? */
export const errorIn = (value: Json): boolean => {
  const answer = objectOf(value);
  return Boolean(answer.error) || stringOf(answer.type) === 'error' || answer.object === 'error';
};

export const malformed = ({ endpoint: { provider } }: Target, what: string): Fault =>
  fault('upstream_malformed', `${provider.name} ${what}.`, { upstream: { provider: provider.name } });
const noAudio = (target: Target): Fault => malformed(target, 'sent no audio');
const cut = ({ endpoint: { provider } }: Target): Fault =>
  fault('upstream_truncated', `${provider.name} ended its answer early.`, { upstream: { provider: provider.name } });
