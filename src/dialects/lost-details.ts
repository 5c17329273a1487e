import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { Message } from '../call/message.ts';
import type { Endpoint } from '../catalog/model.ts';
import { type ChatTraits, holds } from './traits.ts';

/** Small things that a call says and most formats have no word for, told for all dialects in one place. */
export function loseDetails(
  { reasoning, messages }: Call,
  endpoint: Endpoint,
  traits: ChatTraits,
  losses: Loss[],
): void {
  if (reasoning && !holds(traits.reasoningModes, endpoint))
    for (const name of ['mode', 'context'] as const)
      if (reasoning[name] !== undefined) losses.push({ field: `reasoning.${name}`, reason: 'only OpenAI knows this' });
  messages.forEach((message, at) => loseOf(message, traits, at, losses));
}

function loseOf(message: Message, traits: ChatTraits, at: number, losses: Loss[]): void {
  switch (message.role) {
    case 'assistant':
      if (message.native?.dialect !== 'openai-chat' || traits.vocabulary === 'openai-chat') return;
      for (const name of Object.keys(message.native.fields))
        if (name !== 'model')
          losses.push({ field: `messages[${at}].${name}`, reason: 'a field of chat messages only' });
      return;
    case 'tool':
      if (message.isError && !traits.failedResults)
        losses.push({
          field: `messages[${at}].is_error`,
          reason: 'only the result itself can say that the tool failed',
        });
      return;
    case 'user':
      if (!traits.imageDetail && message.parts.some(isDetailed))
        losses.push({
          field: `messages[${at}].content`,
          reason: 'how closely to look at a picture cannot be told here',
        });
      return;
    default:
  }
}

const isDetailed = (part: { readonly type: string; readonly detail?: string }): boolean =>
  part.type === 'image' && part.detail !== undefined && part.detail !== 'auto';
