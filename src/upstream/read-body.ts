import { type Fault, fault } from '../base/fault.ts';
import { type Json, type Later, nestingOf, parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { SlicedJson } from '../base/sliced-json.ts';
import type { Cancel, WireHeaders } from '../base/world.ts';
import type { Loss } from '../call/loss.ts';
import type { AnyStep, CommonReply, OperationId, ReplyOf, StepOf } from '../call/operation.ts';
import type { Target } from '../facts/target.ts';

/** What a provider's bytes are read into. The last thing a sink hears is `replied`, `failed`, or steps that end. */
export type Sink<O extends OperationId> = {
  readonly events: (steps: readonly StepOf<O>[]) => void;
  readonly replied: (reply: ReplyOf<O>) => void;
  readonly failed: (fault: Fault) => void;
  /** What came is not the answer yet: it follows after more exchanges, which `cancel` gives up. */
  readonly waits?: (cancel: Cancel) => void;
  /** What is left of reading a large answer that has come. Absent = all of it is read at once. */
  readonly later?: Later;
  /** A part of the answer is left out. */
  readonly lost?: (loss: Loss) => void;
};
/** One that takes what is read of any operation. */
export type AnySink = {
  readonly events: (steps: readonly AnyStep[]) => void;
  readonly replied: (reply: CommonReply) => void;
  readonly failed: (fault: Fault) => void;
  readonly waits?: (cancel: Cancel) => void;
  readonly later?: Later;
  readonly lost?: (loss: Loss) => void;
};

/** Fed the body of one answer as it arrives. */
export type Reader = {
  readonly push: (bytes: Uint8Array) => void;
  readonly end: () => void;
  /** In place of `end` where the connection broke; absent = what came may be the whole answer all the same. */
  readonly cut?: () => void;
};

/** Text shorter than this cannot nest deeply enough to hurt. */
export const NESTING_UNCHECKED_LENGTH = 8_192;

const NESTING_MAX = 4 * LIMITS.nesting_max;

export const mediaTypeOf = (headers: WireHeaders): string =>
  headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';

/** Keeps the body until it is whole. */
export function readWhole(done: (bytes: Buffer) => void): Reader {
  const parts: Buffer[] = [];
  return {
    push: (bytes) => void parts.push(Buffer.from(bytes)),
    end: () => {
      const [only] = parts;
      done(only && parts.length === 1 ? only : Buffer.concat(parts));
    },
  };
}

/** A whole body as JSON; what is none, or nests too deeply, is the provider's fault. */
export function parseWhole(target: Target, type: string, bytes: Buffer): Result<Json, Fault> {
  const text = bytes.toString();
  if (tooDeep(text)) return failed(tooDeepFault(target));
  const body = parseJson(text);
  return body === undefined ? failed(malformed(target, wrongBody(type, text), text)) : ok(body);
}

export type Parsing = { readonly target: Target; readonly type: string; readonly later: Later | undefined };

/** The same; a long one is parsed in turns, and others are served between. Calls `done` once, at once where it is short. */
export function parseInTurns(
  bytes: Buffer,
  { target, type, later }: Parsing,
  done: (body: Result<Json, Fault>) => void,
): void {
  if (!later || bytes.length <= LIMITS.at_once_bytes_max) return done(parseWhole(target, type, bytes));
  const slices = new SlicedJson(bytes, { nestingMax: NESTING_MAX, sliceBytes: LIMITS.at_once_bytes_max });
  const turn = (): void => {
    let parsed: { readonly value: Json } | null;
    try {
      parsed = slices.step();
    } catch (cause) {
      const text = bytes.toString('utf8', 0, 4_096);
      return done(
        failed(cause instanceof RangeError ? tooDeepFault(target) : malformed(target, wrongBody(type, text), text)),
      );
    }
    later(parsed ? () => done(ok(parsed.value)) : turn);
  };
  later(turn);
}

function wrongBody(type: string, text: string): string {
  if (text.trim() === '') return 'answered with an empty body';
  if (type === 'text/html' || /^\s*</.test(text)) return 'answered with an HTML page';
  return 'answered with something that is not JSON';
}

export function malformed({ endpoint }: Target, what: string, raw?: string): Fault {
  const { name } = endpoint.provider;
  return fault('upstream_malformed', `${name} ${what}.`, {
    upstream: { provider: name, ...(raw !== undefined && raw !== '' && { raw: raw.slice(0, 4_096) }) },
  });
}

export const tooDeep = (text: string): boolean =>
  text.length > NESTING_UNCHECKED_LENGTH && nestingOf(text, NESTING_MAX) > NESTING_MAX;
export const tooDeepFault = (target: Target): Fault => malformed(target, 'answered with JSON nested too deeply');
