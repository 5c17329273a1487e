import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import type { Call } from '../../call/call.ts';
import type { Reply } from '../../call/reply.ts';
import { type ChatStep, textOf } from '../../call/text-run.ts';
import type { Formed, Health } from '../../upstream/health.ts';
import type { RunOutcome } from '../../upstream/run.ts';

/** Reads whether what a model writes to be read by programs can be read: tool calls, and answers in JSON. */
export type FormReader = {
  readonly pass: (steps: readonly ChatStep[]) => void;
  /** Another exchange begins, or goes on with the answer of this one: nothing is said of what was cut. */
  readonly next: (call?: Call) => void;
  /** Tells the health of whoever answered; once for each exchange. */
  readonly tell: (outcome: RunOutcome, health: Pick<Health, 'formed'>) => void;
};

/** Characters; of longer ones nothing is said. */
const LENGTH_MAX = 256 * 1024;

/** Null = nothing in this call's answer has a form. */
export function formReaderOf(call: Call): FormReader | null {
  if (!hasForm(call)) return null;
  let asked = call;
  let written: Written = newWritten();
  return {
    pass: (steps) => {
      for (const step of steps) pass(written, step, asksJson(asked));
    },
    next: (following) => {
      asked = following ?? asked;
      written = newWritten(following ? 'reading' : 'dropped');
    },
    tell: (outcome, health) => {
      if (written.state === 'told' || outcome.kind === 'failed' || outcome.kind === 'cancelled') return;
      const counts = outcome.kind === 'replied' ? formedIn(partsOf(outcome.reply), asked) : formedIn(written, asked);
      const isCut = outcome.kind === 'broken' || written.state === 'dropped';
      written.state = 'told';
      if (isCut || counts.well + counts.badly === 0) return;
      health.formed(outcome.target.endpoint.id, counts);
    },
  };
}

const hasForm = (call: Call): boolean => call.tools.length > 0 || asksJson(call);
const asksJson = ({ output }: Call): boolean => output.type === 'json' || output.type === 'json-schema';

type ToolCall = { readonly name: string; text: string };
type Answer = { readonly tools: Iterable<ToolCall>; readonly texts: Iterable<string>; readonly isCut: boolean };
type Written = {
  state: 'reading' | 'dropped' | 'told';
  length: number;
  /** By choice and index. */
  readonly calls: Map<string, ToolCall>;
  readonly choices: Map<number, string>;
  isCut: boolean;
  readonly tools: Iterable<ToolCall>;
  readonly texts: Iterable<string>;
};

function newWritten(state: Written['state'] = 'reading'): Written {
  const calls = new Map<string, ToolCall>();
  const choices = new Map<number, string>();
  const written = { state, length: 0, calls, choices, isCut: false };
  return {
    ...written,
    get tools() {
      return calls.values();
    },
    get texts() {
      return choices.values();
    },
  };
}

function pass(written: Written, step: ChatStep, readsTexts: boolean): void {
  if (written.state !== 'reading') return;
  switch (step.type) {
    case 'tool-start':
      written.calls.set(`${step.choice} ${step.index}`, { name: step.name, text: '' });
      return;
    case 'tool-arguments': {
      const call = written.calls.get(`${step.choice} ${step.index}`);
      if (call && hasRoom(written, step.text.length)) call.text += step.text;
      return;
    }
    case 'text':
    case 'texts': {
      if (!readsTexts) return;
      const text = step.type === 'text' ? step.text : textOf(step);
      if (hasRoom(written, text.length))
        written.choices.set(step.choice, (written.choices.get(step.choice) ?? '') + text);
      return;
    }
    case 'finish':
      if (step.reason !== 'stop' && step.reason !== 'tool_calls') written.isCut = true;
      return;
    default:
  }
}

function hasRoom(written: Written, length: number): boolean {
  written.length += length;
  if (written.length > LENGTH_MAX) written.state = 'dropped';
  return written.state === 'reading';
}

function partsOf({ choices }: Reply): Answer {
  const parts = choices.flatMap((choice) => choice.parts);
  return {
    tools: parts.flatMap((part) => (part.type === 'tool-call' ? [{ name: part.name, text: part.arguments }] : [])),
    texts: choices.flatMap((choice) => {
      const text = choice.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
      return text === '' ? [] : [text];
    }),
    isCut: choices.some(({ finish }) => finish !== 'stop' && finish !== 'tool_calls'),
  };
}

/** What was cut by its length, or refused, says nothing of its host. */
function formedIn({ tools, texts, isCut }: Answer, call: Call): Formed {
  if (isCut) return { well: 0, badly: 0 };
  let [well, badly] = [0, 0];
  let calls = 0;
  for (const tool of tools) {
    calls++;
    if (isReadable(tool, call)) well++;
    else badly++;
  }
  // Whoever calls tools first writes the answer in JSON later.
  if (calls > 0 || !asksJson(call)) return { well, badly };
  for (const text of texts)
    if (parseJson(text) === undefined) badly++;
    else well++;
  return { well, badly };
}

/** JSON with all that the function requires, of a function that was offered; of others nobody knows what they take. */
function isReadable({ name, text }: ToolCall, { tools }: Call): boolean {
  let requires: JsonObject | undefined;
  let isOffered = false;
  let knowsAll = true;
  for (const tool of tools)
    if (tool.type !== 'function') knowsAll = false;
    else if (tool.name === name) {
      if (tool.freeform) return true;
      isOffered = true;
      requires = tool.parameters;
    }
  if (!isOffered && knowsAll) return false;
  const given = parseJson(text);
  if (!isObject(given)) return false;
  const required = requires?.required;
  return (
    !Array.isArray(required) || required.every((field) => typeof field !== 'string' || Object.hasOwn(given, field))
  );
}
