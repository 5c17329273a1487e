import { arrayOf, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import { REASONING_FORMATS, type ReasoningFormat, type ReasoningPart } from '../../call/message.ts';
import type { Target } from '../../facts/target.ts';

/**
 * `encrypted_content` is the one member of a reasoning item that every client sends back as it came: some drop `id`,
 * `content`, `signature` and `format` (openai/codex, codex-rs/protocol/src/models.rs, read 2026-11-22). So what other
 * families sign or encrypt travels in it under a tag; OpenAI's own data stays bare.
 */
const TAG = 'sw1';
const NATIVE_FORMAT: ReasoningFormat = 'openai-responses-v1';

type Sealed = {
  readonly format: ReasoningFormat;
  readonly member: 'signature' | 'data';
  readonly id: string | undefined;
  readonly value: string;
};

/** The opaque datum of a part, as `encrypted_content`. */
function seal(sealed: Sealed): string {
  if (sealed.format === NATIVE_FORMAT && sealed.member === 'data') return sealed.value;
  return [TAG, sealed.format, sealed.member, encodeURIComponent(sealed.id ?? ''), sealed.value].join(':');
}

/** What `seal` wrote; anything else is a datum of `format`. */
function unseal(text: string, format: ReasoningFormat): Sealed {
  const match = /^sw1:([a-z0-9-]+):(signature|data):([^:]*):/.exec(text);
  const known = match && formatNamed(match[1]);
  if (!match || !known) return { format, member: 'data', id: undefined, value: text };
  const id = decodeId(match[3] ?? '');
  const member = match[2] === 'signature' ? 'signature' : 'data';
  return { format: known, member, id: id === '' ? undefined : id, value: text.slice(match[0].length) };
}

const formatNamed = (name: unknown): ReasoningFormat | undefined => REASONING_FORMATS.find((format) => format === name);

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** A reasoning item of a request or an answer as neutral parts: summaries, then texts, then the opaque datum. */
export function partsOfReasoningItem(item: JsonObject, fallback: ReasoningFormat): ReasoningPart[] {
  const format = formatNamed(item.format) ?? fallback;
  const own = optionalString(item.id);
  const id = own === undefined || own === '' ? {} : { id: own };
  const parts: ReasoningPart[] = [];
  for (const [list, kind] of [[item.summary, 'summary'] as const, [item.content, 'text'] as const])
    for (const entry of arrayOf(list)) parts.push({ type: 'reasoning', kind, text: textOf(entry), ...id, format });
  const encrypted = stringOf(item.encrypted_content);
  const signature = stringOf(item.signature);
  if (encrypted !== '') return closeWith(parts, unseal(encrypted, format), own);
  if (signature !== '') return closeWith(parts, { format, member: 'signature', id: undefined, value: signature }, own);
  return parts;
}

const textOf = (entry: unknown): string => stringOf(objectOf(entry).text);

function closeWith(parts: ReasoningPart[], sealed: Sealed, own: string | undefined): ReasoningPart[] {
  const id = sealed.id ?? own;
  const named = id === undefined || id === '' ? {} : { id };
  const told = parts.map((part) => ({ ...part, format: sealed.format }));
  if (sealed.member === 'data')
    return [...told, { type: 'reasoning', kind: 'encrypted', text: sealed.value, ...named, format: sealed.format }];
  const last = told.pop() ?? { type: 'reasoning', kind: 'text', text: '', ...named, format: sealed.format };
  return [...told, { ...last, signature: sealed.value }];
}

/** May `part` stand in the reasoning item that `item` parts began? A signature or an opaque datum closes an item. */
export function joinsItem(item: readonly ReasoningPart[], part: ReasoningPart): boolean {
  const last = item.at(-1);
  if (!last) return true;
  if (last.kind === 'encrypted' || last.signature !== undefined) return false;
  return last.id === part.id && last.format === part.format && RANK[last.kind] <= RANK[part.kind];
}

const RANK = { summary: 0, text: 1, encrypted: 2 } as const;

/** The members of a reasoning item beyond `id` and `status`, from the parts that `joinsItem` put together. */
export function reasoningMembers(parts: readonly ReasoningPart[], itemId: string): JsonObject {
  const summary: JsonObject[] = [];
  const content: JsonObject[] = [];
  let encrypted: string | undefined;
  let signature: string | undefined;
  for (const part of parts) {
    const { format } = part;
    if (part.kind === 'summary') summary.push({ type: 'summary_text', text: part.text });
    else if (part.kind === 'text') content.push({ type: 'reasoning_text', text: part.text });
    else encrypted = seal({ format, member: 'data', id: part.id === itemId ? undefined : part.id, value: part.text });
    if (part.signature === undefined) continue;
    signature = part.signature;
    encrypted = seal({ format, member: 'signature', id: undefined, value: part.signature });
  }
  const format = parts[0]?.format ?? 'unknown';
  return {
    summary,
    ...(content.length > 0 && { content }),
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
    ...(signature !== undefined && { signature }),
    ...(format !== 'unknown' && { format }),
  };
}

/** The family whose opaque reasoning an endpoint writes and reads: OpenAI's, unless its provider's quirks name another. */
export function familyOf(target: Target): ReasoningFormat {
  const { quirks } = target.endpoint.dialect;
  return REASONING_FORMATS.find((format) => quirks.includes(format)) ?? NATIVE_FORMAT;
}
