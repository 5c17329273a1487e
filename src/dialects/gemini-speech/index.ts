import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, type Json, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import type { SpeechCall, SpeechStep } from '../../call/speech.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall, StepDecoder, StreamedDialect, WholeContext } from '../dialect.ts';
import { decodeGeminiFault, errorOf, faultOf } from '../gemini-fault.ts';
import { decodeUsage } from '../gemini-usage.ts';
import { lost, noReference, ownFields, voiceFor } from '../speech-fields.ts';
import { formatFor } from '../speech-format.ts';
import { audioInEvents, audioInJson, type SpokenEvent } from '../speech-steps.ts';

/** Bare samples are all that it writes (ai.google.dev/gemini-api/docs/speech-generation, read 2026-11-29). */
const FORMATS = ['pcm'] as const;

/**
 * Speech of the Gemini API: a conversation that is answered in audio. How a text is to be spoken stands before it, as
 * Google's own examples have it ("Say cheerfully: …").
 */
export const geminiSpeechUpstream: StreamedDialect<'speech'> = {
  id: 'gemini-speech',
  accept: 'text/event-stream',
  encodeCall,
  decodeSteps,
  decodeFault: decodeGeminiFault,
  quirks: {},
};

function encodeCall(call: SpeechCall, target: Target): Result<EncodedCall, Fault> {
  const choice = formatFor(call, target, FORMATS);
  if (!choice.ok) return choice;
  const cannot = noReference(call, target);
  if (cannot) return failed(cannot);
  const losses: Loss[] = lost(call, ['speed'], target);
  const voiceName = voiceFor(call, target);
  const text = call.instructions === undefined ? call.input : `${call.instructions}: ${call.input}`;
  const own = ownFields(call, target, losses);
  const speech = objectOf(objectOf(own.generationConfig).speechConfig);
  const voice = voiceName !== undefined && { voiceConfig: { prebuiltVoiceConfig: { voiceName } } };
  const body: JsonObject = {
    ...own,
    contents: [{ role: 'user', parts: [{ text }] }],
    generationConfig: {
      ...objectOf(own.generationConfig),
      responseModalities: ['AUDIO'],
      candidateCount: 1,
      speechConfig: { ...voice, ...speech },
    },
  };
  return ok({
    path: `/models/${target.endpoint.upstreamId}:streamGenerateContent?alt=sse`,
    headers: {},
    body,
    losses,
  });
}

function decodeSteps({ target, call, headers }: WholeContext<'speech'>): StepDecoder<'speech'> {
  const choice = formatFor(call, target, FORMATS);
  const start = { type: 'start' as const, mediaType: 'audio/pcm;rate=24000' };
  const isStream = headers['content-type']?.startsWith('text/event-stream') === true;
  const decoder = isStream ? audioInEvents(start, target, read) : audioInJson(start, target, read);
  const plain = withUsageLast(decoder);
  return choice.ok ? choice.value.converted(plain) : plain;
}

/** Every chunk counts anew what there was by then: the last count holds. */
function withUsageLast({ push, end }: StepDecoder<'speech'>): StepDecoder<'speech'> {
  let usage: Extract<SpeechStep, { type: 'usage' }> | null = null;
  const keep = (steps: readonly SpeechStep[]): SpeechStep[] => {
    const others: SpeechStep[] = [];
    for (const step of steps) {
      if (step.type === 'usage') usage = step;
      else {
        if (step.type === 'end' && usage) others.push(usage);
        others.push(step);
      }
    }
    return others;
  };
  return { push: (bytes) => keep(push(bytes)), end: () => keep(end()) };
}

/** One chunk, or a whole answer. A reason to stop other than that all is said is a fault: half a speech is none. */
function read(value: Json): SpokenEvent {
  const error = errorOf(value);
  if (error) return { fault: faultOf(error, undefined) };
  const { candidates, promptFeedback, usageMetadata } = objectOf(value);
  const candidate = objectOf(arrayOf(candidates)[0]);
  const parts = arrayOf(objectOf(candidate.content).parts).map((part) =>
    stringOf(objectOf(objectOf(part).inlineData).data),
  );
  const audio = parts.length === 1 ? parts[0] : joined(parts);
  const reason = optionalString(candidate.finishReason) ?? optionalString(objectOf(promptFeedback).blockReason);
  if (reason !== undefined && reason !== 'STOP')
    return {
      fault: fault(
        REFUSED.test(reason) ? 'content_policy_violation' : 'upstream_malformed',
        `The speech ended with ${reason.slice(0, 100)}.`,
        {
          upstream: { code: reason.slice(0, 100) },
        },
      ),
    };
  return {
    ...(audio !== undefined && audio !== '' && { audio }),
    ...(usageMetadata !== undefined && { usage: decodeUsage(objectOf(usageMetadata), 0) }),
    isLast: reason === 'STOP',
  };
}

const REFUSED = /SAFETY|PROHIBITED|BLOCKLIST|RECITATION|SPII/;

const joined = (parts: readonly string[]): string =>
  Buffer.concat(parts.map((part) => Buffer.from(part, 'base64'))).toString('base64');
