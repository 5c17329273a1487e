import type { JsonObject } from '../base/json.ts';
import type { Event } from '../call/event.ts';
import type { FinishReason } from '../call/finish.ts';
import { usageOf } from '../call/usage.ts';
import { countPrompt, type Prompt } from './prompt.ts';
import { hashOf, piecesOf } from './words.ts';

/** What a model says, before it is cut into pieces. */
export type Speech = {
  readonly reasoning?: string;
  readonly text?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments: JsonObject }[];
  readonly finish?: FinishReason;
};

type Budget = { left: number; spent: number; reasoned: number };

/** The whole answer as events: limits, stop sequences and counts applied, one event per word. */
export function eventsOfSpeech(speeches: readonly Speech[], prompt: Prompt): Event[] {
  const { call } = prompt;
  const events: Event[] = [{ type: 'start', id: prompt.world.newId('sandbox') }];
  let output = 0;
  let outputReasoning = 0;
  for (const [choice, speech] of speeches.entries()) {
    const budget: Budget = { left: call.maxOutputTokens ?? Number.POSITIVE_INFINITY, spent: 0, reasoned: 0 };
    for (const event of eventsOfChoice(speech, prompt, choice, budget)) events.push(event);
    output += budget.spent - budget.reasoned;
    outputReasoning += budget.reasoned;
  }
  events.push(
    { type: 'usage', usage: usageOf({ input: countPrompt(call), output, outputReasoning }) },
    { type: 'end' },
  );
  return events;
}

function eventsOfChoice(speech: Speech, prompt: Prompt, choice: number, budget: Budget): Event[] {
  const events = speech.reasoning ? reason(speech.reasoning, prompt, choice, budget) : [];
  budget.reasoned = budget.spent;
  const { text, sequence } = cutAtStop(speech.text ?? '', prompt.call.stop);
  for (const piece of spend(budget, text)) events.push({ type: 'text', choice, text: piece });
  const calls = sequence === undefined ? (speech.calls ?? []) : [];
  for (const [index, call] of calls.entries()) {
    if (budget.left === 0) break;
    events.push({ type: 'tool-start', choice, index, id: prompt.world.newId('call'), name: call.name });
    const pieces = spend(budget, JSON.stringify(call.arguments), 12);
    for (const piece of pieces) events.push({ type: 'tool-arguments', choice, index, text: piece });
  }
  const natural: FinishReason = calls.length > 0 ? 'tool_calls' : 'stop';
  const reason_ = budget.left === 0 ? 'length' : (speech.finish ?? natural);
  const stopped = sequence !== undefined && budget.left > 0 && { stopSequence: sequence };
  events.push({ type: 'finish', choice, reason: reason_, native: reason_, ...stopped });
  return events;
}

/** As many pieces as the limit allows. */
function spend(budget: Budget, text: string, width?: number): string[] {
  const all = width === undefined ? piecesOf(text) : (text.match(new RegExp(`[^]{1,${width}}`, 'g')) ?? []);
  const pieces = all.length > budget.left ? all.slice(0, budget.left) : all;
  budget.left -= pieces.length;
  budget.spent += pieces.length;
  return pieces;
}

/** Thoughts, closed by what the dialect's family adds: a signature, an encrypted datum, or nothing. */
function reason(text: string, { reasoningFormat: format }: Prompt, choice: number, budget: Budget): Event[] {
  const isOpenai = format === 'openai-responses-v1';
  const kind = isOpenai ? 'summary' : 'text';
  const events: Event[] = [];
  for (const piece of spend(budget, text))
    events.push({ type: 'reasoning', choice, index: 0, kind, text: piece, format });
  if (format === 'unknown' || budget.left === 0) return events;
  if (isOpenai)
    events.push({ type: 'reasoning', choice, index: 1, kind: 'encrypted', text: signatureOf(text), format });
  else events.push({ type: 'reasoning', choice, index: 0, kind, text: '', signature: signatureOf(text), format });
  return events;
}

/** Base64, as vendors' opaque data are; the reasoner knows its own again. */
export const signatureOf = (text: string): string =>
  Buffer.from(`sandbox:${hashOf(text).toString(16)}`).toString('base64');
export const isOwnSignature = (signature: string): boolean =>
  Buffer.from(signature, 'base64').toString().startsWith('sandbox:');

function cutAtStop(text: string, stop: readonly string[]): { text: string; sequence?: string } {
  let at = text.length;
  let found: string | undefined;
  for (const sequence of stop) {
    const place = sequence === '' ? -1 : text.indexOf(sequence);
    if (place === -1 || place >= at) continue;
    at = place;
    found = sequence;
  }
  return found === undefined ? { text } : { text: text.slice(0, at), sequence: found };
}
