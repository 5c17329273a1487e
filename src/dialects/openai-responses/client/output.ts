import { isObject } from '../../../base/json.ts';
import type { Event, NativeEvent } from '../../../call/event.ts';
import type { Source } from '../../../call/message.ts';
import { DIALECT } from '../tools.ts';
import { createMessageItem, type MessageItem } from './message-item.ts';
import { createReasoningItem, type ReasoningItem } from './reasoning-item.ts';
import { createToolItem, type ToolItem } from './tool-item.ts';
import { closeItem, type ItemStatus, openItem, type Writer } from './writer.ts';

export type ContentEvent = Exclude<Event, { type: 'start' | 'finish' | 'usage' | 'end' | 'fault' }>;

export type Output = { readonly add: (event: ContentEvent) => void; readonly close: (status: ItemStatus) => void };

/**
 * Turns the content of choice 0 into output items. One message or reasoning item is open at a time; a tool call stays
 * open until its arguments are whole JSON, since pieces of parallel calls may alternate.
 */
export function createOutput(writer: Writer): Output {
  const hidden = writer.answer.call.reasoning?.exclude === true;
  const tools = new Map<number, ToolItem>();
  let message: MessageItem | null = null;
  let reasoning: ReasoningItem | null = null;
  let textLength = 0;
  let phase: string | undefined;

  const closeTools = (which: 'whole' | 'all', status: ItemStatus): void => {
    for (const [index, tool] of tools) {
      if (which === 'whole' && !tool.whole()) continue;
      tool.close(status);
      tools.delete(index);
    }
  };
  const closeMessage = (status: ItemStatus): void => {
    message?.close(status);
    message = null;
  };
  const closeReasoning = (status: ItemStatus): void => {
    reasoning?.close(status);
    reasoning = null;
  };
  const inMessage = (): MessageItem => {
    closeReasoning('completed');
    if (message) return message;
    closeTools('whole', 'completed');
    message = createMessageItem(writer, { base: textLength, phase });
    return message;
  };
  const closeBefore = (): void => {
    closeMessage('completed');
    closeReasoning('completed');
    closeTools('whole', 'completed');
  };

  const add = (event: ContentEvent): void => {
    if ((event.choice ?? 0) !== 0) return;
    switch (event.type) {
      case 'text':
        if (event.text === '') return;
        inMessage().text(event.text);
        textLength += event.text.length;
        return;
      case 'refusal':
        if (event.text !== '') inMessage().refusal(event.text);
        return;
      case 'annotation':
        inMessage().annotate(event.annotation);
        return;
      case 'logprobs':
        if (event.content && event.content.length > 0) inMessage().logprobs(event.content);
        return;
      case 'reasoning':
        if (hidden) return;
        if (!reasoning?.accepts(event)) {
          closeBefore();
          reasoning = createReasoningItem(writer, event);
        }
        reasoning.add(event);
        return;
      case 'tool-start':
        closeBefore();
        tools.set(event.index, createToolItem(writer, event));
        return;
      case 'tool-arguments':
        tools.get(event.index)?.add(event.text);
        return;
      case 'image':
        closeBefore();
        writeImage(writer, event.source);
        return;
      case 'native':
        closeBefore();
        phase = phaseOf(event) ?? phase;
        writeNative(writer, event);
        return;
      case 'audio':
        // The Responses API has no audio output (platform.openai.com/docs/api-reference/responses, read 2026-11-22).
        return;
      default:
        event satisfies never;
    }
  };

  return {
    add,
    close: (status) => {
      closeReasoning(status);
      closeTools('all', status);
      closeMessage(status);
    },
  };
}

function writeImage(writer: Writer, source: Source): void {
  const id = writer.answer.newId('ig');
  const type = 'image_generation_call';
  const place = openItem(writer, { id, type, status: 'in_progress', result: null });
  writer.emit('response.image_generation_call.completed', { item_id: id, output_index: place });
  const result = source.kind === 'base64' ? source.data : source.kind === 'url' ? source.url : source.id;
  const format = source.kind === 'base64' ? { output_format: source.mediaType.replace(/^image\//, '') } : {};
  closeItem(writer, place, { id, type, status: 'completed', result, ...format });
}

/** The phase of the next message, told by the same dialect. */
function phaseOf(event: NativeEvent): string | undefined {
  if (event.native.dialect !== DIALECT) return undefined;
  const told = Object.entries(event.native.fields).find(([name]) => name.startsWith('phase:'))?.[1];
  return typeof told === 'string' ? told : undefined;
}

/** Output items of kinds we do not model (web searches, shell calls …) pass as they came. */
function writeNative(writer: Writer, event: NativeEvent): void {
  if (event.native.dialect !== DIALECT) return;
  for (const [name, item] of Object.entries(event.native.fields)) {
    if (!name.startsWith('item:') || !isObject(item)) continue;
    closeItem(writer, openItem(writer, item), item);
  }
}
