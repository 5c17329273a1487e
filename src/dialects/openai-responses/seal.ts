import { hash } from 'node:crypto';
import { arrayOf, isObject, type JsonObject, optionalString, parseJson, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { REASONING_FORMATS, type ReasoningFormat, type ReasoningPart } from '../../call/message.ts';

/**
 * `encrypted_content` is the one member of a reasoning item that every client sends back as it came: some drop `id`,
 * `content`, `signature` and `format` (openai/codex, codex-rs/protocol/src/models.rs, read 2026-11-22). So the thoughts
 * of other families travel in it whole, text and signature, under a tag; OpenAI's own data stays bare.
 *
 * A digest tells what was cut or changed on the way: that is no thought any more, and a vendor would refuse the whole
 * conversation for it. There is no secret in it, since nothing hangs on who wrote it: a caller may say the same in the
 * open members of the item, and whether a thought is Claude’s or Gemini’s their vendors tell by their own signatures
 * (decisions/0025).
 */
const TAG = 'sw2:';
const DIGEST_CHARACTERS = 22;

export function seal(parts: readonly ReasoningPart[]): string | undefined {
  const cells = parts.map(({ kind, text, signature, id, format }) => ({ kind, text, signature, id, format }));
  const body = Buffer.from(JSON.stringify(cells)).toString('base64url');
  return body.length > LIMITS.sealed_thought_bytes_max ? undefined : `${TAG}${digestOf(body)}${body}`;
}

export const isSealed = (text: string): boolean => text.startsWith(TAG);

/** Was it sealed here, and changed since? */
export const isBroken = (text: string): boolean => isSealed(text) && unseal(text) === undefined;

/** What `seal` wrote; undefined for what has been changed since. */
export function unseal(text: string): readonly ReasoningPart[] | undefined {
  const body = text.slice(TAG.length + DIGEST_CHARACTERS);
  if (!isSealed(text) || body.length > LIMITS.sealed_thought_bytes_max) return undefined;
  if (text.slice(TAG.length, TAG.length + DIGEST_CHARACTERS) !== digestOf(body)) return undefined;
  const cells = arrayOf(parseJson(Buffer.from(body, 'base64url').toString('utf8')));
  const parts = cells.flatMap((entry) => (isObject(entry) ? partOf(entry) : []));
  return parts.length === cells.length && parts.length > 0 ? parts : undefined;
}

const digestOf = (body: string): string => hash('sha256', `thoughts ${body}`, 'base64url').slice(0, DIGEST_CHARACTERS);

const KINDS = ['summary', 'text', 'encrypted'] as const;

function partOf(entry: JsonObject): ReasoningPart[] {
  const kind = KINDS.find((known) => known === entry.kind);
  const format = formatNamed(entry.format);
  if (!kind || !format) return [];
  const signature = optionalString(entry.signature);
  const id = optionalString(entry.id);
  return [
    {
      type: 'reasoning',
      kind,
      text: stringOf(entry.text),
      ...(signature !== undefined && { signature }),
      ...(id !== undefined && { id }),
      format,
    },
  ];
}

export const formatNamed = (name: unknown): ReasoningFormat | undefined =>
  REASONING_FORMATS.find((format) => format === name);
