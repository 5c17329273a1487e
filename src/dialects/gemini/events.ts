import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf, optionalString } from '../../base/json.ts';
import type { Event } from '../../call/event.ts';
import { type TextRun, textOf } from '../../call/text-run.ts';
import type { EventDecoder, UpstreamContext } from '../dialect.ts';
import { frameJson } from '../frame-json.ts';
import { errorOf, faultOf } from '../gemini-fault.ts';
import { GEMINI, isGemini3 } from '../gemini-names.ts';
import { decodeUsage, isCounted, tierOf } from '../gemini-usage.ts';
import { type CandidateReader, createCandidate, withFields } from './candidate.ts';

/**
 * Reads `GenerateContentResponse`s, one a frame. There is no terminal frame: the bytes end after each candidate had its
 * finish reason, and usage is cumulative, so finishes and usage are told at the end.
 */
export function createGeminiDecoder(upstream: UpstreamContext): EventDecoder {
  const reader = createGeminiReader(upstream);
  return {
    push: (frame) => (frame.data === '' || frame.data === '[DONE]' ? [] : reader.read(frameJson(frame))),
    end: reader.end,
    again: { textIn, padding: [], counts: 'usageMetadata', repeated: reader.repeated, counted: reader.counted },
  };
}

function textIn({ candidates }: JsonObject): Json | undefined {
  const [only, ...others] = arrayOf(candidates).map(objectOf);
  const parts = arrayOf(objectOf(only?.content).parts);
  return others.length === 0 && parts.length === 1 ? objectOf(parts[0]).text : undefined;
}

/** More candidates than any model gives. */
const CANDIDATES_MAX = 256;

export type GeminiReader = {
  readonly read: (chunk: Json | undefined) => Event[];
  readonly end: () => Event[];
  /** The chunk that was read last, a text alone, came again with each of these. */
  readonly repeated: (run: TextRun) => void;
  /** The last of such chunks. */
  readonly counted: (last: JsonObject) => void;
};

export function createGeminiReader(upstream: UpstreamContext): GeminiReader {
  const candidates = new Map<number, CandidateReader>();
  let started = false;
  let usage: JsonObject | undefined;
  let native: JsonObject = {};
  let over = false;

  const fail = (events: Event[], value: Fault): Event[] => {
    over = true;
    events.push({ type: 'fault', fault: value });
    return events;
  };
  const candidateAt = (index: unknown): CandidateReader => {
    const at = typeof index === 'number' && Number.isInteger(index) && index > 0 && index < CANDIDATES_MAX ? index : 0;
    let candidate = candidates.get(at);
    if (!candidate) {
      candidate = createCandidate(at, upstream);
      candidates.set(at, candidate);
    }
    return candidate;
  };

  const read = (chunk: Json | undefined): Event[] => {
    if (over) return [];
    const error = errorOf(chunk);
    if (error) return fail([], faultOf(error, undefined));
    if (!isObject(chunk)) return fail([], fault('upstream_malformed', 'The provider sent an event that is not JSON.'));
    const events: Event[] = [];
    if (!started) events.push(startOf(chunk));
    started = true;
    const { candidates: list, usageMetadata, promptFeedback, modelVersion: _, responseId: __, ...rest } = chunk;
    native = withFields(native, rest);
    if (isObject(usageMetadata) && isCounted(usageMetadata)) usage = usageMetadata;
    const feedback = objectOf(promptFeedback);
    if (feedback.blockReason !== undefined && arrayOf(list).length === 0) return fail(events, blocked(feedback));
    if (isObject(promptFeedback)) native = { ...native, promptFeedback };
    for (const entry of arrayOf(list)) {
      const candidate = objectOf(entry);
      candidateAt(candidate.index).read(candidate, events);
    }
    return events;
  };

  const end = (): Event[] => {
    if (over) return [];
    over = true;
    const all = [...candidates.values()];
    if (all.length === 0 || !all.every((candidate) => candidate.isFinished()))
      return [{ type: 'fault', fault: fault('upstream_truncated', 'The answer broke off before its finish reason.') }];
    const events: Event[] = [];
    if (Object.keys(native).length > 0)
      events.push({ type: 'native', choice: null, native: { dialect: GEMINI, fields: native } });
    let searches = 0;
    for (const candidate of all) searches += candidate.close(events);
    // Search is billed by the query from the third generation on, by the prompt before (Gemini pricing, read 2026-11-22).
    if (!isGemini3(upstream.target.endpoint)) searches = Math.min(searches, 1);
    const counted = usage && decodeUsage(usage, searches);
    if (usage && counted) events.push({ type: 'usage', usage: counted, ...tierOf(usage) });
    events.push({ type: 'end' });
    return events;
  };
  const repeated = (run: TextRun): void => candidateAt(run.choice).repeated(textOf(run));
  const counted = ({ usageMetadata }: JsonObject): void => {
    if (isObject(usageMetadata)) usage = usageMetadata;
  };
  return { read, end, repeated, counted };
}

function startOf(chunk: JsonObject): Event {
  const id = optionalString(chunk.responseId);
  const model = optionalString(chunk.modelVersion);
  return {
    type: 'start',
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
    ...tierOf(objectOf(chunk.usageMetadata)),
  };
}

/** A blocked prompt has no candidates: nothing was answered, and the reason is the caller's to know. */
function blocked(feedback: JsonObject): Fault {
  const reason = optionalString(feedback.blockReason) ?? 'OTHER';
  const message = optionalString(feedback.blockReasonMessage) ?? 'The provider blocked the prompt.';
  return fault('content_policy_violation', `${message} (${reason})`, {
    upstream: { type: 'promptFeedback', code: reason },
  });
}
