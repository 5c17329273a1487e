import type { Fault } from '../base/fault.ts';
import { type ParsedBody, parseReceived, type Weigh } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { OperationId } from '../call/operation.ts';
import { contain, laterFor } from './answers.ts';
import type { InferenceRequest } from './inference.ts';
import { type Form, fileBytesOf } from './read-form.ts';
import { FULL } from './room.ts';

/** The body of a request for inference, a large one parsed in turns once there is memory for it; else its refusal. */
export function parseBodyOf<O extends OperationId>(
  exchange: Parameters<typeof laterFor<O>>[0],
  {
    body,
    parsed: given,
    room,
    refuse,
  }: Pick<InferenceRequest, 'body' | 'parsed' | 'room'> & { readonly refuse: (value: Fault) => void },
  done: (parsed: ParsedBody) => void,
): void {
  if (given) return contain(exchange, () => done(given));
  const weigh: Weigh | null =
    room &&
    ((weight, parse) => room.settle(weight, (isGranted) => contain(exchange, isGranted ? parse : () => refuse(FULL))));
  contain(exchange, () =>
    parseReceived(body, { nestingMax: LIMITS.nesting_max, later: laterFor(exchange), weigh }, (parsed) => {
      if (parsed.ok) done(parsed.value);
      else refuse(parsed.error);
    }),
  );
}

/** A form, once there is memory for what it turned out to hold; else its refusal. */
export function weighForm<O extends OperationId>(
  exchange: Parameters<typeof laterFor<O>>[0],
  {
    form,
    room,
    refuse,
  }: Pick<InferenceRequest, 'room'> & {
    readonly form: Form;
    readonly refuse: (value: Fault) => void;
  },
  done: (form: Form) => void,
): void {
  if (!room) return contain(exchange, () => done(form));
  const setAsideBytes = fileBytesOf(form);
  room.settle({ restBytes: form.size - setAsideBytes, setAsideBytes, things: 0 }, (isGranted) =>
    contain(exchange, () => (isGranted ? done(form) : refuse(FULL))),
  );
}
