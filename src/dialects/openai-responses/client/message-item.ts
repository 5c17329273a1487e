import { isObject, type Json, type JsonObject } from '../../../base/json.ts';
import type { Annotation } from '../../../call/message.ts';
import { encodeAnnotation } from '../annotations.ts';
import { closeItem, type ItemStatus, openItem, type Writer } from './writer.ts';

export type MessageItem = {
  readonly text: (text: string) => void;
  readonly refusal: (text: string) => void;
  readonly annotate: (annotation: Annotation) => void;
  readonly logprobs: (entries: readonly Json[]) => void;
  readonly close: (status: ItemStatus) => void;
};

type OpenPart = { type: 'output_text' | 'refusal'; text: string; annotations: JsonObject[]; logprobs: Json[] };

/** `base`: characters of the answer's text before it, for the offsets of annotations. */
export type MessageStart = { readonly base: number; readonly phase: string | undefined };

/** A `message` item. */
export function createMessageItem(writer: Writer, { base, phase }: MessageStart): MessageItem {
  const id = writer.answer.newId('msg');
  const phaseMember = phase === undefined ? {} : { phase };
  const place = openItem(writer, {
    id,
    type: 'message',
    status: 'in_progress',
    role: 'assistant',
    content: [],
    ...phaseMember,
  });
  const content: JsonObject[] = [];
  let part: OpenPart | null = null;
  let before = base;

  const tell = (type: string, fields: JsonObject): void =>
    writer.emit(type, { item_id: id, output_index: place, content_index: content.length, ...fields });

  const closePart = (): void => {
    if (!part) return;
    const whole = encodePart(part);
    if (part.type === 'refusal') tell('response.refusal.done', { refusal: part.text });
    else {
      tell('response.output_text.done', { text: part.text, logprobs: part.logprobs });
      before += part.text.length;
    }
    tell('response.content_part.done', { part: whole });
    content.push(whole);
    part = null;
  };

  const ensure = (type: OpenPart['type']): OpenPart => {
    if (part?.type === type) return part;
    closePart();
    const opened: OpenPart = { type, text: '', annotations: [], logprobs: [] };
    part = opened;
    tell('response.content_part.added', { part: encodePart(opened) });
    return opened;
  };

  return {
    text: (text) => {
      ensure('output_text').text += text;
      tell('response.output_text.delta', { delta: text, logprobs: [] });
    },
    refusal: (text) => {
      ensure('refusal').text += text;
      tell('response.refusal.delta', { delta: text });
    },
    annotate: (value) => {
      const open = ensure('output_text');
      const annotation = encodeAnnotation(value, before);
      open.annotations.push(annotation);
      tell('response.output_text.annotation.added', { annotation_index: open.annotations.length - 1, annotation });
    },
    logprobs: (entries) => {
      const logprobs = entries.map(withBytes);
      ensure('output_text').logprobs.push(...logprobs);
      tell('response.output_text.delta', { delta: '', logprobs: logprobs });
    },
    close: (status) => {
      closePart();
      closeItem(writer, place, { id, type: 'message', status, role: 'assistant', content, ...phaseMember });
    },
  };
}

/** Here `bytes` is a list, never null as in chat completions (platform.openai.com/docs/api-reference/responses, read 2026-11-29). */
const withBytes = (entry: Json): Json => {
  if (!isObject(entry)) return entry;
  const { top_logprobs: top, ...rest } = entry;
  const bytes = Array.isArray(entry.bytes) ? entry.bytes : [];
  return { ...rest, bytes, top_logprobs: Array.isArray(top) ? top.map(withBytes) : [] };
};

const encodePart = (part: OpenPart): JsonObject =>
  part.type === 'refusal'
    ? { type: 'refusal', refusal: part.text }
    : { type: 'output_text', text: part.text, annotations: [...part.annotations], logprobs: [...part.logprobs] };
