import type { Hidden } from '../base/hidden.ts';

/** A key at a provider that the caller's account pays for itself (BYOK), as far as a plan is decided by it. */
export type OwnKey = {
  /** A UUID; `inline` where the request brought it along. */
  readonly id: string;
  /** The provider's slug. */
  readonly provider: string;
  /** The models that it is for, by their ids; null = all. */
  readonly models: readonly string[] | null;
  /** Tried after the operator's. */
  readonly isFallback: boolean;
  /** The operator's are not tried for the models that it is for. */
  readonly isRequired: boolean;
  /** The operator's are not tried for any model of its provider. */
  readonly isByokOnly: boolean;
  /** What the account says of its own contract: no prompt is kept. Null = the provider's own word counts. */
  readonly declaredZdr: boolean | null;
  /** What of the list price such a call is charged, in millionths. */
  readonly feePpm: number;
};

/** The same with what signs requests. */
export type HeldKey = OwnKey & {
  /** What it is called where it must not be shown. */
  readonly label: string;
  readonly secret: Hidden;
};

export const NO_OWN_KEYS: readonly HeldKey[] = Object.freeze([]);

export const isFor = ({ provider, models }: OwnKey, slug: string, modelId: string): boolean =>
  provider === slug && (models === null || models.includes(modelId));
