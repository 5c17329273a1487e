import { isObject } from '../../../base/json.ts';
import type { Event, NativeEvent } from '../../../call/event.ts';
import type { Source } from '../../../call/message.ts';
import { DIALECT } from '../tools.ts';
import { createOpenItems, type OpenItems } from './open-items.ts';
import { closeItem, type ItemStatus, openItem, type Writer } from './writer.ts';

export type ContentEvent = Exclude<Event, { type: 'start' | 'finish' | 'usage' | 'end' | 'fault' }>;

export type Output = { readonly add: (event: ContentEvent) => void; readonly close: (status: ItemStatus) => void };

/** Turns the content of choice 0 into output items. */
export function createOutput(writer: Writer): Output {
  const hidden = writer.answer.call.reasoning?.exclude === true;
  const items = createOpenItems(writer);
  return {
    add: (event) => {
      if ((event.choice ?? 0) === 0 && !(hidden && event.type === 'reasoning')) addContent(writer, items, event);
    },
    close: items.close,
  };
}

function addContent(writer: Writer, items: OpenItems, event: ContentEvent): void {
  switch (event.type) {
    case 'text':
      if (event.text === '') return;
      items.message().text(event.text);
      items.textLength += event.text.length;
      return;
    case 'refusal':
      if (event.text !== '') items.message().refusal(event.text);
      return;
    case 'annotation':
      items.message().annotate(event.annotation);
      return;
    case 'logprobs':
      if (event.content && event.content.length > 0) items.message().logprobs(event.content);
      return;
    case 'reasoning':
      items.reasoning(event).add(event);
      return;
    case 'tool-start':
      items.startTool(event);
      return;
    case 'tool-arguments':
      items.tool(event.index)?.add(event.text);
      return;
    case 'image':
      items.closeBefore();
      writeImage(writer, event.source);
      return;
    case 'native':
      if (event.native.dialect !== DIALECT) return;
      items.closeBefore();
      items.phase = phaseOf(event) ?? items.phase;
      writeNative(writer, event);
      return;
    case 'server-tool':
      items.serverTool(event.call);
      return;
    case 'audio':
      // The Responses API has no audio output (platform.openai.com/docs/api-reference/responses, read 2026-11-22).
      return;
    default:
      event satisfies never;
  }
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
  const phaseField = Object.entries(event.native.fields).find(([name]) => name.startsWith('phase:'))?.[1];
  return typeof phaseField === 'string' ? phaseField : undefined;
}

/** Output items of kinds we do not model (web searches, shell calls …) pass as they came, but for an id that is none. */
function writeNative(writer: Writer, event: NativeEvent): void {
  for (const [name, told] of Object.entries(event.native.fields)) {
    if (!name.startsWith('item:') || !isObject(told)) continue;
    const isNamed = told.id === undefined || typeof told.id === 'string';
    const item = isNamed ? told : { ...told, id: writer.answer.newId('item') };
    closeItem(writer, openItem(writer, item), item);
  }
}
