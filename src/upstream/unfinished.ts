import { type Fault, fault } from '../base/fault.ts';
import { type JsonObject, parseJson } from '../base/json.ts';
import type { Event } from '../call/event.ts';
import type { FinishReason } from '../call/finish.ts';
import type { AssistantPart } from '../call/message.ts';
import type { Choice, Reply } from '../call/reply.ts';
import { apart, type ChatStep } from '../call/text-run.ts';
import { isOpen } from '../dialects/closed-schema.ts';
import type { UpstreamContext } from '../dialects/dialect.ts';
import { misfitOf } from '../dialects/schema-check.ts';
import type { Target } from '../facts/target.ts';

/**
 * What makes an answer worth no more than an error: its provider ended it with one, or it breaks the schema that was to
 * be kept by an endpoint that cannot constrain. Here of a whole answer, below of a stream.
 */
export function faultOfReply(reply: Reply, context: UpstreamContext): Fault | undefined {
  const schema = schemaToKeep(context);
  return faultOfEnds(reply, context.target) ?? (schema && faultOfSchema(reply, schema));
}

type StepGuard = (steps: ChatStep[]) => ChatStep[];

/** Takes and gives each batch of a stream's steps; what makes the answer worthless ends it with a fault. */
export function createEndGuard(context: UpstreamContext): StepGuard {
  const schema = schemaToKeep(context);
  const guard = guardEnds(context.target);
  return schema ? guardSchema(schema, guard) : guard;
}

/** The schema that nobody but us holds the answer to. No vendor constrains what may have further members. */
function schemaToKeep({ call: { output }, target: { endpoint } }: UpstreamContext): JsonObject | undefined {
  if (output.type !== 'json-schema' || !output.strict) return undefined;
  return endpoint.parameters.has('structured_outputs') && !isOpen(output.schema) ? undefined : output.schema;
}

function faultOfSchema({ choices }: Reply, schema: JsonObject): Fault | undefined {
  for (const { parts, finish } of choices) {
    const broken = faultOfText(parts.map(textOf).join(''), finish, schema);
    if (broken) return broken;
  }
  return undefined;
}

/**
 * The text passes as it comes. A choice is judged by all of it when it ends: what broke its schema never ends well, and
 * behind the vendor's count comes the fault.
 */
function guardSchema(schema: JsonObject, next: StepGuard): StepGuard {
  const texts = new Map<number, string>();
  let broken: Fault | undefined;
  const judged = (event: Event): Event[] => {
    if (event.type === 'text') texts.set(event.choice, (texts.get(event.choice) ?? '') + event.text);
    if (event.type === 'end') return [broken ? { type: 'fault', fault: broken } : event];
    const misfit = event.type === 'finish' && faultOfText(texts.get(event.choice) ?? '', event.reason, schema);
    if (!misfit) return [event];
    broken ??= misfit;
    return [];
  };
  return (steps) => next(apart(steps).flatMap(judged));
}

/** A model that stops may still decline in words; what begins as JSON must be what was asked for. */
function faultOfText(text: string, finish: FinishReason, schema: JsonObject): Fault | undefined {
  if (finish !== 'stop') return undefined;
  const value = parseJson(text);
  const broken = value === undefined ? (BEGINS_AS_JSON.test(text) ? '/: not JSON' : null) : misfitOf(schema, value);
  if (broken === null) return undefined;
  return fault('upstream_schema_mismatch', `The answer does not fit the schema that was asked for (${broken}).`);
}

const BEGINS_AS_JSON = /^\s*[{[]/;
const textOf = (part: AssistantPart): string => (part.type === 'text' ? part.text : '');

/** An answer that its provider ended with an error is no success, whatever the status said; of several choices one may stand. */
function faultOfEnds({ choices }: Reply, target: Target): Fault | undefined {
  const [first] = choices;
  return first && choices.every(hasFailed) ? unfinished(first.nativeFinish, target) : undefined;
}

const hasFailed = ({ finish }: Choice): boolean => finish === 'error';

function guardEnds(target: Target): StepGuard {
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
