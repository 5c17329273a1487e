import type { JsonObject } from '../../../base/json.ts';
import type { ReasoningEvent } from '../../../call/event.ts';
import type { ReasoningPart } from '../../../call/message.ts';
import { joinsItem, kindShown, reasoningMembers } from '../reasoning.ts';
import { closeItem, type ItemStatus, openItem, type Writer } from './writer.ts';

export type ReasoningItem = {
  /** Is this fragment part of the item, or does it begin another one? */
  readonly accepts: (event: ReasoningEvent) => boolean;
  readonly add: (event: ReasoningEvent) => void;
  readonly close: (status: ItemStatus) => void;
};

type OpenPart = { -readonly [K in keyof ReasoningPart]: ReasoningPart[K] };

type Visible = 'summary' | 'text';

/** How the events about a visible part are called. */
const WORDS = {
  summary: {
    index: 'summary_index',
    part: 'summary_text',
    added: 'response.reasoning_summary_part.added',
    delta: 'response.reasoning_summary_text.delta',
    textDone: 'response.reasoning_summary_text.done',
    done: 'response.reasoning_summary_part.done',
  },
  text: {
    index: 'content_index',
    part: 'reasoning_text',
    added: 'response.content_part.added',
    delta: 'response.reasoning_text.delta',
    textDone: 'response.reasoning_text.done',
    done: 'response.content_part.done',
  },
} as const;

/** A `reasoning` item: visible parts are told as they grow, opaque data only with the finished item. */
export function createReasoningItem(writer: Writer, first: ReasoningEvent): ReasoningItem {
  const vendorId = first.id?.startsWith('rs_') && !writer.output.some((item) => item?.id === first.id);
  const id = vendorId && first.id ? first.id : writer.answer.newId('rs');
  const place = openItem(writer, { id, type: 'reasoning', status: 'in_progress', summary: [] });
  const parts: OpenPart[] = [];
  const counts = { summary: 0, text: 0, encrypted: 0 };
  const manner = writer.answer.call.reasoning?.summary === undefined ? 'text' : 'summary';
  let index = -1;

  const partOf = (event: ReasoningEvent): OpenPart => ({
    type: 'reasoning',
    kind: event.kind,
    text: '',
    format: event.format,
    ...(event.id !== undefined && { id: event.id }),
  });

  const tell = (kind: Visible, step: 'added' | 'delta' | 'textDone' | 'done', fields: JsonObject): void => {
    const where = { item_id: id, output_index: place, [WORDS[kind].index]: counts[kind] - 1 };
    writer.emit(WORDS[kind][step], { ...where, ...fields });
  };

  const closePart = (): void => {
    const last = parts.at(-1);
    const shown = last && kindShown(last, manner);
    if (!shown || shown === 'encrypted') return;
    tell(shown, 'textDone', { text: last.text });
    tell(shown, 'done', { part: { type: WORDS[shown].part, text: last.text } });
  };

  return {
    accepts: (event) => event.index === index || joinsItem(parts, partOf(event)),
    add: (event) => {
      const shown = kindShown(event, manner);
      if (event.index !== index) {
        closePart();
        parts.push(partOf(event));
        index = event.index;
        counts[shown]++;
        if (shown !== 'encrypted') tell(shown, 'added', { part: { type: WORDS[shown].part, text: '' } });
      }
      const part = parts.at(-1);
      if (!part) return;
      part.text += event.text;
      if (event.signature !== undefined) part.signature = (part.signature ?? '') + event.signature;
      if (event.id !== undefined) part.id = event.id;
      if (part.format === 'unknown') part.format = event.format;
      if (shown !== 'encrypted' && event.text !== '') tell(shown, 'delta', { delta: event.text });
    },
    close: (status) => {
      closePart();
      closeItem(writer, place, { id, type: 'reasoning', status, ...reasoningMembers(parts, manner) });
    },
  };
}
