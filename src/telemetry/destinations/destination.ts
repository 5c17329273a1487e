import type { FilterRules } from './filter.ts';
import type { KindName } from './kinds.ts';

/** Somewhere outside that a workspace's receipts are sent to, as its managers have set it up. */
export type ObservabilityDestination = {
  /** A UUID. */
  readonly id: string;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly kind: KindName;
  readonly enabled: boolean;
  readonly privacyMode: boolean;
  /** What goes out beside what was used and charged (`otlp/span.ts`). */
  readonly visible: { readonly cost: boolean; readonly identity: boolean; readonly requestContext: boolean };
  /** The share of calls that are sent, above 0 and up to 1. */
  readonly samplingRate: number;
  /** Only calls of these keys; null = of all. */
  readonly keyHashes: readonly string[] | null;
  readonly filterRules: FilterRules | null;
  /** Its configuration as JSON, with its secrets, sealed for `placeOf(id)`. */
  readonly sealed: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** Where the sealed configuration stands. */
export const placeOf = (id: string) => ({ table: 'observability_destination', column: 'config', row: id });

/** Where destinations are kept. */
export type DestinationStore = {
  /** Oldest first. */
  readonly list: (
    workspaceId: string,
    page: { readonly offset: number; readonly limit: number },
  ) => Promise<{ readonly destinations: readonly ObservabilityDestination[]; readonly total: number }>;
  readonly find: (accountId: string, id: string) => Promise<ObservabilityDestination | null>;
  /** Those that are sent to. */
  readonly enabled: () => Promise<readonly ObservabilityDestination[]>;
  /** False = its workspace has `most` of its kind. */
  readonly add: (destination: ObservabilityDestination, most: number) => Promise<boolean>;
  /** Puts this in the place of what has its id. False = there is none. */
  readonly change: (destination: ObservabilityDestination) => Promise<boolean>;
  readonly remove: (accountId: string, id: string) => Promise<boolean>;
  /** Hears that something changed, here or in another process. */
  readonly onChange: (listener: () => void) => void;
};
