import type { Fault } from '../base/fault.ts';
import type { OperationId } from '../call/operation.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { Candidate } from '../facts/plan.ts';
import type { Target } from '../facts/target.ts';
import type { AttemptEnd } from './attempt.ts';
import type { CredentialState } from './credentials.ts';
import type { Tried } from './keyring.ts';
import type { State } from './run-state.ts';

/** The key that the next request of this run goes with: the account's own where the plan says so. */
export function takeKey<O extends OperationId>(state: State<O>, { endpoint, payer }: Candidate): CredentialState {
  const { provider } = endpoint;
  if (payer) {
    const own = state.dependencies.keyring.own(payer, provider);
    state.key = own.ready ? own.credential : null;
    state.keyOf = null;
    return own;
  }
  const taken = state.dependencies.keyring.choose(provider, triedBy(state));
  state.key = taken.ready ? taken.credential : null;
  state.keyOf = taken.ready && taken.others.length > 0 ? provider : null;
  return taken;
}

/** An attempt with what it says of its key, where its provider has several or the account its own. */
export function withKeyTold<O extends OperationId>(attempt: Attempt, state: State<O>, { payer }: Target): Attempt {
  const { key, keyOf } = state;
  if (payer) return { ...attempt, key: key?.variable ?? payer.id, byok: true };
  return keyOf && key ? { ...attempt, key: key.variable } : attempt;
}

/** What was asked, and who pays there. */
export const targetOf = ({ endpoint, model, payer }: Candidate): Target =>
  payer ? { endpoint, model, payer } : { endpoint, model };

/** What a fault of a request with an account's own key is told as; the key rests where it was refused. */
export function ownRefusal<O extends OperationId>(
  { dependencies, key }: State<O>,
  { payer }: Target,
  end: AttemptEnd,
): Fault | null {
  if (!payer || end.kind !== 'failed') return null;
  const value = end.fault;
  if (!dependencies.keyring.ownRefused(payer, value)) return null;
  return { ...value, message: `Your own key ${key?.variable ?? ''} was refused. ${value.message}` };
}

/** The key was refused and rests; the same endpoint is asked with another one, if there is one. */
export function turnsToAnotherKey<O extends OperationId>(state: State<O>, end: AttemptEnd): boolean {
  if (end.kind !== 'failed') return false;
  const value = end.fault;
  const { key, keyOf, refusedKeys, dependencies } = state;
  if (!key || !keyOf) return false;
  state.refusedKeys = new Set([...refusedKeys, key]);
  state.turnsKey = dependencies.keyring.refused(keyOf, key, value, triedBy(state));
  if (!state.turnsKey) state.refusedKeys = refusedKeys;
  return state.turnsKey;
}

/** A host that grants nothing more means the key where there are several, else the endpoint. */
export function noteSpent<O extends OperationId>(
  { dependencies, key, keyOf }: State<O>,
  { endpoint, payer }: Target,
  ms: number,
): void {
  if (payer) dependencies.keyring.ownSpent(payer, ms);
  else if (key && keyOf) dependencies.keyring.spent(key, ms);
  else dependencies.health.spent(endpoint.id, ms);
}

const triedBy = <O extends OperationId>({ request, refusedKeys }: State<O>): Tried => ({
  conversation: request.conversation ?? null,
  tried: refusedKeys,
});
