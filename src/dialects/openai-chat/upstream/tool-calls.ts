import { isObject, type Json, type JsonObject, parseJson, stringOf } from '../../../base/json.ts';
import type { Event } from '../../../call/event.ts';
import { argumentsOfInput } from '../../freeform.ts';

/** More calls in one answer are an attack, not an answer. */
const TOOL_CALLS_MAX = 1024;

type Slot = {
  index: number;
  vendorIndex: number | null;
  vendorId: string;
  name: string;
  started: boolean;
  /** Of a custom tool, whose text becomes the `input` of a JSON object. */
  readonly custom: boolean;
  /** The arguments so far. */
  text: string;
};

/** What the tool calls of one answer share: ids are unique across its choices. */
export type ToolIds = { readonly used: Set<string>; readonly newId: (prefix: string) => string };

/**
 * Puts one choice's tool calls in order. Vendors may leave out `index` (Mistral, 2024) or repeat it for parallel calls
 * (Gemini's compatible API), leave out ids or repeat them, send a call whole, in pieces, or whole once more at the end,
 * and send arguments as an object. Given out are dense indices, unique ids, and arguments as text.
 */
export type ToolCalls = {
  readonly push: (entry: Json, out: Event[]) => void;
  /** Gives `{}` to every call that came without arguments, unless the answer was cut off. */
  readonly close: (cutOff: boolean, out: Event[]) => void;
  readonly count: () => number;
};

export function createToolCalls(choice: number, ids: ToolIds, { whole }: { readonly whole: boolean }): ToolCalls {
  const slots: Slot[] = [];
  let started = 0;

  const slotFor = (called: Called): Slot => {
    const openSlot = whole ? undefined : findSlot(slots, called);
    if (openSlot && !isAnother(openSlot, called)) return openSlot;
    const { index: vendorIndex, id: vendorId, name, custom } = called;
    const slot = { index: slots.length, vendorIndex, vendorId, name, custom, started: false, text: '' };
    slots.push(slot);
    return slot;
  };

  const write = (slot: Slot, text: string, out: Event[]): void => {
    if (text === '') return;
    slot.text += text;
    if (slot.started) out.push({ type: 'tool-arguments', choice, index: slot.index, text });
  };

  const start = (slot: Slot, out: Event[]): void => {
    const fresh = slot.vendorId !== '' && !ids.used.has(slot.vendorId);
    const id = fresh ? slot.vendorId : ids.newId('call');
    ids.used.add(id);
    slot.started = true;
    slot.index = started++;
    out.push({ type: 'tool-start', choice, index: slot.index, id, name: slot.name });
    if (slot.text !== '') out.push({ type: 'tool-arguments', choice, index: slot.index, text: slot.text });
  };
  /** In order: a call whose name is still to come holds up those after it. */
  const startNamed = (out: Event[]): void => {
    for (let slot = slots[started]; slot !== undefined && slot.name !== ''; slot = slots[started]) start(slot, out);
  };

  return {
    push: (entry, out) => {
      if (!isObject(entry) || slots.length >= TOOL_CALLS_MAX) return;
      const called = calledBy(entry);
      const slot = slotFor(called);
      if (slot.vendorId === '') slot.vendorId = called.id;
      if (slot.name === '') slot.name = called.name;
      if (!slot.started) startNamed(out);
      else if (called.name !== '' && called.text === slot.text && isWhole(slot.text)) return;
      write(slot, slot.custom && called.text !== '' ? pieceOfInput(slot, called.text) : called.text, out);
    },
    close: (cutOff, out) => {
      for (const slot of slots) {
        if (isNothing(slot)) continue;
        if (!slot.started) start(slot, out);
        if (slot.custom && slot.text !== '') write(slot, '"}', out);
        else if (slot.text === '' && !cutOff) write(slot, slot.custom ? argumentsOfInput('') : '{}', out);
      }
    },
    count: () => slots.reduce((count, slot) => (isNothing(slot) ? count : count + 1), 0),
  };
}

/** An entry of which nothing but zeros ever came. */
const isNothing = ({ name, vendorId, text }: Slot): boolean => name === '' && vendorId === '' && text === '';

/** One entry of `tool_calls`; what is missing is empty. */
type Called = {
  readonly index: number | null;
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly custom: boolean;
};

function calledBy(entry: JsonObject): Called {
  const custom = isObject(entry.custom);
  const called = isObject(entry.custom) ? entry.custom : isObject(entry.function) ? entry.function : entry;
  const id = stringOf(entry.id);
  return {
    index: typeof entry.index === 'number' ? entry.index : null,
    // The word, not the value, in later pieces of Mistral's streams (zed-industries/zed#53605, read 2026-11-25).
    id: id === 'null' ? '' : id,
    name: stringOf(called.name),
    text: custom ? stringOf(called.input) : argumentsOf(called.arguments),
    custom,
  };
}

/** The next piece of a custom tool's text, inside the JSON that it becomes. */
const pieceOfInput = ({ text }: Slot, piece: string): string =>
  `${text === '' ? '{"input":"' : ''}${JSON.stringify(piece).slice(1, -1)}`;

function findSlot(slots: readonly Slot[], { index, id }: Called): Slot | undefined {
  if (index !== null) return slots.findLast((slot) => slot.vendorIndex === index);
  if (id !== '') return slots.findLast((slot) => slot.vendorId === id);
  return slots.at(-1);
}

/** A name begins another call if it comes with another id, or without one after arguments that were whole. */
function isAnother(openSlot: Slot, { id, name, text }: Called): boolean {
  if (!openSlot.started || name === '') return false;
  if (id !== '' && openSlot.vendorId !== '') return id !== openSlot.vendorId;
  return text !== '' && text !== openSlot.text && isWhole(openSlot.text);
}

const isWhole = (text: string): boolean => text.startsWith('{') && text.endsWith('}') && isObject(parseJson(text));

const argumentsOf = (value: Json | undefined): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : stringOf(value);
