import { type JsonObject, objectOf } from '../../../base/json.ts';
import type { Event, StartEvent } from '../../../call/event.ts';
import type { Native } from '../../../call/message.ts';
import type { TextRun } from '../../../call/text-run.ts';
import type { AnswerContext } from '../../dialect.ts';
import { nativeOf } from './reply.ts';

const NO_END = '},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]';

/** Writes chunks of one stream. What is the same in every chunk is turned into text once, not once per event. */
export type ChunkWriter = {
  /** What the vendor says at the start stands in every later chunk. */
  readonly start: (event: StartEvent) => void;
  readonly text: (choice: number, value: string) => string;
  /** Chunks with one of these texts each; null where one by one is as well, or their choice has not begun. */
  readonly run: (run: TextRun) => Uint8Array | null;
  /** A chunk with these members of the delta, given as JSON text without braces. */
  readonly delta: (choice: number, members: string) => string;
  /** Keeps fields we do not model for the chunk that closes their choice, or the stream. */
  readonly keep: (choice: number | null, native: Native) => void;
  readonly finish: (event: Extract<Event, { type: 'finish' }>) => string;
  /** The last chunk before `[DONE]`: a choice that says nothing more, and everything that stands beside it. */
  readonly last: (more: JsonObject) => string;
};

export function createChunkWriter(answer: AnswerContext): ChunkWriter {
  const head = `data: ${JSON.stringify(chunkFields(answer)).slice(0, -1)},`;
  const begun = new Set<number>();
  const choiceNatives = new Map<number, JsonObject>();
  let topNative: JsonObject = {};
  let tail = '}\n\n';
  let textHead = '';
  let textChoice = -1;
  let frame: RunFrame | null = null;

  const open = (choice: number): string => `${head}"choices":[{"index":${choice},"delta":{`;
  const delta = (choice: number, members: string): string => {
    if (begun.has(choice)) return open(choice) + members + NO_END + tail;
    begun.add(choice);
    const comma = members === '' ? '' : ',';
    return `${open(choice)}"role":"assistant"${comma}${members}${NO_END}${tail}`;
  };
  const text = (choice: number, value: string): string => {
    if (choice !== textChoice) {
      if (!begun.has(choice)) return delta(choice, `"content":${JSON.stringify(value)}`);
      textHead = `${open(choice)}"content":`;
      textChoice = choice;
    }
    return textHead + JSON.stringify(value) + NO_END + tail;
  };
  const run = ({ choice, bytes, ends }: TextRun): Uint8Array | null => {
    if (ends.length < RUN_MIN || !begun.has(choice)) return null;
    if (frame?.choice !== choice) frame = runFrame(choice, `${open(choice)}"content":"`, `"${NO_END}${tail}`);
    return writeRun(frame, bytes, ends);
  };
  const finish = (event: Extract<Event, { type: 'finish' }>): string => {
    const { message, ...fields } = choiceNatives.get(event.choice) ?? {};
    const { reasoning_details: details, ...said } = objectOf(message);
    const shown = details !== undefined && answer.call.reasoning?.exclude !== true;
    const first = begun.has(event.choice) ? {} : { role: 'assistant', content: '' };
    begun.add(event.choice);
    const choice: JsonObject = {
      ...fields,
      index: event.choice,
      delta: { ...said, ...(shown && { reasoning_details: details }), ...first },
      finish_reason: event.reason,
      native_finish_reason: event.native,
      logprobs: null,
    };
    return `${head}"choices":[${JSON.stringify(choice)}]${tail}`;
  };

  return {
    start: (event) => {
      tail = chunkTail(event);
      textChoice = -1;
      frame = null;
    },
    text,
    run,
    delta,
    keep: (choice, native) => {
      if (choice === null) topNative = { ...topNative, ...nativeOf(native) };
      else choiceNatives.set(choice, { ...choiceNatives.get(choice), ...nativeOf(native) });
    },
    finish,
    last: (more) =>
      `data: ${JSON.stringify({ ...topNative, ...chunkFields(answer), choices: lastChoices(answer), ...more, ...answer.extra })}\n\n`,
  };
}

/** Fewer are cheaper as text, which needs no second buffer on its way out. */
const RUN_MIN = 4;

/** What stands before the first text of a run, between two, and behind the last. */
type RunFrame = {
  readonly choice: number;
  readonly before: Buffer;
  readonly between: Buffer;
  readonly behind: Buffer;
};

const runFrame = (choice: number, before: string, behind: string): RunFrame => ({
  choice,
  before: Buffer.from(before),
  between: Buffer.from(behind + before),
  behind: Buffer.from(behind),
});

function writeRun({ before, between, behind }: RunFrame, bytes: Buffer, ends: readonly number[]): Uint8Array {
  const out = Buffer.allocUnsafe(before.length + bytes.length + (ends.length - 1) * between.length + behind.length);
  out.set(before);
  let at = before.length;
  let from = 0;
  for (let text = 0; text < ends.length; text++) {
    const end = ends[text] as number;
    if (end - from > COPIED_MAX) at += bytes.copy(out, at, from, end);
    else for (let byte = from; byte < end; byte++) out[at++] = bytes[byte] as number;
    const next = text === ends.length - 1 ? behind : between;
    out.set(next, at);
    at += next.length;
    from = end;
  }
  return out;
}
/** Bytes that are copied one by one sooner than by a call. */
const COPIED_MAX = 48;

export const chunkFields = (answer: AnswerContext): JsonObject => ({
  id: answer.id,
  object: 'chat.completion.chunk',
  created: answer.created,
  model: answer.model,
  provider: answer.provider,
});

/**
 * Who asks for usage in OpenAI's way expects a chunk of its own, without choices. Who does not gets it all the same, so
 * with a choice: programs that take `choices[0].delta` of every chunk would fall over, and @langchain/openrouter 0.4
 * passes over usage that stands beside no choice (read 2026-11-22).
 */
const lastChoices = ({ call }: AnswerContext): JsonObject[] =>
  call.gateway.extra?.stream_options === undefined
    ? [{ index: 0, delta: {}, finish_reason: null, native_finish_reason: null, logprobs: null }]
    : [];

/** Everything after the choices. */
function chunkTail(start: StartEvent): string {
  const fingerprint = start.systemFingerprint;
  const tier = start.serviceTier;
  return `${fingerprint === undefined ? '' : `,"system_fingerprint":${JSON.stringify(fingerprint)}`}${
    tier === undefined ? '' : `,"service_tier":${JSON.stringify(tier)}`
  }}\n\n`;
}
