import { type Fault, faultRow } from '../base/fault.ts';
import { formatUsd } from '../base/money.ts';
import type { OperationId } from '../call/operation.ts';
import { cachedTokens, completionTokens, promptTokens } from '../call/usage.ts';
import type { Caller } from '../facts/caller.ts';
import type { GuardEvent } from '../facts/policy.ts';
import type { Receipt } from '../facts/receipt.ts';

/** A call that was refused before there was anything to hold: it has no receipt. */
export type RefusedCall = {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The client's dialect; null = refused before anybody asked for it. */
  readonly clientDialect: string | null;
  /** Null = its caller was not known. */
  readonly keyId: string | null;
  readonly fault: Fault;
  /** Who is refused; null or absent = nobody who is known. */
  readonly caller?: Pick<Caller, 'accountId' | 'workspaceId'> | null;
  /** What its answer calls it; absent = nothing. */
  readonly id?: string | undefined;
  readonly operation?: OperationId;
  /** As it was asked for; absent = that was not read. */
  readonly model?: string | null;
  /** What guardrails found in it; absent = nothing. */
  readonly guarded?: readonly GuardEvent[];
  /** Of a key of our form that nobody has. */
  readonly keyLabel?: string;
};

/** A call as one line of JSON: who, what, how long and how much; nothing of what was said. */
export function callLine(receipt: Receipt): string {
  const { usage, bill, fault, app } = receipt;
  return `${JSON.stringify({
    time: new Date(receipt.createdAt).toISOString(),
    event: 'generation',
    id: receipt.id,
    operation: receipt.operation,
    dialect: receipt.clientDialect,
    key: receipt.keyId,
    workspace: receipt.workspaceId,
    requested_model: receipt.requestedModel.slice(0, TEXT_MAX),
    model: receipt.model,
    provider: receipt.provider,
    endpoint: receipt.endpoint,
    streamed: receipt.streamed,
    state: receipt.state,
    finish_reason: receipt.finish,
    error: fault?.code ?? null,
    attempts: receipt.attempts.length,
    prompt_tokens: promptTokens(usage),
    cached_tokens: cachedTokens(usage),
    completion_tokens: completionTokens(usage),
    reasoning_tokens: usage.outputReasoning,
    cost_usd: formatUsd(bill.cost),
    first_content_ms: rounded(receipt.firstContentMs),
    total_ms: rounded(receipt.totalMs),
    app: app?.title || app?.origin || null,
    user: receipt.user?.slice(0, TEXT_MAX) ?? null,
    session: receipt.sessionId?.slice(0, TEXT_MAX) ?? null,
  })}\n`;
}

/** What callers wrote themselves is cut: a line stays a line that log readers take. */
const TEXT_MAX = 256;

export const refusalLine = ({ at, clientDialect, keyId, fault }: RefusedCall): string =>
  `${JSON.stringify({
    time: new Date(at).toISOString(),
    event: 'refusal',
    dialect: clientDialect,
    key: keyId,
    status: faultRow(fault).status,
    error: fault.code,
  })}\n`;

const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 10) / 10);

/** Takes text and has it written later; whoever is too slow to take it loses lines, and nobody waits. */
export type LineWriter = {
  readonly write: (line: string) => void;
  /** Lines that were lost so far. */
  readonly lost: () => number;
  /** Writes what waits, as long as it is taken. */
  readonly close: () => Promise<void>;
};

/** What waits for a slow reader at most, in characters. */
const WAITING_MAX = 8 * 1024 * 1024;
/**
 * What several processes write to one pipe stays whole up to 4,096 bytes (`PIPE_BUF` of Linux, pipe(7), read 2026-11-29);
 * a line is ASCII where it is no caller's text, and shorter by far.
 */
const AT_ONCE_MAX = 3_000;

/** `send` takes a piece of text and tells when it has gone; one at a time. */
export function openLineWriter(send: (text: string, done: () => void) => void): LineWriter {
  const waiting: string[] = [];
  let size = 0;
  let lost = 0;
  let isSending = false;
  let emptied: (() => void) | null = null;
  const next = (): void => {
    if (waiting.length === 0) {
      isSending = false;
      emptied?.();
      return;
    }
    let text = waiting.shift() ?? '';
    for (let line = waiting[0]; line && text.length + line.length <= AT_ONCE_MAX; line = waiting[0]) {
      text += line;
      waiting.shift();
    }
    size -= text.length;
    send(text, next);
  };
  const begin = (): void => {
    if (!isSending && waiting.length > 0) {
      isSending = true;
      queueMicrotask(next); // what comes in the same turn goes with it
    }
  };
  return {
    write: (line) => {
      if (size + line.length > WAITING_MAX) {
        lost++;
        return;
      }
      waiting.push(line);
      size += line.length;
      begin();
    },
    lost: () => lost,
    close: () =>
      new Promise((resolve) => {
        if (!isSending) return resolve();
        emptied = resolve;
      }),
  };
}
