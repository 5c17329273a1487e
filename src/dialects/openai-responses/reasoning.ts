import { arrayOf, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import { REASONING_FORMATS, type ReasoningFormat, type ReasoningPart } from '../../call/message.ts';
import type { Target } from '../../facts/target.ts';
import { formatNamed, isSealed, seal, unseal } from './seal.ts';

const NATIVE_FORMAT: ReasoningFormat = 'openai-responses-v1';

/** A reasoning item of a request or an answer as neutral parts: summaries, then texts, then the opaque datum. */
export function partsOfReasoningItem(item: JsonObject, fallback: ReasoningFormat): ReasoningPart[] {
  const format = formatNamed(item.format) ?? fallback;
  const own = optionalString(item.id);
  const id = own === undefined || own === '' ? {} : { id: own };
  const parts: ReasoningPart[] = [];
  for (const [list, kind] of [[item.summary, 'summary'] as const, [item.content, 'text'] as const])
    for (const entry of arrayOf(list)) parts.push({ type: 'reasoning', kind, text: textOf(entry), ...id, format });
  const encrypted = stringOf(item.encrypted_content);
  // What was sealed is what the vendor wrote; what is seen beside it may be a part of it, or worded anew.
  if (isSealed(encrypted)) return [...(unseal(encrypted) ?? parts)];
  if (encrypted !== '') return [...parts, { type: 'reasoning', kind: 'encrypted', text: encrypted, ...id, format }];
  const signature = stringOf(item.signature);
  if (signature === '') return parts;
  const last = parts.pop() ?? { type: 'reasoning', kind: 'text', text: '', ...id, format };
  return [...parts, { ...last, signature }];
}

const textOf = (entry: unknown): string => stringOf(objectOf(entry).text);

/** May `part` stand in the reasoning item that `item` parts began? A signature or an opaque datum closes an item. */
export function joinsItem(item: readonly ReasoningPart[], part: ReasoningPart): boolean {
  const last = item.at(-1);
  if (!last) return true;
  if (last.kind === 'encrypted' || last.signature !== undefined) return false;
  return last.id === part.id && last.format === part.format && RANK[last.kind] <= RANK[part.kind];
}

const RANK = { summary: 0, text: 1, encrypted: 2 } as const;

/**
 * The members of a reasoning item beyond `id` and `status`, from the parts that `joinsItem` put together: with
 * `told` = summary, a caller that asked for summaries sees other vendors' thoughts as such.
 */
export function reasoningMembers(parts: readonly ReasoningPart[], told: 'summary' | 'text'): JsonObject {
  const summary: JsonObject[] = [];
  const content: JsonObject[] = [];
  for (const part of parts)
    if (kindShown(part, told) === 'summary') summary.push({ type: 'summary_text', text: part.text });
    else if (part.kind === 'text') content.push({ type: 'reasoning_text', text: part.text });
  const signature = parts.find((part) => part.signature !== undefined)?.signature;
  const encrypted = datumOf(parts);
  const format = parts[0]?.format ?? 'unknown';
  return {
    summary,
    ...(content.length > 0 && { content }),
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
    ...(signature !== undefined && { signature }),
    ...(format !== 'unknown' && { format }),
  };
}

/** As what a part is shown: OpenAI tells its own kinds apart, other vendors have only texts. */
export const kindShown = (
  { kind, format }: Pick<ReasoningPart, 'kind' | 'format'>,
  told: 'summary' | 'text',
): ReasoningPart['kind'] => (kind === 'text' && format !== NATIVE_FORMAT ? told : kind);

function datumOf(parts: readonly ReasoningPart[]): string | undefined {
  if (!parts.every(({ format }) => format === NATIVE_FORMAT)) return seal(parts);
  return parts.find(({ kind }) => kind === 'encrypted')?.text;
}

/** The family whose opaque reasoning an endpoint writes and reads: OpenAI's, unless its provider's quirks name another. */
export function familyOf(target: Target): ReasoningFormat {
  const { quirks } = target.endpoint.dialect;
  return REASONING_FORMATS.find((format) => quirks.includes(format)) ?? NATIVE_FORMAT;
}
