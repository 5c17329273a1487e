import type { JsonObject } from '../../../base/json.ts';
import type { Source } from '../../../call/message.ts';
import type { ServerToolCall } from '../../../call/server-tool.ts';
import { closeItem, openItem, type Writer } from './writer.ts';

/** An item `openrouter:<tool>` that is not finished. */
export type OpenServerTool = { readonly id: string; readonly place: number; readonly begun: ServerToolCall };

/** The contract has an item of its own for each tool that the gateway runs (spec §1.3). */
export function openServerTool(writer: Writer, begun: ServerToolCall): OpenServerTool {
  const id = writer.answer.newId('st');
  const place = openItem(writer, itemOf(id, begun, 'in_progress'));
  return { id, place, begun };
}

/** `call` null = it was given up with the answer. */
export function closeServerTool(
  writer: Writer,
  { id, place, begun }: OpenServerTool,
  call: ServerToolCall | null,
): void {
  closeItem(writer, place, itemOf(id, call ?? begun, call?.status === 'completed' ? 'completed' : 'incomplete'));
}

/** What an item's status may be (`ToolCallStatus` of the contract): one that failed is incomplete, and says why. */
const itemOf = (id: string, { tool, shown, image }: ServerToolCall, status: string): JsonObject => ({
  id,
  type: `openrouter:${tool}`,
  status,
  ...shown,
  ...(image && drawn(image)),
});

/** A picture, as the contract's item of its tool has it (OutputImageGenerationServerToolItem of @openrouter/sdk 1.3.19). */
const drawn = (image: Source): JsonObject =>
  image.kind === 'base64'
    ? { imageB64: image.data, result: image.data }
    : image.kind === 'url'
      ? { imageUrl: image.url, result: image.url }
      : {};
