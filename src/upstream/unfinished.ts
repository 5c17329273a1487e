import { type Fault, fault } from '../base/fault.ts';
import { parseJson } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Event } from '../call/event.ts';
import type { AssistantPart } from '../call/message.ts';
import type { Choice, Reply } from '../call/reply.ts';
import type { UpstreamContext } from '../dialects/dialect.ts';
import { misfitOf } from '../dialects/schema-check.ts';
import type { Target } from '../facts/target.ts';

/**
 * What makes a whole answer worth no more than an error: its provider ended it with one, or it breaks the schema that was
 * to be kept by an endpoint that cannot constrain. A stream has been seen by then, so it is not held to its schema.
 */
export const faultOfReply = (reply: Reply, { call, target }: UpstreamContext): Fault | undefined =>
  faultOfEnds(reply, target) ?? faultOfSchema(reply, call, target);

function faultOfSchema({ choices }: Reply, { output }: Call, { endpoint }: Target): Fault | undefined {
  if (output.type !== 'json-schema' || !output.strict || endpoint.parameters.has('structured_outputs'))
    return undefined;
  for (const { parts, finish } of choices) {
    const value = finish === 'stop' ? parseJson(parts.map(textOf).join('')) : undefined;
    const broken = value === undefined ? null : misfitOf(output.schema, value);
    if (broken !== null)
      return fault('upstream_malformed', `The answer does not fit the schema that was asked for (${broken}).`);
  }
  return undefined;
}

const textOf = (part: AssistantPart): string => (part.type === 'text' ? part.text : '');

/** An answer that its provider ended with an error is no success, whatever the status said; of several choices one may stand. */
function faultOfEnds({ choices }: Reply, target: Target): Fault | undefined {
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
