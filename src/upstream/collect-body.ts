import type { Fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Wire, WireError, WireHeaders, WireRequest, World } from '../base/world.ts';
import type { Fetching } from '../facts/fetching.ts';

export type Collected = { readonly status: number; readonly headers: WireHeaders; readonly body: Uint8Array };
export type CollectError = {
  readonly kind: WireError['kind'] | 'timeout' | 'too-large' | 'cancelled' | 'no-room';
  readonly message: string;
  /** Of `no-room`: what the caller is told. */
  readonly fault?: Fault;
};
export type CollectLimits = {
  readonly bytesMax: number;
  readonly timeoutMs: number;
  /** Handed a function that gives the exchange up; for callers whose own client may leave. */
  readonly onCancel?: (cancel: () => void) => void;
  /** Asked for memory when the head has come, with the length that it tells; nothing is read until it answers. */
  readonly room?: (bytes: number | null) => Promise<Fault | null>;
};

/** One small exchange with its whole body, bounded in size and time. Not for the hot path. */
export function collectBody(
  world: World,
  request: WireRequest,
  limits: CollectLimits,
): Promise<Result<Collected, CollectError>> {
  return new Promise((resolve) => {
    let status = 0;
    let headers: WireHeaders = {};
    let size = 0;
    const parts: Uint8Array[] = [];
    let wire: Wire | undefined;
    const settle = (result: Result<Collected, CollectError>): void => {
      stopTimer();
      resolve(result);
    };
    const giveUp = (kind: CollectError['kind'], message: string): void => {
      wire?.abort();
      settle(failed({ kind, message }));
    };
    const askForRoom = (length: string | undefined): void => {
      if (!limits.room) return;
      wire?.pause();
      limits.room(length === undefined ? null : Number(length)).then((fault) => {
        if (!fault) return wire?.resume();
        wire?.abort();
        settle(failed({ kind: 'no-room', message: fault.message, fault }));
      }, noRoom);
    };
    const noRoom = (): void => giveUp('cancelled', 'given up');
    const stopTimer = world.after(limits.timeoutMs, () => giveUp('timeout', `no answer within ${limits.timeoutMs} ms`));
    wire = world.request(request, {
      head: (code, all) => {
        status = code;
        headers = all;
        if (Number(all['content-length'] ?? 0) > limits.bytesMax)
          giveUp('too-large', `more than ${limits.bytesMax} bytes`);
        else if (code === 200) askForRoom(all['content-length']);
      },
      data: (bytes) => {
        size += bytes.length;
        if (size > limits.bytesMax) giveUp('too-large', `more than ${limits.bytesMax} bytes`);
        else parts.push(Buffer.from(bytes));
      },
      end: () => settle(ok({ status, headers, body: Buffer.concat(parts) })),
      error: (error) => settle(failed(error)),
    });
    limits.onCancel?.(() => giveUp('cancelled', 'given up'));
  });
}

/** The same for those who must not reach for the network themselves. */
export const fetchingOf =
  (world: World): Fetching =>
  (request, bounds) =>
    collectBody(world, request, bounds);
