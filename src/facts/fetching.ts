import type { Result } from '../base/result.ts';
import type { WireHeaders, WireRequest } from '../base/world.ts';

/** One small exchange with its whole body, lent to what must not reach for the network itself. */
export type Fetching = (request: WireRequest, bounds: FetchBounds) => Promise<Result<FetchedBody, FetchError>>;

export type FetchBounds = {
  readonly bytesMax: number;
  readonly timeoutMs: number;
  /** Handed what gives the exchange up. */
  readonly onCancel?: (cancel: () => void) => void;
};
export type FetchedBody = { readonly status: number; readonly headers: WireHeaders; readonly body: Uint8Array };
/** Why there is no body: `forbidden` = we refused, `too-large`, `timeout` … */
export type FetchError = { readonly kind: string; readonly message: string };
