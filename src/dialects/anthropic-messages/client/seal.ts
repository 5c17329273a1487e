import { isObject, type JsonObject, optionalString, parseJson } from '../../../base/json.ts';
import { PRODUCT } from '../../../base/product.ts';
import { REASONING_FORMATS, type ReasoningPart } from '../../../call/message.ts';
import { CLAUDE } from '../words.ts';

/**
 * This dialect's clients keep a thought's `signature` or `data` and send it back untouched. Claude's own go through as
 * they are. For other vendors' thoughts that opaque text carries what the dialect has no member for (format, kind, id,
 * the vendor's own signature), so that a replay reaches the right vendor whole and never the wrong one.
 */
const SEAL = `${PRODUCT.slug}.`;
const KINDS = ['text', 'summary', 'encrypted'] as const;

type Opaque = Pick<ReasoningPart, 'kind' | 'format' | 'signature' | 'id'>;

export const isPlain = ({ kind, format, id, signature }: Opaque): boolean =>
  format === CLAUDE && id === undefined && (kind === 'text' || (kind === 'encrypted' && signature === undefined));

/** What stands in `signature` of a visible thought. */
export const signatureOf = (part: Opaque): string => (isPlain(part) ? (part.signature ?? '') : seal(part, undefined));

/** What stands in `data` of an encrypted one. */
export const dataOf = (part: Opaque, data: string): string => (isPlain(part) ? data : seal(part, data));

const seal = ({ kind, format, signature, id }: Opaque, data: string | undefined): string =>
  SEAL + Buffer.from(JSON.stringify({ kind, format, signature, id, data })).toString('base64url');

/** Reads a replayed `thinking` or `redacted_thinking` block. */
export function openThought(block: JsonObject): ReasoningPart {
  const redacted = block.type === 'redacted_thinking';
  const opaque = optionalString(redacted ? block.data : block.signature) ?? '';
  const visible = optionalString(block.thinking) ?? '';
  const sealed = opaque.startsWith(SEAL) ? unseal(opaque) : undefined;
  if (sealed) return { type: 'reasoning', text: redacted ? sealed.data : visible, ...sealed.opaque };
  if (redacted) return { type: 'reasoning', kind: 'encrypted', text: opaque, format: CLAUDE };
  const signature = opaque === '' ? {} : { signature: opaque };
  return { type: 'reasoning', kind: 'text', text: visible, format: CLAUDE, ...signature };
}

function unseal(text: string): { opaque: Opaque; data: string } | undefined {
  const value = parseJson(Buffer.from(text.slice(SEAL.length), 'base64url').toString('utf8'));
  if (!isObject(value)) return undefined;
  const kind = KINDS.find((known) => known === value.kind);
  const format = REASONING_FORMATS.find((known) => known === value.format);
  if (!kind || !format) return undefined;
  const signature = optionalString(value.signature);
  const id = optionalString(value.id);
  return {
    opaque: { kind, format, ...(signature !== undefined && { signature }), ...(id !== undefined && { id }) },
    data: optionalString(value.data) ?? '',
  };
}
