import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  optionalString,
  stringOf,
} from '../../../base/json.ts';
import { entryOf } from '../../../base/table.ts';
import { toolCallIds } from '../../../call/call.ts';
import type { Event, StartEvent } from '../../../call/event.ts';
import type { TextRun } from '../../../call/text-run.ts';
import type { Usage } from '../../../call/usage.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { finishOf } from '../../openai-finish.ts';
import { createBeside } from './beside.ts';
import { type ChoiceState, newChoiceState, readDelta } from './content.ts';
import { createNatives } from './native.ts';
import { createToolCalls, type ToolIds } from './tool-calls.ts';
import { conventionOf } from './usage.ts';

const CHOICE_INDEX_MAX = 1023;
const EARLY_EVENTS_MAX = 64;

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
  /** Whether as many deltas came as the vendor counted output tokens: then none can be missing. */
  readonly countsEveryToken: () => boolean;
  readonly tellUsage: (out: Event[]) => void;
  /** The chunk that was read last, a text alone, came again with each of these. */
  readonly repeated: (run: TextRun) => void;
  /** The last of such chunks. */
  readonly counted: (last: JsonObject) => void;
};

export function createAnswerReader(upstream: UpstreamContext, { whole }: { readonly whole: boolean }): AnswerReader {
  const beside = createBeside(conventionOf(upstream));
  const ids: ToolIds = { used: toolCallIds(upstream.call), newId: upstream.newId };
  const choices = new Map<number, ChoiceState>();
  const natives = createNatives();
  let started = false;
  /** What stood in chunks before the first one with choices: Azure's verdict on the prompt. */
  const early: Event[] = [];

  const stateOf = (index: number): ChoiceState => {
    let state = choices.get(index);
    if (!state) {
      state = newChoiceState(index, whole, createToolCalls(index, ids, { whole }));
      choices.set(index, state);
    }
    return state;
  };

  const readChoice = (choice: JsonObject, out: Event[]): void => {
    const index = indexOf(choice.index);
    const inside = whole ? choice.message : (choice.delta ?? (choices.has(index) ? undefined : choice.message));
    const delta = isObject(inside) ? inside : { content: choice.text };
    const state = stateOf(index);
    readLogprobs(index, choice.logprobs, out);
    readDelta(state, delta, out);
    natives.choice(state, choice, delta, out);
    noteFinish(state, choice);
    // Moonshot counts inside the last choice (seen in clients, read 2026-11-24).
    if (choice.usage) beside.spare(choice.usage);
  };

  const read = (chunk: JsonObject, out: Event[]): void => {
    const entries = arrayOf(chunk.choices);
    if (!started && (entries.length > 0 || chunk.usage)) {
      started = true;
      out.push(startOf(chunk), ...early);
    }
    for (const entry of entries) if (isObject(entry)) readChoice(entry, out);
    beside.note(chunk);
    if (started) natives.top(chunk, out);
    else if (early.length < EARLY_EVENTS_MAX) natives.top(chunk, early);
  };

  const tellUsage = (out: Event[]): void => {
    const vendorUsage = beside.usage();
    if (!vendorUsage) return;
    // Groq counts in a chunk whose choices may have been lost.
    if (!started) out.push({ type: 'start' }, ...early);
    started = true;
    out.push({ type: 'usage', usage: vendorUsage });
  };

  const close = (out: Event[]): void => {
    for (const state of choices.values()) {
      if (!state.annotated && state.choice === 0) beside.cite(out);
      closeChoice(state, out);
    }
    tellUsage(out);
    out.push({ type: 'end' });
  };

  return {
    read,
    close,
    isComplete: () => choices.size > 0 && [...choices.values()].every((state) => state.finish !== null),
    hasChoices: () => choices.size > 0,
    countsEveryToken: () => countsEveryToken([...choices.values()], beside.usage()),
    tellUsage,
    repeated: ({ choice, ends }) => {
      stateOf(choice).textDeltas += ends.length;
    },
    counted: beside.note,
  };
}

export const indexOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= CHOICE_INDEX_MAX ? Math.abs(value) : 0;

function noteFinish(state: ChoiceState, choice: JsonObject): void {
  const finish = stringOf(choice.finish_reason);
  const native = stringOf(choice.native_finish_reason) || finish;
  if (finish === '' || finish === 'null') return;
  state.finish = finish;
  state.nativeFinish = native;
}

function closeChoice(state: ChoiceState, out: Event[]): void {
  const reason = finishOf(state.finish, state.tools.count() > 0);
  state.tools.close(reason === 'length', out);
  out.push({ type: 'finish', choice: state.choice, reason, native: state.nativeFinish });
}

/** Other hosts' words for the tiers. */
const TIERS: { readonly [word: string]: string } = {
  on_demand: 'default',
  standard: 'default',
  performance: 'priority',
};

export function tierOf(value: Json | undefined): string | undefined {
  const tier = optionalString(value);
  return entryOf(TIERS, tier) ?? tier;
}

function startOf(chunk: JsonObject): StartEvent {
  const id = stringOf(chunk.id);
  const model = stringOf(chunk.model);
  const systemFingerprint = optionalString(chunk.system_fingerprint);
  const serviceTier = tierOf(chunk.service_tier);
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
  const content = Array.isArray(value.tokens) ? contentOf(value) : arrayOf(value.content).filter(isObject);
  const refusal = arrayOf(value.refusal).filter(isObject);
  if (content.length === 0 && refusal.length === 0) return;
  out.push({
    type: 'logprobs',
    choice,
    ...(content.length > 0 && { content }),
    ...(refusal.length > 0 && { refusal }),
  });
}

/** The shape of text completions, which some hosts have for chats too: parallel lists, the first of a prompt without a value. */
function contentOf({ tokens, token_logprobs, top_logprobs }: JsonObject): JsonObject[] {
  const values = arrayOf(token_logprobs);
  const tops = arrayOf(top_logprobs);
  return arrayOf(tokens).map((token, at) => {
    const text = stringOf(token);
    const likely = Object.entries(objectOf(tops[at]));
    return {
      token: text,
      logprob: values[at] ?? null,
      bytes: [...Buffer.from(text)],
      top_logprobs: likely.map(([other, logprob]) => ({ token: other, logprob, bytes: [...Buffer.from(other)] })),
    };
  });
}

/** Tools' arguments come in deltas of any size, so that they prove nothing. */
function countsEveryToken(states: readonly ChoiceState[], vendorUsage: Usage | undefined): boolean {
  if (vendorUsage === undefined || states.some((state) => state.tools.count() > 0)) return false;
  return states.reduce((sum, state) => sum + state.textDeltas, 0) >= vendorUsage.output + vendorUsage.outputReasoning;
}
