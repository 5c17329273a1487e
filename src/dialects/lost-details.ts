import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { Message } from '../call/message.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import type { Endpoint } from '../catalog/model.ts';

const KNOWS_DETAIL: readonly DialectId[] = ['openai-chat', 'openai-responses'];
const KNOWS_FAILED_TOOLS: readonly DialectId[] = [
  ...(['anthropic-messages', 'bedrock-invoke-anthropic', 'bedrock-converse', 'gemini'] as const),
];

/** Small things that a call says and most formats have no word for, told for all dialects in one place. */
export function loseDetails(
  { reasoning, messages }: Call,
  { dialect: { id, quirks } }: Endpoint,
  losses: Loss[],
): void {
  if (reasoning && id !== 'openai-responses' && !quirks.includes('reasoning-object'))
    for (const name of ['mode', 'context'] as const)
      if (reasoning[name] !== undefined) losses.push({ field: `reasoning.${name}`, reason: 'only OpenAI knows this' });
  messages.forEach((message, at) => loseOf(message, id, at, losses));
}

function loseOf(message: Message, id: DialectId, at: number, losses: Loss[]): void {
  switch (message.role) {
    case 'assistant':
      if (id === 'openai-chat' || message.native?.dialect !== 'openai-chat') return;
      for (const name of Object.keys(message.native.fields))
        if (name !== 'model')
          losses.push({ field: `messages[${at}].${name}`, reason: 'a field of chat messages only' });
      return;
    case 'tool':
      if (message.isError && !KNOWS_FAILED_TOOLS.includes(id))
        losses.push({
          field: `messages[${at}].is_error`,
          reason: 'only the result itself can say that the tool failed',
        });
      return;
    case 'user':
      if (!KNOWS_DETAIL.includes(id) && message.parts.some(isDetailed))
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
