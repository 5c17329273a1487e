import type { ReasoningEvent } from '../../../call/event.ts';
import type { ReasoningPart } from '../../../call/message.ts';
import { joinsItem, reasoningMembers } from '../reasoning.ts';
import { closeItem, type ItemStatus, openItem, type Writer } from './writer.ts';

export type ReasoningItem = {
  /** Is this fragment part of the item, or does it begin another one? */
  readonly accepts: (event: ReasoningEvent) => boolean;
  readonly add: (event: ReasoningEvent) => void;
  readonly close: (status: ItemStatus) => void;
};

type OpenPart = { -readonly [K in keyof ReasoningPart]: ReasoningPart[K] };

/** A `reasoning` item: visible parts are told as they grow, opaque data only with the finished item. */
export function createReasoningItem(writer: Writer, first: ReasoningEvent): ReasoningItem {
  const id = first.id?.startsWith('rs_') ? first.id : writer.answer.newId('rs');
  const place = openItem(writer, { id, type: 'reasoning', status: 'in_progress', summary: [] });
  const parts: OpenPart[] = [];
  const counts = { summary: 0, text: 0, encrypted: 0 };
  let index = -1;

  const partOf = (event: ReasoningEvent): OpenPart => ({
    type: 'reasoning',
    kind: event.kind,
    text: '',
    format: event.format,
    ...(event.id !== undefined && { id: event.id }),
  });

  const tell = (kind: 'summary' | 'text', step: 'added' | 'delta' | 'done', text: string): void => {
    const where = { item_id: id, output_index: place };
    const at = counts[kind] - 1;
    if (kind === 'summary') {
      const part = { type: 'summary_text', text: step === 'added' ? '' : text };
      if (step === 'added') writer.emit('response.reasoning_summary_part.added', { ...where, summary_index: at, part });
      if (step === 'delta')
        writer.emit('response.reasoning_summary_text.delta', { ...where, summary_index: at, delta: text });
      if (step !== 'done') return;
      writer.emit('response.reasoning_summary_text.done', { ...where, summary_index: at, text });
      writer.emit('response.reasoning_summary_part.done', { ...where, summary_index: at, part });
    } else {
      const part = { type: 'reasoning_text', text: step === 'added' ? '' : text };
      if (step === 'added') writer.emit('response.content_part.added', { ...where, content_index: at, part });
      if (step === 'delta') writer.emit('response.reasoning_text.delta', { ...where, content_index: at, delta: text });
      if (step !== 'done') return;
      writer.emit('response.reasoning_text.done', { ...where, content_index: at, text });
      writer.emit('response.content_part.done', { ...where, content_index: at, part });
    }
  };

  const closePart = (): void => {
    const last = parts.at(-1);
    if (last && last.kind !== 'encrypted') tell(last.kind, 'done', last.text);
  };

  return {
    accepts: (event) => event.index === index || joinsItem(parts, partOf(event)),
    add: (event) => {
      if (event.index !== index) {
        closePart();
        parts.push(partOf(event));
        index = event.index;
        counts[event.kind]++;
        if (event.kind !== 'encrypted') tell(event.kind, 'added', '');
      }
      const part = parts.at(-1);
      if (!part) return;
      part.text += event.text;
      if (event.signature !== undefined) part.signature = (part.signature ?? '') + event.signature;
      if (event.id !== undefined) part.id = event.id;
      if (part.format === 'unknown') part.format = event.format;
      if (part.kind !== 'encrypted' && event.text !== '') tell(part.kind, 'delta', event.text);
    },
    close: (status) => {
      closePart();
      closeItem(writer, place, { id, type: 'reasoning', status, ...reasoningMembers(parts, id) });
    },
  };
}
