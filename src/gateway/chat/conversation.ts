import type { Call } from '../../call/call.ts';
import type { Message } from '../../call/message.ts';
import { modelsOf } from '../question.ts';
import type { Conversation } from '../stickiness.ts';

/** Of a long text, so many characters of its beginning and of its end. */
const READ_MAX = 256;

/**
 * The conversation that a call continues: named by its caller (`session_id`, `prompt_cache_key`), or known by how it
 * began. Accounts and models do not share any.
 */
export function conversationOf(call: Call, accountId: string): Conversation {
  const hash = createHash();
  hash.add(accountId);
  hash.add(modelsOf(call)[0] ?? '');
  const named = call.sessionId ?? call.promptCacheKey;
  if (named !== undefined) hash.add(named);
  else {
    const isRule = ({ role }: Message): boolean => role === 'system' || role === 'developer';
    hash.add(textOf(call.messages.find(isRule)));
    hash.add(textOf(call.messages.find((message) => !isRule(message))));
  }
  return { key: hash.value(), isExplicit: named !== undefined };
}

function textOf(message: Message | undefined): string {
  for (const part of message?.parts ?? []) if (part.type === 'text') return part.text;
  return '';
}

/** 53 bits of texts (cyrb53, public domain): to tell conversations apart, not to keep anybody out. */
function createHash() {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  const one = (code: number): void => {
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  };
  return {
    add: (text: string): void => {
      const { length } = text;
      one(length);
      for (let at = 0; at < Math.min(length, READ_MAX); at++) one(text.charCodeAt(at));
      for (let at = Math.max(READ_MAX, length - READ_MAX); at < length; at++) one(text.charCodeAt(at));
    },
    value: (): number => {
      high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
      low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
      return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
    },
  };
}
