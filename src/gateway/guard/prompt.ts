import { type Blob, restored } from '../../base/blobs.ts';
import { type Fault, fault } from '../../base/fault.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { CallOf, OperationId } from '../../call/operation.ts';
import { JsonScanner } from '../../content/json-scanner.ts';
import type { ContentRule, Screen } from '../../content/rule.ts';
import { Scanner } from '../../content/scanner.ts';
import type { Caller } from '../../facts/caller.ts';
import { callRead, holdsTokens, type ReadText } from './texts.ts';
import { blockedFault, changes, openWatch, type Watch } from './watch.ts';

/** Threads that read characters in one turn: some milliseconds. */
const TURN_WORK = 100_000;
/** A piece that is read between two looks at how much work there was. */
const PIECE = 4_096;

type Text = { readonly written: string; readonly form: 'text' | 'json'; readonly screen: Screen | null };

/**
 * The call as it may be sent, or why it may not; a text in which nothing is found stays the one that came. It yields where
 * a turn has had enough of it. `known`: texts that have been read.
 */
function* screenCall<O extends OperationId>(
  operation: O,
  call: CallOf<O>,
  watch: Watch,
  known?: ReadonlySet<string>,
): Generator<void, Result<CallOf<O>, Fault>> {
  const { user, prompt } = watch.screens;
  if (!user) return ok(call);
  if (changes(user) && holdsTokens(operation, call)) return failed(TOKENS);
  const texts: Text[] = [];
  const gather =
    (screen: Screen | null): ReadText =>
    (written, form) => {
      texts.push({ written, form, screen: known?.has(written) ? null : screen });
      return written;
    };
  callRead(operation, call, { user: gather(user), others: gather(prompt) });
  const read: string[] = [];
  const scan = { blobs: call.blobs ?? [], heard: watch.heard('prompt'), work: 0 };
  for (const text of texts) {
    const seen = yield* textRead(text, scan);
    if (typeof seen !== 'string') return failed(blockedFault(seen, watch.screens, 'prompt'));
    read.push(seen);
  }
  let next = 0;
  const take: ReadText = (written) => read[next++] ?? written;
  return ok(callRead(operation, call, { user: take, others: take }));
}

type Scan = { readonly blobs: readonly Blob[]; readonly heard: (rule: ContentRule) => void; work: number };

/** One text as it may be sent, or the rule that ends the call. */
function* textRead({ written, form, screen }: Text, scan: Scan): Generator<void, string | ContentRule> {
  if (!screen || written === '') return written;
  // What was set aside because it is long is read like anything else.
  const text = scan.blobs.length > 0 ? restored(written, scan.blobs) : written;
  // Escapes may hide what a hint looks for.
  const set = form === 'json' && text.includes('\\') ? screen : screen.within(text);
  if (!set) return written;
  const scanner = form === 'json' ? new JsonScanner(set, scan.heard) : new Scanner(set, scan.heard);
  let read = '';
  let before = 0;
  for (let at = 0; at < text.length && !scanner.blocked; at += PIECE) {
    read += scanner.feed(text.slice(at, at + PIECE));
    scan.work += scanner.work - before + PIECE / 16;
    before = scanner.work;
    if (scan.work < TURN_WORK) continue;
    scan.work = 0;
    yield;
  }
  read += scanner.end();
  return scanner.blocked ?? (read === text ? written : read);
}

type Screened<O extends OperationId> = { readonly call: CallOf<O>; readonly watch: Watch | undefined };
type Stopped = { readonly fault: Fault; readonly watch: Watch };

/**
 * The call of a caller whose guardrails may read it; of all others it is as it came. `done` is called at once where it can
 * be, else in a later turn.
 */
export function screenedBy<O extends OperationId>(
  { guard }: Caller,
  {
    operation,
    call,
    later,
  }: { readonly operation: O; readonly call: CallOf<O>; readonly later: (task: () => void) => void },
  done: (screened: Result<Screened<O>, Stopped>) => void,
): void {
  if (!guard?.screens) return done(ok({ call, watch: undefined }));
  const watch = openWatch(guard.screens());
  const screening = screenCall(operation, call, watch);
  const turn = (): void => {
    const step = screening.next();
    if (!step.done) return later(turn);
    const screened = step.value;
    done(screened.ok ? ok({ call: screened.value, watch }) : failed({ fault: screened.error, watch }));
  };
  turn();
}

type Later = (task: () => void) => void;

/** Steps of a reading, each in a later turn than the one before. */
function through<T>(reading: Generator<void, T>, later: Later): Promise<T> {
  return new Promise((resolve) => {
    const turn = (): void => {
      const step = reading.next();
      if (step.done) resolve(step.value);
      else later(turn);
    };
    turn();
  });
}

/** The call once plugins have put texts into it: what was not in it before is read like anything that its user says. */
export function rescreened(watch: Watch, before: Call, after: Call, later: Later): Promise<Result<Call, Fault>> {
  const known = new Set<string>();
  const learn: ReadText = (text) => {
    known.add(text);
    return text;
  };
  callRead('chat', before, { user: learn, others: learn });
  return through(screenCall('chat', after, watch, known), later);
}

/** A text that a tool has found, as a model may be given it; or why it may not. */
export async function screenFound(watch: Watch, text: string, later: Later): Promise<Result<string, Fault>> {
  const form = text.startsWith('{') ? 'json' : 'text';
  const scan = { blobs: [], heard: watch.heard('prompt'), work: 0 };
  const seen = await through(textRead({ written: text, form, screen: watch.screens.user }, scan), later);
  return typeof seen === 'string' ? ok(seen) : failed(blockedFault(seen, watch.screens, 'prompt'));
}

const TOKENS: Fault = fault(
  'permission_denied',
  'A guardrail reads the texts of this key’s requests: token ids cannot be read. Send text instead.',
);
