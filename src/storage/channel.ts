import type { MessagePort } from 'node:worker_threads';
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
  | {
      /** `read` may be answered by another thread: it sees everything that was committed, and holds nobody up. */
      readonly kind: 'query' | 'read';
      readonly id: number;
      readonly sql: string;
      readonly parameters: readonly Value[];
    };
export type ServerMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string }
  | { readonly kind: 'notice'; readonly notice: string };

export const portChannel = (port: MessagePort): Channel => ({
  post: (message) => port.postMessage(message),
  onMessage: (listener) => void port.on('message', listener),
  onClose: (listener) => void port.on('close', listener),
  close: () => port.close(),
});

/** What both a child process and the `process` of one offer. */
export type Ipc = {
  readonly send?: (message: never) => boolean;
  readonly on: (event: 'message' | 'disconnect', listener: (message: unknown) => void) => unknown;
};

/** Messages for the store are wrapped, so that others may use the same IPC. */
export const ipcChannel = (ipc: Ipc): Channel => ({
  post: (message) => void ipc.send?.({ store: message } as never),
  onMessage: (listener) =>
    void ipc.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'store' in message) listener(message.store);
    }),
  onClose: (listener) => void ipc.on('disconnect', listener),
  close: () => {},
});
