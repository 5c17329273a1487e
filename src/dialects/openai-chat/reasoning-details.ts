import { type JsonObject, optionalString, stringOf } from '../../base/json.ts';
import { entryOf } from '../../base/table.ts';
import { REASONING_FORMATS, type ReasoningFormat, type ReasoningPart } from '../../call/message.ts';
import type { ServerToolCall } from '../../call/server-tool.ts';

/** OpenRouter's `reasoning_details` entries, which this dialect uses in both directions (spec: reasoning tokens). */
const KINDS = {
  'reasoning.text': { kind: 'text', field: 'text' },
  'reasoning.summary': { kind: 'summary', field: 'summary' },
  'reasoning.encrypted': { kind: 'encrypted', field: 'data' },
} as const;
type DetailType = keyof typeof KINDS;

export const DETAIL_TYPES = {
  text: 'reasoning.text',
  summary: 'reasoning.summary',
  encrypted: 'reasoning.encrypted',
} as const satisfies Record<ReasoningPart['kind'], DetailType>;

export const formatOf = (value: unknown): ReasoningFormat =>
  REASONING_FORMATS.find((format) => format === value) ?? 'unknown';

/** One entry as a part; undefined for a type that is not modelled. */
export function readDetail(entry: JsonObject): ReasoningPart | undefined {
  const kind = entryOf<(typeof KINDS)[DetailType]>(KINDS, stringOf(entry.type));
  if (!kind) return undefined;
  const signature = optionalString(entry.signature);
  const id = optionalString(entry.id);
  return {
    type: 'reasoning',
    kind: kind.kind,
    text: stringOf(entry[kind.field]),
    format: formatOf(entry.format),
    ...(signature !== undefined && { signature }),
    ...(id !== undefined && { id }),
  };
}

/** A tool that the gateway ran, as the contract records it (ReasoningDetailServerToolCall of @openrouter/sdk 1.3.19, read 2026-11-29). */
export const writeServerTool = ({ id, tool, arguments: asked, result }: ServerToolCall): JsonObject => ({
  type: 'reasoning.server_tool_call',
  tool_name: `openrouter:${tool}`,
  arguments: asked,
  result,
  tool_call_id: id,
});

/** One part, or a fragment of one, as an entry. */
export function writeDetail(part: Omit<ReasoningPart, 'type'>, index: number): JsonObject {
  const type = DETAIL_TYPES[part.kind];
  return {
    type,
    [KINDS[type].field]: part.text,
    ...(part.signature !== undefined && { signature: part.signature }),
    ...(part.id !== undefined && { id: part.id }),
    format: part.format,
    index,
  };
}
