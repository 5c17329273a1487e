import type { Place } from './envelope.ts';

/** What is sealed, as it is kept. */
export type Sealed = { readonly place: Place; readonly envelope: string };

/** The sealed texts of a store, and which master is the store's: whoever holds it may name the next one. */
export type SecretStore = {
  /** The id of the store's master; null = nobody has named one. */
  readonly master: () => Promise<string | null>;
  /**
   * Names this one, if the store has none or has one of `held`; answers which it has from now on. Whoever has another
   * secret than the store's, as a second machine that has made itself one, learns it here.
   */
  readonly name: (master: string, held: readonly string[]) => Promise<string>;
  /** Those that are not sealed by this master, in an order that stays; `after` = behind the last that was seen. */
  readonly sealedByOthers: (master: string, after: Place | null, limit: number) => Promise<readonly Sealed[]>;
  /** Puts another envelope in the place of this one. False = it is not there any more, or was changed meanwhile. */
  readonly replace: (sealed: Sealed, envelope: string) => Promise<boolean>;
  /** Tells every process that the secrets have changed, wherever they are read from. */
  readonly announce: () => Promise<void>;
  readonly onChange: (listener: () => void) => void;
};
