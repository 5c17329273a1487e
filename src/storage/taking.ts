import type { Trouble } from '../ledger/trouble.ts';
import type { Channel, ServerMessage } from './channel.ts';
import type { Journaled } from './journaled.ts';
import { fileTrouble } from './trouble.ts';

/** What is written behind the journal is gathered for so long, or until there is so much of it. */
const GATHER = { ms: 250, bytes: 768 * 1024 } as const;
/** A store in trouble is tried again so often. */
export const AGAIN_MS = 1_000;

type Waiting = { readonly channel: Channel; readonly id: number; readonly bytes: Uint8Array };

/** Takes groups: all that have come in one turn are made durable with one write; the tables follow behind. */
export function takeGroups(journaled: Journaled, tell: (message: ServerMessage) => void) {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let trouble: Trouble | null = null;
  const settle = (found: Trouble | null): void => {
    if (found === trouble) return;
    trouble = found;
    tell({ kind: 'trouble', trouble });
  };
  const apply = (): void => {
    timer = undefined;
    try {
      journaled.applySome();
      settle(null);
    } catch (cause) {
      settle(fileTrouble(cause) ?? 'away');
    }
    plan();
  };
  const plan = (): void => {
    if (timer !== undefined || journaled.waiting() === 0) return;
    const isMuch = journaled.waiting() >= GATHER.bytes;
    timer = setTimeout(apply, trouble !== null ? AGAIN_MS : isMuch ? 0 : GATHER.ms);
  };
  const flush = (): void => {
    const taken = waiting;
    waiting = [];
    if (taken.length === 0) return;
    try {
      journaled.append(taken.map(({ bytes }) => bytes));
    } catch (cause) {
      for (const { channel, id } of taken) channel.post(failureOf(id, cause));
      return;
    }
    for (const [channel, own] of Map.groupBy(taken, (one) => one.channel))
      channel.post({ kind: 'durable', ids: own.map(({ id }) => id) } satisfies ServerMessage);
    if (trouble === null && journaled.waiting() >= GATHER.bytes) {
      clearTimeout(timer);
      timer = setTimeout(apply, 0);
    } else plan();
  };
  return {
    add: (channel: Channel, id: number, bytes: Uint8Array): void => {
      waiting.push({ channel, id, bytes });
      if (waiting.length === 1) setImmediate(flush);
    },
    flush,
    close: () => {
      flush();
      clearTimeout(timer);
    },
  };
}

export function failureOf(id: number, cause: unknown): ServerMessage {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { kind: 'failure', id, message, trouble: fileTrouble(cause) };
}
