import { restored } from '../../base/blobs.ts';
import { type Fault, fault } from '../../base/fault.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { CallOf, OperationId } from '../../call/operation.ts';
import { JsonScanner } from '../../content/json-scanner.ts';
import type { ContentRule, Screen } from '../../content/rule.ts';
import { Scanner } from '../../content/scanner.ts';
import type { Caller } from '../../facts/caller.ts';
import { callRead, holdsTokens, type ReadText } from './texts.ts';
import { blockedFault, changes, openWatch, type Watch } from './watch.ts';

/** The call as it may be sent, or why it may not. A text in which nothing is found stays the one that came. */
export function screenCall<O extends OperationId>(
  operation: O,
  call: CallOf<O>,
  watch: Watch,
): Result<CallOf<O>, Fault> {
  const { user, prompt } = watch.screens;
  if (!user) return ok(call);
  if (changes(user) && holdsTokens(operation, call)) return failed(TOKENS);
  const blobs = call.blobs ?? [];
  let blocking: ContentRule | null = null;
  const readerOf = (screen: Screen): ReadText => {
    const heard = watch.heard('prompt');
    return (written, form) => {
      if (blocking) return written;
      // What was set aside because it is long is read like anything else.
      const text = blobs.length > 0 ? restored(written, blobs) : written;
      // Escapes may hide what a hint looks for.
      const set = form === 'json' && text.includes('\\') ? screen : screen.within(text);
      if (!set) return written;
      const scanner = form === 'json' ? new JsonScanner(set, heard) : new Scanner(set, heard);
      const beginning = scanner.feed(text);
      const read = beginning + scanner.end();
      blocking = scanner.blocked;
      return read === text ? written : read;
    };
  };
  const read = callRead(operation, call, { user: readerOf(user), others: prompt ? readerOf(prompt) : AS_IT_IS });
  return blocking ? failed(blockedFault(blocking, watch.screens, 'prompt')) : ok(read);
}

type Screened<O extends OperationId> = { readonly call: CallOf<O>; readonly watch: Watch | undefined };
type Stopped = { readonly fault: Fault; readonly watch: Watch };

/** The call of a caller whose guardrails may read it; of all others it is as it came. */
export function screenedBy<O extends OperationId>(
  { guard }: Caller,
  operation: O,
  call: CallOf<O>,
): Result<Screened<O>, Stopped> {
  if (!guard?.screens) return ok({ call, watch: undefined });
  const watch = openWatch(guard.screens());
  const screened = screenCall(operation, call, watch);
  return screened.ok ? ok({ call: screened.value, watch }) : failed({ fault: screened.error, watch });
}

const AS_IT_IS: ReadText = (text) => text;
const TOKENS: Fault = fault(
  'permission_denied',
  'A guardrail reads the texts of this key’s requests: token ids cannot be read. Send text instead.',
);
