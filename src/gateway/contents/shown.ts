import { type Blob, blobBehind, restored, sizeOf } from '../../base/blobs.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Message, Source } from '../../call/message.ts';
import type { CallOf } from '../../call/operation.ts';
import type { Content } from './content.ts';

/** Bytes of a character at the end of what was cut, escaped: a pair of surrogates. */
const SPLIT_MAX = 12;

/**
 * Counts down what is left for texts; what does not fit is cut, and says so. Long texts of a body were set aside
 * (`base/blobs.ts`): of those no more is read than fits.
 */
export class Room {
  #left: number;
  readonly #blobs: readonly Blob[];
  constructor(characters: number, blobs: readonly Blob[] = []) {
    this.#left = characters;
    this.#blobs = blobs;
  }
  take(text: string): string {
    const blob = blobBehind(text, this.#blobs);
    const whole = blob ? beginningOf(blob, this.#left) : restored(text, this.#blobs);
    const kept = whole.length <= this.#left ? whole : whole.slice(0, this.#left);
    this.#left -= kept.length;
    const isWhole = kept.length === whole.length && (!blob || sizeOf(blob) <= kept.length);
    return isWhole || (blob && kept.length > 0 && isAll(blob, kept)) ? kept : `${kept}… [what follows is not logged]`;
  }
  /** How much a text is that was sent inline as base64, in bytes. */
  bytesOf(base64: string): number {
    const blob = blobBehind(base64, this.#blobs);
    return Math.floor(((blob ? sizeOf(blob) : base64.length) * 3) / 4);
  }
  get isFull(): boolean {
    return this.#left <= 0;
  }
}

const isAll = (blob: Blob, text: string): boolean => sizeOf(blob) === Buffer.byteLength(JSON.stringify(text)) - 2;

/** The first so many bytes of a text that stands as the inside of a JSON string, and whole characters of it. */
function beginningOf(blob: Blob, most: number): string {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (const piece of blob) {
    if (size >= most) break;
    const part = piece.subarray(0, most - size);
    pieces.push(part);
    size += part.length;
  }
  const inside = Buffer.concat(pieces)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  for (let cut = 0; cut <= SPLIT_MAX; cut++)
    try {
      return JSON.parse(`"${inside.slice(0, inside.length - cut)}"`) as string;
    } catch {
      // It was cut within an escape.
    }
  return '';
}

/** The input of a chat in the words of the contract: a prompt where one was sent, else messages as OpenAI has them. */
export function shownInput(call: CallOf<'chat'>, clientDialect: string, room: Room): Content['input'] {
  const [first] = call.messages;
  if (clientDialect === 'openai-completions' && call.messages.length === 1 && first?.role === 'user') {
    const texts = first.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    return { prompt: room.take(texts.join('')) };
  }
  const messages: Json[] = [];
  for (const [at, message] of call.messages.entries()) {
    if (room.isFull) {
      messages.push({ role: 'system', content: `[${call.messages.length - at} messages are not logged]` });
      break;
    }
    messages.push(shownMessage(message, room));
  }
  return { messages };
}

function shownMessage(message: Message, room: Room): JsonObject {
  const content: JsonObject[] = [];
  const calls: JsonObject[] = [];
  for (const part of message.parts)
    switch (part.type) {
      case 'text':
      case 'refusal':
        content.push({ type: 'text', text: room.take(part.text) });
        break;
      case 'tool-call':
        calls.push({
          id: part.id,
          type: 'function',
          function: { name: part.name, arguments: room.take(part.arguments) },
        });
        break;
      case 'reasoning':
        if (part.kind !== 'encrypted') content.push({ type: 'reasoning', text: room.take(part.text) });
        break;
      case 'image':
      case 'file':
      case 'audio':
      case 'video':
        content.push({ type: part.type, source: shownSource(part.source, room) });
        break;
      default:
        part satisfies never;
    }
  const [only] = content;
  const isText = content.length === 1 && only?.type === 'text';
  return {
    role: message.role,
    content: isText ? (only.text ?? null) : content.length === 0 ? null : content,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(message.role === 'tool' && { tool_call_id: message.callId }),
  };
}

/** Of what was sent inline only its size is logged. */
function shownSource(source: Source, room: Room): string {
  switch (source.kind) {
    case 'url':
      return room.take(source.url);
    case 'base64':
      return `[${source.mediaType}, ${room.bytesOf(source.data)} bytes]`;
    case 'file-id':
      return room.take(source.id);
    default:
      return source satisfies never;
  }
}
