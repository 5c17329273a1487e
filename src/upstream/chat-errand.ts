import type { Fault } from '../base/fault.ts';
import { ok, type Result } from '../base/result.ts';
import type { World } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import { isContent } from '../call/event.ts';
import type { Loss } from '../call/loss.ts';
import { parametersOf } from '../call/parameters.ts';
import { inOrder } from '../dialects/conversation.ts';
import type { Dialects, UpstreamDialect } from '../dialects/dialect.ts';
import { paired } from '../dialects/paired.ts';
import { bendAnswers } from '../dialects/quirks.ts';
import { suit } from '../dialects/suit.ts';
import { fitIds } from '../dialects/tool-ids.ts';
import { fitNames, type GivenNames, givenReply, givenSteps } from '../dialects/tool-names.ts';
import { holds } from '../dialects/traits.ts';
import type { Target } from '../facts/target.ts';
import { canContinue, chatContinuation, type Rest } from './continuation.ts';
import type { Errand, Translation } from './errand.ts';
import { repeatedPrefill, withoutPrefill } from './prefill.ts';
import { readAnswer } from './read-answer.ts';
import type { Sink } from './read-body.ts';
import { callsFor, joinReplies } from './several-prompts.ts';

/** Fields that endpoints are not listed by and may lose all the same. */
const GATEWAY_FIELDS = ['service_tier', 'plugins', 'preset', 'transforms'];

type Means = { readonly world: World; readonly dialects: Dialects };

/** The call as an endpoint is sent it, where it must not cost more than is held for it. */
export type Limited = (call: Call, target: Target) => Call;
/** The call as an endpoint is sent it, bent by the gateway's own steps around it; what that lost is told. */
export type Bend = (call: Call, target: Target) => { readonly call: Call; readonly losses: readonly Loss[] };
/** `rest` is given where a cut answer is to be gone on with. */
export type Allowed = {
  readonly limited?: Limited | undefined;
  readonly rest?: Rest | undefined;
  readonly bend?: Bend | undefined;
};

/** A chat call: one exchange with any endpoint, streamed if the caller streams; for several prompts one for each where it must be. */
export function chatErrand(means: Means, asked: Call, { limited, rest, bend }: Allowed = {}): Errand<'chat'> {
  return {
    isStreamed: asked.stream,
    isContent: (step) => step.type === 'texts' || isContent(step),
    blobs: asked.blobs ?? [],
    isLarge: asked.isLarge === true,
    parameters: () => (asked.gateway.strict ? 'everything' : [...parametersOf(asked), ...GATEWAY_FIELDS]),
    translate: (target) => {
      const bent = bend?.(asked, target);
      const sent = bent ? bent.call : asked;
      const [call, ...others] = callsFor(limited ? limited(sent, target) : sent, target.endpoint);
      const first = translate(means, call, target, bent?.losses);
      if (!first.ok) return first;
      const rest: Translation<'chat'>[] = [];
      for (const other of others) {
        const translation = translate(means, other, target);
        if (!translation.ok) return translation;
        rest.push(translation.value);
      }
      return ok([first.value, ...rest]);
    },
    join: (replies) => joinReplies(replies, asked.sampling.n ?? 1),
    ...(rest &&
      canContinue(asked) && {
        continuation: chatContinuation(asked, {
          rest,
          translate: (call, target) => {
            const bent = bend?.(call, target);
            return translate(means, bent ? bent.call : call, target, bent?.losses);
          },
          prefills: (endpoint) => holds(means.dialects.of('chat', endpoint.dialect.id).traits.prefill, endpoint),
        }),
      }),
  };
}

function translate(
  { world, dialects }: Means,
  call: Call,
  target: Target,
  before: readonly Loss[] = NO_LOSSES,
): Result<Translation<'chat'>, Fault> {
  const dialect = dialects.of('chat', target.endpoint.dialect.id);
  const suited = suit(call, target.endpoint, dialect.traits);
  if (!suited.ok) return suited;
  const ordered = inOrder(suited.value.call, dialect.traits);
  const whole = paired(ordered);
  const fitted = fitIds(whole?.call ?? ordered, dialect.traits.toolIds(target.endpoint));
  const later = whole ? [...suited.value.losses, ...whole.losses] : suited.value.losses;
  const losses = before.length > 0 ? [...before, ...later] : later;
  const named = fitNames(fitted, dialect.traits.toolNames);
  // What is answered must have other ids than the calls that the provider was sent.
  const known = fitted === suited.value.call ? call : { ...call, messages: fitted.messages };
  const prefill = repeatedPrefill(call, target.endpoint);
  return ok({
    accept: acceptOf(dialect, call),
    assets: () => dialect.assets(call, target),
    quirks: dialect.quirks,
    encode: (assets) => {
      const encoded = dialect.encodeCall(named.call, target, assets);
      return encoded.ok ? ok({ ...encoded.value, losses: [...losses, ...encoded.value.losses] }) : encoded;
    },
    read: (headers, sink) => {
      const told = callersNames(sink, named.given);
      const context = { call: known, target, dialect: bendAnswers(dialect, target, sink.lost), newId: world.newId };
      return readAnswer(context, headers, prefill === undefined ? told : withoutPrefill(told, prefill));
    },
    decodeFault: dialect.decodeFault,
  });
}

const NO_LOSSES: readonly Loss[] = [];

const callersNames = (sink: Sink<'chat'>, given: GivenNames): Sink<'chat'> =>
  given.size === 0
    ? sink
    : {
        events: (steps) => sink.events(givenSteps(steps, given)),
        replied: (reply) => sink.replied(givenReply(reply, given)),
        failed: sink.failed,
        ...(sink.later && { later: sink.later }),
        ...(sink.lost && { lost: sink.lost }),
      };

const ACCEPTED = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  'aws-event-stream': 'application/vnd.amazon.eventstream',
} as const;

/** A whole answer in NDJSON is one line of it. */
function acceptOf({ framing }: UpstreamDialect, call: Call): string {
  if (call.stream) return ACCEPTED[framing];
  return framing === 'ndjson' ? `application/json, ${ACCEPTED.ndjson}` : 'application/json';
}
