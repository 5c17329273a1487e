import type { OperationId } from '../call/operation.ts';
import type { Candidate } from '../facts/plan.ts';
import * as faults from './attempt-faults.ts';
import type { Failure } from './retry.ts';
import type { State } from './run-state.ts';

/**
 * What has gone down since the plan was made, or is being probed by another caller, is left for what is up; where asking
 * would only cost seconds, the caller is told at once that it is down. An account's own key that was refused lately is
 * left for whatever follows. Null = it is to be asked.
 */
export function restOf<O extends OperationId>(state: State<O>, candidate: Candidate): Failure | null {
  const { endpoint, model, payer } = candidate;
  const failed = (fault: Failure['fault']): Failure => ({ fault, model: model.id, provider: endpoint.provider.name });
  const { health, keyring } = state.dependencies;
  const later = (): readonly Candidate[] => state.request.plan.candidates.slice(state.index + 1);
  const restsMs = payer ? keyring.ownRestsMs(payer) : 0;
  if (restsMs > 0 && later().length > 0) return failed(faults.ownKeyRests(endpoint.provider.name, restsMs));
  const { gate, againInMs } = health.gate(endpoint.id);
  if (gate === 'open' || gate === 'probe' || state.retried === state.index || state.answers.length > 0) return null;
  const isAnyUp = later().some((other) => ['open', 'probe'].includes(health.gate(other.endpoint.id).gate));
  if (gate === 'doubtful' && !isAnyUp) return null;
  return failed(faults.resting(endpoint.provider.name, againInMs));
}
