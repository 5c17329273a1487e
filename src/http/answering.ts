import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/**
 * What a handler of inference writes its answer to: Node's `ServerResponse`, or the lane's `LaneAnswer`, which means the
 * same by each of these.
 */
export type Answering = {
  /** The request that is answered. `complete`: its whole body has come. */
  readonly req: {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly complete: boolean;
  };
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  /** All of the answer has gone to the client. */
  readonly writableFinished: boolean;
  /** Bytes that the client has not taken yet. */
  readonly writableLength: number;
  readonly writeHead: (status: number, headers: OutgoingHttpHeaders) => unknown;
  readonly flushHeaders: () => void;
  /** False = enough is waiting: `drain` comes when it has gone. */
  readonly write: (data: string | Uint8Array) => boolean;
  readonly end: (text?: string) => unknown;
  /** A head that tells the length of the text, and the text, at once; absent = by `writeHead` and `end`. */
  readonly whole?: (status: number, headers: OutgoingHttpHeaders, text: string) => unknown;
  readonly destroy: () => unknown;
  /** `close` comes once, when the answer has gone out whole or the connection has broken. */
  readonly on: (event: 'drain' | 'close', listener: () => void) => unknown;
  /** Calls back when the client has taken nothing for so long. */
  readonly setTimeout: (ms: number, late: () => void) => unknown;
};
