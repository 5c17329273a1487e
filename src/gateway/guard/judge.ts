import type { OperationId } from '../../call/operation.ts';
import type { RunOutcome } from '../../upstream/run.ts';
import type { CallRequest, Ended } from '../receipt.ts';
import { screenReply } from './reply.ts';

type Over<O extends OperationId> = { readonly outcome: RunOutcome<O>; readonly ended: Ended };

/**
 * A call that is over, as its guardrails let it be seen. What they end is billed all the same: its provider has done the
 * work, and the rules are the account's own.
 */
export function judged<O extends OperationId>(
  operation: O,
  { call, watch }: CallRequest<O>,
  { outcome, ended }: Over<O>,
): Over<O> {
  if (!watch || outcome.kind !== 'replied' || ended.fault) return { outcome, ended };
  const { reply, blocked } = screenReply(operation, { reply: outcome.reply, call }, watch);
  if (blocked) return { outcome, ended: { ...ended, state: 'interrupted', fault: blocked } };
  return { outcome: { ...outcome, reply }, ended };
}
