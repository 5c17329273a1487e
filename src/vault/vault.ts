import { type Fault, fault } from '../base/fault.ts';
import { Hidden } from '../base/hidden.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { masterIdOf, open, type Place, seal } from './envelope.ts';
import { type Master, masterOf } from './master.ts';

/** Secrets that are kept, sealed: what others of an account, a copy of the store or a log see of them is of no use. */
export type Vault = {
  /** Which master seals now. Null = nothing can be kept here. */
  readonly current: () => Master | null;
  readonly seal: (place: Place, secret: Hidden) => Result<string, Fault>;
  /** Why not is for the operator: the master is not known here, or the envelope is another place's or damaged. */
  readonly open: (place: Place, envelope: string) => Result<Hidden, Unopened>;
};
export type Unopened = 'no such master' | 'not sealed here';

/** The master secrets that this process has been given; the first one seals, all of them open. */
export type Secrets = readonly string[];

/** 32 random bytes in hex. */
type NewRandom = () => string;

const NOTHING_KEPT: Fault = Object.freeze(
  fault(
    'server',
    'This gateway can keep no secrets at the moment: its master secret is missing or is not the one of its store.',
  ),
);

/** Where the secrets stand may have changed since they were read: they are read again at most this often. */
const READ_AGAIN_MS = 1_000;

/**
 * `read`: the secrets as they are now; read again when an envelope is met whose master is not known, as it is where
 * another process has just changed it. `isAccepted`: do these secrets belong to the store?
 */
export function openVault(parts: {
  readonly read: () => Secrets;
  readonly newRandom: NewRandom;
  readonly now: () => number;
  readonly isAccepted?: () => boolean;
}): Vault & { readonly refresh: () => void; readonly ids: () => readonly string[] } {
  const { read, newRandom, now, isAccepted = () => true } = parts;
  let masters: readonly Master[] = read().map(masterOf);
  let readAt = now();
  const refresh = (): void => {
    readAt = now();
    masters = read().map(masterOf);
  };
  const find = (id: string): Master | undefined => masters.find((master) => master.id === id);
  const known = (id: string): Master | undefined => {
    const master = find(id);
    if (master || now() - readAt < READ_AGAIN_MS) return master;
    refresh();
    return find(id);
  };
  const current = (): Master | null => {
    const [master] = masters;
    return master && isAccepted() ? master : null;
  };
  return {
    current,
    refresh,
    ids: () => masters.map(({ id }) => id),
    seal: (place, secret) => {
      const master = current();
      if (!master) return failed(NOTHING_KEPT);
      return ok(seal(master, place, secret.reveal(), Buffer.from(newRandom(), 'hex')));
    },
    open: (place, envelope) => {
      const id = masterIdOf(envelope);
      if (id === null) return failed('not sealed here');
      const master = known(id);
      if (!master) return failed('no such master');
      const text = open(master, place, envelope);
      return text === null ? failed('not sealed here') : ok(new Hidden(text));
    },
  };
}

/** Keeps nothing and opens nothing: where there are no secrets, in tests and simulations. */
export const NO_VAULT: Vault = {
  current: () => null,
  seal: () => failed(NOTHING_KEPT),
  open: () => failed('no such master'),
};
