import type { ReasoningEvent, ToolStartEvent } from '../../../call/event.ts';
import type { ServerToolCall } from '../../../call/server-tool.ts';
import { createMessageItem, type MessageItem } from './message-item.ts';
import { createReasoningItem, type ReasoningItem } from './reasoning-item.ts';
import { closeServerTool, type OpenServerTool, openServerTool } from './server-tool-item.ts';
import { createToolItem, type ToolItem } from './tool-item.ts';
import type { ItemStatus, Writer } from './writer.ts';

/**
 * The output items that are not finished. One message or reasoning item is open at a time; a tool call stays open until
 * its arguments are whole JSON, since pieces of parallel calls may alternate.
 */
export type OpenItems = {
  /** The open message, or a new one after everything else was closed. */
  readonly message: () => MessageItem;
  readonly reasoning: (event: ReasoningEvent) => ReasoningItem;
  readonly startTool: (event: ToolStartEvent) => void;
  readonly tool: (index: number) => ToolItem | undefined;
  /** A tool that the gateway runs; several may be at work. */
  readonly serverTool: (call: ServerToolCall) => void;
  /** Finishes what an item of another kind ends. */
  readonly closeBefore: () => void;
  readonly close: (status: ItemStatus) => void;
  /** Of the messages that follow. */
  phase: string | undefined;
  /** Characters of text so far. */
  textLength: number;
};

export function createOpenItems(writer: Writer): OpenItems {
  const tools = new Map<number, ToolItem>();
  const serverTools = new Map<string, OpenServerTool>();
  let message: MessageItem | null = null;
  let reasoning: ReasoningItem | null = null;

  const closeTools = (which: 'whole' | 'all', status: ItemStatus): void => {
    for (const [index, tool] of tools) {
      if (which === 'whole' && !tool.whole()) continue;
      tool.close(status);
      tools.delete(index);
    }
  };
  const closeText = (status: ItemStatus): void => {
    reasoning?.close(status);
    reasoning = null;
    message?.close(status);
    message = null;
  };

  const items: OpenItems = {
    message: () => {
      if (message) return message;
      items.closeBefore();
      message = createMessageItem(writer, { base: items.textLength, phase: items.phase });
      return message;
    },
    reasoning: (event) => {
      if (reasoning?.accepts(event)) return reasoning;
      items.closeBefore();
      reasoning = createReasoningItem(writer, event);
      return reasoning;
    },
    startTool: (event) => {
      items.closeBefore();
      tools.set(event.index, createToolItem(writer, event));
    },
    tool: (index) => tools.get(index),
    serverTool: (call) => {
      let open = serverTools.get(call.id);
      if (!open) {
        items.closeBefore();
        open = openServerTool(writer, call);
        serverTools.set(call.id, open);
      }
      if (call.status === 'in_progress') return;
      closeServerTool(writer, open, call);
      serverTools.delete(call.id);
    },
    closeBefore: () => {
      closeText('completed');
      closeTools('whole', 'completed');
    },
    close: (status) => {
      closeText(status);
      closeTools('all', status);
      for (const open of serverTools.values()) closeServerTool(writer, open, null);
      serverTools.clear();
    },
    phase: undefined,
    textLength: 0,
  };
  return items;
}
