import { type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import { toolCallIds } from '../../call/call.ts';
import type { Event } from '../../call/event.ts';
import type { UpstreamContext } from '../dialect.ts';
import { addPartialArguments, type GrowingArguments } from './partial-arguments.ts';

export type FunctionCalls = {
  /** Reads a `functionCall`; `sign` tells its signature, by the id that the call has. */
  readonly read: (call: JsonObject, sign: (id: string) => void, events: Event[]) => void;
  /** Ends the call whose arguments are still coming. */
  readonly close: (events: Event[]) => void;
  readonly count: () => number;
};

/** The calls of one candidate: whole, or with arguments in pieces, of which only the first names the function. */
export function createFunctionCalls(choice: number, { call, newId }: UpstreamContext): FunctionCalls {
  const ids = toolCallIds(call);
  let count = 0;
  let growing: { readonly index: number; readonly args: GrowingArguments } | null = null;

  const close = (events: Event[]): void => {
    if (growing)
      events.push({ type: 'tool-arguments', choice, index: growing.index, text: JSON.stringify(growing.args) });
    growing = null;
  };
  const open = (made: JsonObject, name: string, sign: (id: string) => void, events: Event[]) => {
    let id = optionalString(made.id) ?? '';
    if (id === '' || ids.has(id)) id = newId('call');
    ids.add(id);
    sign(id);
    const index = count++;
    events.push({ type: 'tool-start', choice, index, id, name });
    return { index, args: { ...objectOf(made.args) } };
  };
  return {
    read: (made, sign, events) => {
      const name = stringOf(made.name);
      if (!growing || name !== '') {
        close(events);
        growing = open(made, name, sign, events);
      }
      addPartialArguments(growing.args, made.partialArgs);
      if (made.willContinue !== true) close(events);
    },
    close,
    count: () => count,
  };
}
