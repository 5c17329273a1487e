import type { JsonObject } from '../../../base/json.ts';
import type { AnswerContext } from '../../dialect.ts';

/** Where an answer's output items are written: each takes the next place, and tells what happens to it. */
export type Writer = {
  readonly answer: AnswerContext;
  readonly emit: (type: string, fields: JsonObject) => void;
  /** Finished items by place; a place without an item is still open. */
  readonly output: (JsonObject | undefined)[];
};

export type ItemStatus = 'completed' | 'incomplete';

/** Announces an item and gives its place. */
export function openItem(writer: Writer, item: JsonObject): number {
  const place = writer.output.length;
  writer.output.push(undefined);
  writer.emit('response.output_item.added', { output_index: place, item });
  return place;
}

export function closeItem(writer: Writer, place: number, item: JsonObject): void {
  writer.output[place] = item;
  writer.answer.keep?.(item);
  writer.emit('response.output_item.done', { output_index: place, item });
}
