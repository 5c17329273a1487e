import { isObject, type Json, type JsonObject, stringOf } from '../../../base/json.ts';
import type { Event } from '../../../call/event.ts';

/** More calls in one answer are an attack, not an answer. */
const TOOL_CALLS_MAX = 1024;

type Slot = {
  index: number;
  vendorIndex: number | null;
  vendorId: string;
  started: boolean;
  waiting: string;
  wrote: boolean;
};

/** What the tool calls of one answer share: ids are unique across its choices. */
export type ToolIds = { readonly used: Set<string>; readonly newId: (prefix: string) => string };

/**
 * Puts one choice's tool calls in order. Vendors may leave out `index` (Mistral, 2024) or repeat it for parallel calls
 * (Gemini's compatible API), leave out ids or repeat them, send a call whole or in pieces, and send arguments as an
 * object. Given out are dense indices, unique ids, and arguments as text.
 */
export type ToolCalls = {
  readonly push: (entry: Json, out: Event[]) => void;
  /** Gives `{}` to every call that came without arguments, unless the answer was cut off. */
  readonly close: (cutOff: boolean, out: Event[]) => void;
  readonly count: () => number;
};

export function createToolCalls(choice: number, ids: ToolIds, { whole }: { readonly whole: boolean }): ToolCalls {
  const slots: Slot[] = [];

  const slotFor = (entry: JsonObject, id: string, name: string): Slot => {
    const vendorIndex = typeof entry.index === 'number' ? entry.index : null;
    const known = whole ? undefined : findSlot(slots, vendorIndex, id);
    const another = known?.started === true && id !== '' && known.vendorId !== id && name !== '';
    if (known && !another) return known;
    const slot = { index: slots.length, vendorIndex, vendorId: id, started: false, waiting: '', wrote: false };
    slots.push(slot);
    return slot;
  };

  const write = (slot: Slot, text: string, out: Event[]): void => {
    if (text === '') return;
    if (slot.started) {
      slot.wrote = true;
      out.push({ type: 'tool-arguments', choice, index: slot.index, text });
    } else slot.waiting += text;
  };

  const start = (slot: Slot, name: string, out: Event[]): void => {
    const fresh = slot.vendorId !== '' && !ids.used.has(slot.vendorId);
    const id = fresh ? slot.vendorId : ids.newId('call');
    ids.used.add(id);
    slot.started = true;
    out.push({ type: 'tool-start', choice, index: slot.index, id, name });
    const waiting = slot.waiting;
    slot.waiting = '';
    write(slot, waiting, out);
  };

  return {
    push: (entry, out) => {
      if (!isObject(entry) || slots.length >= TOOL_CALLS_MAX) return;
      const called = isObject(entry.function) ? entry.function : entry;
      const id = stringOf(entry.id);
      const name = stringOf(called.name);
      const slot = slotFor(entry, id, name);
      if (slot.vendorId === '') slot.vendorId = id;
      if (!slot.started && name !== '' && slot.index === firstUnstarted(slots)) start(slot, name, out);
      write(slot, argumentsOf(called.arguments), out);
    },
    close: (cutOff, out) => {
      for (const slot of slots) {
        if (!slot.started) start(slot, '', out);
        if (!slot.wrote && !cutOff) write(slot, '{}', out);
      }
    },
    count: () => slots.length,
  };
}

const firstUnstarted = (slots: readonly Slot[]): number => slots.findIndex((slot) => !slot.started);

function findSlot(slots: readonly Slot[], vendorIndex: number | null, id: string): Slot | undefined {
  if (vendorIndex !== null) return slots.findLast((slot) => slot.vendorIndex === vendorIndex);
  if (id !== '') return slots.find((slot) => slot.vendorId === id);
  return slots.at(-1);
}

const argumentsOf = (value: Json | undefined): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : stringOf(value);
