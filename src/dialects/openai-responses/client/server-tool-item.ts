import type { JsonObject } from '../../../base/json.ts';
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
const itemOf = (id: string, { tool, shown }: ServerToolCall, status: string): JsonObject => ({
  id,
  type: `openrouter:${tool}`,
  status,
  ...shown,
});
