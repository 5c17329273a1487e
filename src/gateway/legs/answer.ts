import type { Event } from '../../call/event.ts';
import type { FinishReason } from '../../call/finish.ts';
import type { Loss } from '../../call/loss.ts';
import type { AssistantPart } from '../../call/message.ts';
import type { Choice, Reply } from '../../call/reply.ts';
import type { ServerToolCall } from '../../call/server-tool.ts';
import { citationsOf } from './citations.ts';
import { finishShown, type Turn, visible } from './reading.ts';
import { citing } from './shown.ts';
import type { State } from './state.ts';

/** Keeps what a step has shown, and gives what takes in the tools that follow it. */
export function keepStep(state: State, { choice }: Turn): (call: ServerToolCall) => void {
  const { before, names } = state;
  const shown = visible(choice?.parts ?? [], names);
  state.textLength += textOf(shown).length;
  if (state.call.stream) return () => {};
  before.parts.push(...shown);
  before.annotations.push(...(choice?.annotations ?? []));
  before.tools.push(...(choice?.serverTools ?? []));
  const at = before.parts.length;
  return (call) => {
    const begun = before.tools.findIndex((placed) => placed.call.id === call.id);
    if (begun < 0) before.tools.push({ at, call });
    else before.tools[begun] = { at, call };
  };
}

const textOf = (parts: readonly AssistantPart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

/** The last of a stream that ends between two exchanges. */
export function lastWords({ pages, textLength }: State, words: string, reason: FinishReason): Event[] {
  const text = textLength > 0 ? `\n\n${words}` : words;
  return [
    { type: 'text', choice: 0, text },
    ...citing(citationsOf(pages, text, textLength)),
    { type: 'finish', choice: 0, reason, native: null },
  ];
}

type Last = { readonly reply: Reply; readonly turn: Turn };

/** An answer in one piece, of all its exchanges: `last` null = it ended between two of them, with these words. */
export function wholeReply({ before, pages, names }: State, last: Last | null, words: string | null): Reply {
  const choice = last?.turn.choice ?? null;
  const parts: AssistantPart[] = [
    ...before.parts,
    ...visible(choice?.parts ?? [], names),
    ...(words === null ? [] : [{ type: 'text' as const, text: words }]),
  ];
  const annotations = [...before.annotations, ...(choice?.annotations ?? []), ...citationsOf(pages, textOf(parts))];
  const { tools } = before;
  const whole: Choice = {
    ...(choice ?? { index: 0, nativeFinish: null }),
    finish: choice ? finishShown(choice, names) : 'length',
    parts,
    ...(annotations.length > 0 && { annotations }),
    ...(tools.length > 0 && { serverTools: tools }),
  };
  return last ? { ...last.reply, choices: [whole, ...last.reply.choices.slice(1)] } : { choices: [whole] };
}

/** Losses of several exchanges, each told once. */
export function joined(losses: readonly Loss[], more: readonly Loss[]): readonly Loss[] {
  if (losses.length === 0) return more;
  const fields = new Set(losses.map(({ field }) => field));
  return [...losses, ...more.filter(({ field }) => !fields.has(field))];
}
