import type { Fault } from '../../../base/fault.ts';
import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  optionalString,
  stringOf,
} from '../../../base/json.ts';
import type { Event, StartEvent } from '../../../call/event.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { type ChoiceState, newChoiceState, readDelta } from './content.ts';
import { faultOfError } from './fault.ts';
import { finishOf } from './finish.ts';
import { createNatives } from './native.ts';
import { createToolCalls, type ToolIds } from './tool-calls.ts';
import { decodeUsage } from './usage.ts';

/**
 * Reads an answer from its chunks, or from one whole `chat.completion`, into events. Finish, usage and `end` are told
 * together by `close`: usage and the last deltas may follow a finish reason, and an error may follow it too.
 */
export type AnswerReader = {
  readonly read: (chunk: JsonObject, out: Event[]) => void;
  readonly close: (out: Event[]) => void;
  /** Every choice seen so far said how it ended, and there is at least one. */
  readonly isComplete: () => boolean;
  readonly hasChoices: () => boolean;
  /** The error inside a chunk, if there is one. */
  readonly faultIn: (chunk: JsonObject, raw: () => string) => Fault | undefined;
  /** Whether as many deltas came as the vendor counted output tokens: then none can be missing. */
  readonly countsEveryToken: () => boolean;
  readonly tellUsage: (out: Event[]) => void;
};

export function createAnswerReader(upstream: UpstreamContext, { whole }: { readonly whole: boolean }): AnswerReader {
  const { endpoint } = upstream.target;
  const convention = {
    completionExcludesReasoning: endpoint.dialect.quirks.includes('completion-excludes-reasoning'),
  };
  const ids: ToolIds = { used: new Set(), newId: upstream.newId };
  const choices = new Map<number, ChoiceState>();
  const natives = createNatives();
  let started = false;
  /** What stood in chunks before the first one with choices: Azure's verdict on the prompt. */
  const early: Event[] = [];
  let usage: Json | undefined;
  let spareUsage: Json | undefined;
  let citations: JsonObject | undefined;

  const stateOf = (index: number): ChoiceState => {
    let state = choices.get(index);
    if (!state) {
      state = newChoiceState(index, whole, createToolCalls(index, ids, { whole }));
      choices.set(index, state);
    }
    return state;
  };

  const readChoice = (choice: JsonObject, out: Event[]): void => {
    const index = typeof choice.index === 'number' && choice.index >= 0 && choice.index < 1024 ? choice.index : 0;
    const known = choices.has(index);
    const state = stateOf(index);
    const inside = whole ? choice.message : (choice.delta ?? (known ? undefined : choice.message));
    const delta = objectOf(inside);
    readDelta(state, delta, out);
    if (typeof choice.text === 'string' && choice.text !== '' && inside === undefined)
      readDelta(state, { content: choice.text }, out);
    readLogprobs(index, choice.logprobs, out);
    natives.choice(index, choice, delta, out);
    const finish = stringOf(choice.finish_reason);
    const nativeFinish = stringOf(choice.native_finish_reason) || finish;
    if (finish !== '') state.finish = finish;
    if (nativeFinish !== '') state.nativeFinish = nativeFinish;
  };

  const read = (chunk: JsonObject, out: Event[]): void => {
    const entries = arrayOf(chunk.choices);
    if (!started && (entries.length > 0 || chunk.usage)) {
      started = true;
      out.push(startOf(chunk), ...early);
    }
    for (const entry of entries) if (isObject(entry)) readChoice(entry, out);
    if (chunk.usage) usage = chunk.usage;
    if (chunk.x_groq) spareUsage = objectOf(chunk.x_groq).usage ?? spareUsage;
    if (chunk.citations || chunk.search_results) citations = chunk;
    natives.top(chunk, started ? out : early);
  };

  const counted = () => decodeUsage(usage, convention) ?? decodeUsage(spareUsage, convention);
  const tellUsage = (out: Event[]): void => {
    const told = counted();
    if (told) out.push({ type: 'usage', usage: told });
  };

  const close = (out: Event[]): void => {
    for (const state of choices.values()) {
      const reason = finishOf(state.finish, state.tools.count() > 0);
      state.tools.close(reason === 'length', out);
      if (citations && !state.annotated && state.choice === 0) cite(citations, out);
      out.push({ type: 'finish', choice: state.choice, reason, native: state.nativeFinish });
    }
    tellUsage(out);
    out.push({ type: 'end' });
  };

  return {
    read,
    close,
    isComplete: () => choices.size > 0 && [...choices.values()].every((state) => state.finish !== null),
    hasChoices: () => choices.size > 0,
    faultIn: (chunk, raw) => {
      if (!chunk.error && chunk.object !== 'error') return undefined;
      return faultOfError(chunk, { status: null, provider: endpoint.provider.name, now: null, raw: raw() });
    },
    countsEveryToken: () => {
      const told = counted();
      const deltas = [...choices.values()].reduce((sum, state) => sum + state.textDeltas, 0);
      const tools = [...choices.values()].some((state) => state.tools.count() > 0);
      return told !== undefined && !tools && deltas >= told.output + told.outputReasoning;
    },
    tellUsage,
  };
}

function startOf(chunk: JsonObject): StartEvent {
  const id = stringOf(chunk.id);
  const model = stringOf(chunk.model);
  const systemFingerprint = optionalString(chunk.system_fingerprint);
  const serviceTier = optionalString(chunk.service_tier);
  return {
    type: 'start',
    ...(id !== '' && { id }),
    ...(model !== '' && { model }),
    ...(systemFingerprint && { systemFingerprint }),
    ...(serviceTier && { serviceTier }),
  };
}

function readLogprobs(choice: number, value: Json | undefined, out: Event[]): void {
  if (!isObject(value)) return;
  const content = arrayOf(value.content);
  const refusal = arrayOf(value.refusal);
  if (content.length === 0 && refusal.length === 0) return;
  out.push({
    type: 'logprobs',
    choice,
    ...(content.length > 0 && { content }),
    ...(refusal.length > 0 && { refusal }),
  });
}

/** Perplexity's sources, which stand beside the choices: `citations` are URLs, `search_results` know their titles. */
function cite(chunk: JsonObject, out: Event[]): void {
  const results = arrayOf(chunk.search_results).map(objectOf);
  const urls = Array.isArray(chunk.citations) ? chunk.citations : results.map((result) => result.url ?? null);
  for (const url of urls) {
    if (typeof url !== 'string') continue;
    const title = optionalString(results.find((result) => result.url === url)?.title);
    out.push({
      type: 'annotation',
      choice: 0,
      annotation: { type: 'url', url, ...(title !== undefined && { title }) },
    });
  }
}
