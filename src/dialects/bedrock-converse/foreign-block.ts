import { arrayOf, type Json, type JsonObject, objectOf, parseJson, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Event } from '../../call/event.ts';

/** A block of a stream that is told as one when it is whole: pictures, and tools that run at Amazon with their results. */
export type ForeignBlock = {
  readonly start: JsonObject;
  /** Input or picture, as text. */
  text: string;
  readonly content: Json[];
};

/** A tool that Amazon runs itself (`nova_grounding`, `nova_code_interpreter`): no call for the client to answer. */
export const isServerTool = (tool: JsonObject): boolean => tool.type === 'server_tool_use';

/** The block that a `contentBlockStart` opens, if it is of this kind. */
export function openForeign(start: JsonObject): ForeignBlock | undefined {
  const isForeign =
    start.image !== undefined || start.toolResult !== undefined || isServerTool(objectOf(start.toolUse));
  return isForeign ? { start, text: '', content: [] } : undefined;
}

export function growForeign(block: ForeignBlock, delta: JsonObject): void {
  const piece = stringOf(objectOf(delta.toolUse).input) + stringOf(objectOf(objectOf(delta.image).source).bytes);
  if (block.text.length + piece.length <= LIMITS.frame_bytes_max) block.text += piece;
  for (const part of arrayOf(delta.toolResult))
    if (block.content.length < LIMITS.messages_max) block.content.push(part);
}

/** What the block is worth, in the shape of a whole answer's block. */
export function closeForeign({ start, text, content }: ForeignBlock): JsonObject {
  if (start.image !== undefined) return { image: { ...objectOf(start.image), source: { bytes: text } } };
  if (start.toolResult !== undefined) return { toolResult: { ...objectOf(start.toolResult), content } };
  return { toolUse: { ...objectOf(start.toolUse), input: text === '' ? {} : (parseJson(text) ?? text) } };
}

export const nativeBlock = (block: number, value: Json): Event => ({
  type: 'native',
  choice: 0,
  native: { dialect: 'bedrock-converse', fields: { [`block:${block}`]: value } },
});
