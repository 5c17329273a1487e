import type { Fault } from '../base/fault.ts';
import type { OperationId } from '../call/operation.ts';
import type { Provider } from '../catalog/provider.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { CredentialState } from './credentials.ts';
import type { Tried } from './keyring.ts';
import type { State } from './run-state.ts';

/** The key that the next request of this run goes with. */
export function takeKey<O extends OperationId>(state: State<O>, provider: Provider): CredentialState {
  const taken = state.dependencies.keyring.choose(provider, triedBy(state));
  state.key = taken.ready ? taken.credential : null;
  state.keyOf = taken.ready && taken.others.length > 0 ? provider : null;
  return taken;
}

/** What an attempt says of its key, where its provider has several. */
export const keyTold = <O extends OperationId>({ key, keyOf }: State<O>): Pick<Attempt, 'key'> =>
  keyOf && key ? { key: key.variable } : {};

/** The key was refused and rests; the same endpoint is asked with another one, if there is one. */
export function turnsToAnotherKey<O extends OperationId>(state: State<O>, value: Fault): boolean {
  const { key, keyOf, refusedKeys, dependencies } = state;
  if (!key || !keyOf) return false;
  refusedKeys.add(key);
  state.turnsKey = dependencies.keyring.refused(keyOf, key, value, triedBy(state));
  if (!state.turnsKey) refusedKeys.delete(key);
  return state.turnsKey;
}

const triedBy = <O extends OperationId>({ request, refusedKeys }: State<O>): Tried => ({
  conversation: request.conversation ?? null,
  tried: refusedKeys,
});
