import type { Owner } from '../../facts/scope.ts';

/**
 * What is watched. `budget`: a share of what may be spent is gone (0.8 = four fifths), of one owner or, with null, of the
 * account and those of its workspaces and keys that were used today. `error_rate`: such a share of the account's calls
 * failed within so many minutes, of at least so many. `outage`: no endpoint of a provider answered such a share of what it
 * was asked in the last five minutes.
 */
export type Watched =
  | { readonly kind: 'budget'; readonly threshold: number; readonly owner: Owner | null }
  | {
      readonly kind: 'error_rate';
      readonly threshold: number;
      readonly minutes: number;
      readonly requestsMin: number;
    }
  | { readonly kind: 'outage'; readonly threshold: number };
export const ALERT_KINDS = ['budget', 'error_rate', 'outage'] as const satisfies readonly Watched['kind'][];

/** Something that managers of an account want to be told of. */
export type Alert = {
  /** A UUID. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly watched: Watched;
  /** People of the account that are written to. */
  readonly mails: readonly string[];
  /** Where it is posted to, sealed for `placeOf(id)`; null = nowhere. */
  readonly sealedUrl: string | null;
  /** What it is raised for, by the names of `gateway/alerts/check.ts`; empty = it is not. */
  readonly raised: readonly string[];
  /** What was said when it was raised last, and when, in milliseconds since 1970. */
  readonly words: string;
  readonly raisedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export const placeOf = (id: string) => ({ table: 'alert', column: 'url', row: id });

/** `to`: an address for mail, or `webhook`. */
export type Telling = {
  readonly to: string;
  readonly state: 'waiting' | 'sent' | 'failed';
  /** Why it has failed, or why it waits again. */
  readonly why?: string;
};
export type AlertEventKind = 'raised' | 'resolved' | 'test';
/** Something that happened to an alert, and who was told of it. */
export type AlertEvent = {
  readonly id: string;
  readonly accountId: string;
  readonly alertId: string;
  readonly at: number;
  readonly kind: AlertEventKind;
  readonly words: string;
  readonly tellings: readonly Telling[];
  readonly tries: number;
};

/** An alert's state as it was seen and as it is to be; `event` = what is to be told. */
export type AlertTurn = {
  readonly alert: Alert;
  readonly raised: readonly string[];
  readonly event: AlertEvent | null;
};

export type AlertStore = {
  /** Oldest first. */
  readonly list: (accountId: string) => Promise<readonly Alert[]>;
  /** Another account's is none. */
  readonly find: (accountId: string, id: string) => Promise<Alert | null>;
  /** Those that are switched on, of all accounts. */
  readonly enabled: () => Promise<readonly Alert[]>;
  /** False = the account has so many already. */
  readonly add: (alert: Alert, most: number) => Promise<boolean>;
  /** All but its state. False = it is gone. */
  readonly change: (alert: Alert) => Promise<boolean>;
  readonly remove: (accountId: string, id: string) => Promise<boolean>;
  /** With its event, or not at all: false = somebody else has turned it since it was read, or it is gone. */
  readonly turn: (turn: AlertTurn) => Promise<boolean>;
  /** The newest first, at most so many; an account keeps some hundreds of each alert. */
  readonly events: (accountId: string, alertId: string, limit: number) => Promise<readonly AlertEvent[]>;
  /** Events that wait to be told, which nobody else takes for so long. */
  readonly claim: (now: number, forMs: number, limit: number) => Promise<readonly AlertEvent[]>;
  /** What became of it; `againAt` = when what waits is tried again. */
  readonly told: (event: AlertEvent, againAt: number | null) => Promise<void>;
};
