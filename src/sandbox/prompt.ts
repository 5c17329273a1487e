import type { World } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import type { Message, ReasoningFormat } from '../call/message.ts';
import { countTokens, createDice, type Dice, hashOf } from './words.ts';

/** A call as the sandbox's models see it. */
export type Prompt = {
  readonly world: World;
  readonly call: Call;
  /** The last user message's text. */
  readonly text: string;
  readonly dice: Dice;
  /** The family of opaque reasoning that the spoken dialect carries. */
  readonly reasoningFormat: ReasoningFormat;
  /** `words=200` of `lorem@words=200`, or the same name in the call's metadata. */
  readonly option: (name: string) => number | undefined;
};

export function readPrompt(
  world: World,
  call: Call,
  reasoningFormat: ReasoningFormat,
  options: ReadonlyMap<string, string>,
): Prompt {
  const user = call.messages.findLast((message) => message.role === 'user');
  const text = user ? textOf(user) : '';
  const seed = call.sampling.seed ?? hashOf(call.messages.map(textOf).join('\n'));
  const option = (name: string): number | undefined => {
    const written = options.get(name) ?? call.metadata?.[name];
    const value = Number(written ?? '');
    return written === undefined || written === '' || !Number.isFinite(value) || value < 0 ? undefined : value;
  };
  return { world, call, text, dice: createDice(seed), reasoningFormat, option };
}

export const textOf = (message: Message): string =>
  message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

/** Fixed sums for what is no text, so that every dialect counts alike. */
const MESSAGE_TOKENS = 3;
const MEDIA_TOKENS = 85;

export function countPrompt(call: Call): number {
  let tokens = 0;
  for (const message of call.messages) {
    tokens += MESSAGE_TOKENS + countTokens(textOf(message));
    for (const part of message.parts) {
      if (part.type === 'tool-call') tokens += countTokens(part.name) + countTokens(part.arguments);
      else if (part.type !== 'text' && part.type !== 'refusal' && part.type !== 'reasoning') tokens += MEDIA_TOKENS;
    }
  }
  for (const tool of call.tools)
    tokens +=
      countTokens(tool.type === 'function' ? `${tool.name} ${tool.description ?? ''}` : 'tool') + MESSAGE_TOKENS;
  return tokens;
}
