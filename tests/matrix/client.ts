import type { FaultCode } from '../../src/base/fault.ts';
import type { Json, JsonObject } from '../../src/base/json.ts';
import type { ClientDialect, ClientRequest } from '../../src/dialects/dialect.ts';
import type { AnswerName } from './answers.ts';
import type { QuestionName } from './questions.ts';
import type { Told } from './told.ts';

/** A small program that speaks one dialect strictly by its documentation: it knows nothing of the gateway's code. */
export type Client = {
  readonly dialect: ClientDialect;
  readonly request: (stream: boolean) => ClientRequest;
  /** The body that asks a question of the matrix; undefined if this dialect cannot. */
  readonly ask: (question: QuestionName) => JsonObject | undefined;
  /** Turns a stream into the body of the non-streamed answer that says the same; throws if the stream breaks a rule. */
  readonly fold: (stream: string) => Json;
  readonly tell: (body: Json) => Told;
  /** A body with a question and these turns, each followed by the results of its tool calls. */
  readonly replay: (turns: readonly Json[]) => JsonObject;
  /** Answers that this dialect cannot represent, with the reason. */
  readonly cannot: { readonly [answer in AnswerName]?: string };
  /** This dialect has no place of its own for a refusal: it is the answer's text. */
  readonly refusalIsText: boolean;
  /** The transcript of an answer's audio is text here. */
  readonly transcriptIsText?: true;
  /** Which sequence stopped the answer is told, where the vendor tells. */
  readonly tellsStop?: true;
  /** Statuses that this dialect has for faults of ours in place of the contract's. */
  readonly statuses?: { readonly [code in FaultCode]?: number };
  /** Thoughts are shown only to those who asked for reasoning. */
  readonly hidesThoughts?: true;
};

export const request = (params: ClientRequest['params'] = {}): ClientRequest => ({ headers: {}, params });

/** The frames of a server-sent stream: named or not, each one JSON text. Comments are skipped. */
export function framesOf(stream: string): { readonly event: string | null; readonly data: string }[] {
  const frames: { event: string | null; data: string }[] = [];
  for (const block of stream.split('\n\n')) {
    if (block === '' || block.startsWith(':')) continue;
    // An error said once more as a field that no reader of events knows (the fault of `gemini/client/events.ts`).
    if (block.startsWith('{"error":') && frames.at(-1)?.data === block) continue;
    const match = /^(?:event: ([\w.]+)\n)?data: ([^\n]*)$/.exec(block);
    if (!match) throw new Error(`a strange block: ${block.slice(0, 200)}`);
    frames.push({ event: match[1] ?? null, data: match[2] ?? '' });
  }
  return frames;
}
