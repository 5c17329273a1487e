import type { Fault } from '../base/fault.ts';
import type { Loss } from '../call/loss.ts';

/** One HTTP exchange with one endpoint. Times are milliseconds from its start. */
export type Attempt = {
  readonly endpoint: string;
  readonly provider: string;
  readonly model: string;
  readonly startedAt: number;
  readonly status: number | null;
  readonly upstreamId: string | null;
  readonly headersMs: number | null;
  readonly firstContentMs: number | null;
  readonly totalMs: number;
  readonly outcome: 'answered' | 'failed' | 'cancelled';
  readonly fault: Fault | null;
  readonly losses: readonly Loss[];
  /** Which key, where the provider has several or the account its own: what it is called, never the key itself. */
  readonly key?: string;
  /** It went with a key of the account's own. */
  readonly byok?: true;
};
