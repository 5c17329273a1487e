import type { Call } from '../../call/call.ts';
import { estimatePrompt } from '../../metering/estimate.ts';
import { exposuresOf } from '../../metering/exposure.ts';
import type { Rest } from '../../upstream/continuation.ts';
import type { Allowance } from '../allowance.ts';
import type { Gateway } from '../gateway.ts';
import type { ChatDelivery } from './delivery.ts';
import { spent, writtenIn } from './legs.ts';

/** Is this answer to be gone on with, should it be cut? As the caller says, or else the operator. */
export const goesOn = ({ defaults }: Gateway, call: Call): boolean =>
  (call.gateway.onCut ?? defaults.onCut) === 'continue';

/** The call that goes on with a cut answer: as long as what is left of the length asked for, and of the money held. */
export function restOf(asked: Call, delivery: ChatDelivery, allowance: Allowance | null): Rest {
  return (call, target) => {
    const legs = delivery.legs();
    const shortened = shorter(call, asked, writtenIn(legs));
    if (!shortened || !allowance) return shortened;
    const exposures = exposuresOf(shortened, estimatePrompt(shortened));
    return allowance.rest({ exposures, call: shortened }, target, spent(legs));
  };
}

function shorter(call: Call, { maxOutputTokens }: Call, written: number): Call | null {
  if (maxOutputTokens === undefined) return call;
  return maxOutputTokens > written ? { ...call, maxOutputTokens: maxOutputTokens - written } : null;
}
