import { isObject, type Json } from '../../base/json.ts';
import { type DecisionCall, wordsOf } from '../../call/decision.ts';
import type { UserPart } from '../../call/message.ts';
import { sourceOfUrl } from '../source-url.ts';

/** What a call asks about, as parts that can be counted. */
export function partsOf({ subject, questions }: Pick<DecisionCall, 'subject' | 'questions'>): UserPart[] {
  const asked = textPart(JSON.stringify(questions));
  if (subject.kind === 'state') return [textPart(wordsOf(subject.state)), asked];
  const parts: UserPart[] = [];
  for (const item of subject.items) {
    const list = Array.isArray(item.content) ? item.content : Array.isArray(item.output) ? item.output : [item];
    for (const entry of list) parts.push(partOf(entry));
  }
  return [...parts, asked];
}

const textPart = (text: string): UserPart => ({ type: 'text', text });

const partOf = (entry: Json): UserPart =>
  isObject(entry) && entry.type === 'input_image' && typeof entry.image_url === 'string'
    ? { type: 'image', source: sourceOfUrl(entry.image_url) }
    : textPart(wordsOf(entry));
