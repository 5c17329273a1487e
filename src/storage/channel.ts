import type { MessagePort } from 'node:worker_threads';
import type { Trouble } from '../ledger/trouble.ts';
import type { Value } from './work.ts';
import type { WorkName } from './works.ts';

/**
 * Carries messages in order between a process and its store: a MessagePort, or the IPC of a child process (started
 * with `serialization: 'advanced'`, for integers are bigints).
 */
export type Channel = {
  readonly post: (message: unknown) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** The other end is gone. */
  readonly onClose: (listener: () => void) => void;
  readonly close: () => void;
};

export type ClientMessage =
  | { readonly kind: 'hello'; readonly process: string }
  | { readonly kind: 'work'; readonly id: number; readonly name: WorkName; readonly argument: unknown }
  /** A group (`group-bytes.ts`); the bytes are handed over, not copied, where the channel can. */
  | { readonly kind: 'group'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Handed on to every other process: it has nothing to do with what is stored. */
  | { readonly kind: 'tell'; readonly notice: string }
  /** Answered when the tables contain everything that was promised until now. */
  | { readonly kind: 'sync'; readonly id: number }
  | {
      /**
       * `read` may be answered by another thread: it sees everything that was committed, and holds nobody up. `look` sees
       * what the administration has written, and does not wait for the tables.
       */
      readonly kind: 'query' | 'read' | 'look';
      readonly id: number;
      readonly sql: string;
      readonly parameters: readonly Value[];
    };
export type ServerMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string; readonly trouble: Trouble | null }
  /** Groups are durable. */
  | { readonly kind: 'durable'; readonly ids: readonly number[] }
  | { readonly kind: 'synced'; readonly id: number }
  /** Why nothing reaches the tables, as long as it lasts. */
  | { readonly kind: 'trouble'; readonly trouble: Trouble | null }
  | { readonly kind: 'notice'; readonly notice: string };

export const portChannel = (port: MessagePort): Channel => ({
  post: (message) => {
    const { bytes } = message as { readonly bytes?: Uint8Array<ArrayBuffer> };
    if (!bytes) return port.postMessage(message);
    // What came from another process may be a part of a buffer that others still read.
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
    port.postMessage({ ...(message as object), bytes: own }, [own.buffer]);
  },
  onMessage: (listener) => void port.on('message', listener),
  onClose: (listener) => void port.on('close', listener),
  close: () => port.close(),
});

/** What both a child process and the `process` of one offer. */
export type Ipc = {
  readonly send?: (message: never, told: (cause: Error | null) => void) => boolean;
  readonly on: (event: 'message' | 'disconnect' | 'close', listener: (message: unknown) => void) => unknown;
};

/**
 * Messages for the store are wrapped, so that others may use the same IPC.
 *
 * What is sent to a process that has just died is lost and harms nobody: without a listener of its own for the outcome
 * Node makes an EPIPE an `error` event, which would end the sender too. Nor is `disconnect` enough to hear of a death:
 * it never comes from a process that was killed while a listening socket was on its way to it; `close` comes always
 * (Node 26.10, seen 2026-11-29).
 */
export const ipcChannel = (ipc: Ipc): Channel => ({
  post: (message) => void ipc.send?.({ store: message } as never, ignore),
  onMessage: (listener) =>
    void ipc.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'store' in message) listener(message.store);
    }),
  onClose: (listener) => {
    let isTold = false;
    const once = (): void => {
      if (!isTold) listener();
      isTold = true;
    };
    ipc.on('disconnect', once);
    ipc.on('close', once);
  },
  close: () => {},
});

const ignore = (): void => {};
