import { type JsonObject, parseJson } from '../../../base/json.ts';
import type { ToolStartEvent } from '../../../call/event.ts';
import { inputOfArguments, isFreeform } from '../../freeform.ts';
import { ownName } from '../namespaces.ts';
import { DIALECT } from '../tools.ts';
import { closeItem, type ItemStatus, openItem, type Writer } from './writer.ts';

export type ToolItem = {
  readonly add: (text: string) => void;
  /** Are the arguments a whole JSON value, so that nothing can follow? */
  readonly whole: () => boolean;
  readonly close: (status: ItemStatus) => void;
};

/** A `function_call` item, or a `custom_tool_call` where the caller's tool takes free text. */
export function createToolItem(writer: Writer, start: ToolStartEvent): ToolItem {
  const freeform = isFreeform(writer.answer.call.tools, start.name);
  const id = writer.answer.newId(freeform ? 'ctc' : 'fc');
  const type = freeform ? 'custom_tool_call' : 'function_call';
  const own = start.native?.dialect === DIALECT ? start.native.fields : {};
  const named = ownName(writer.answer.call.tools, start.name);
  const common = { id, type, call_id: start.id, ...named, ...own };
  const member = (text: string): JsonObject => (freeform ? { input: text } : { arguments: text });
  const place = openItem(writer, { ...common, status: 'in_progress', ...member('') });
  const where = { item_id: id, output_index: place };
  let text = '';
  let checked: { readonly length: number; readonly whole: boolean } = { length: 0, whole: false };

  return {
    add: (more) => {
      text += more;
      if (!freeform) writer.emit('response.function_call_arguments.delta', { ...where, delta: more });
    },
    whole: () => {
      // Asked before each further item: long arguments are parsed once.
      if (checked.length !== text.length) checked = { length: text.length, whole: parseJson(text) !== undefined };
      return checked.whole;
    },
    close: (status) => {
      const input = freeform ? inputOfArguments(text) : text;
      if (freeform) {
        // The text is inside JSON until the last piece has come, so it is told at once.
        if (input !== '') writer.emit('response.custom_tool_call_input.delta', { ...where, delta: input });
        writer.emit('response.custom_tool_call_input.done', { ...where, input: input });
      } else writer.emit('response.function_call_arguments.done', { ...where, name: named.name, arguments: input });
      closeItem(writer, place, { ...common, status, ...member(input) });
    },
  };
}
