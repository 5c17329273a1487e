import { type Fault, fault } from '../base/fault.ts';
import type { Event } from '../call/event.ts';
import type { Choice, Reply } from '../call/reply.ts';
import type { Target } from '../facts/target.ts';

/** An answer that its provider ended with an error is no success, whatever the status said; of several choices one may stand. */
export function faultOfReply({ choices }: Reply, target: Target): Fault | undefined {
  const [first] = choices;
  return first && choices.every(hasFailed) ? unfinished(first.nativeFinish, target) : undefined;
}

const hasFailed = ({ finish }: Choice): boolean => finish === 'error';

/** The same for a stream: its end becomes a fault. Takes and gives each batch of events. */
export function createEndGuard(target: Target): (events: Event[]) => Event[] {
  let failed: { readonly native: string | null } | null = null;
  let stands = false;
  return (events) => {
    for (const event of events) {
      if (event.type !== 'finish') continue;
      if (event.reason === 'error') failed ??= event;
      else stands = true;
    }
    if (!failed || stands || events.at(-1)?.type !== 'end') return events;
    return events.with(-1, { type: 'fault', fault: unfinished(failed.native, target) });
  };
}

function unfinished(native: string | null, { endpoint: { provider } }: Target): Fault {
  const word = native === null ? '' : ` (${native})`;
  return fault('upstream_server_error', `${provider.name} could not finish its answer${word}.`, {
    upstream: { provider: provider.name, ...(native !== null && { code: native }) },
  });
}
