import type { Fault } from '../../base/fault.ts';
import type { Call } from '../../call/call.ts';
import { takesGatewayFields } from '../../dialects/gateway-options.ts';
import { runsSearch } from '../../dialects/web-search.ts';
import type { Plan } from '../../facts/plan.ts';
import type { Target } from '../../facts/target.ts';
import type { OpenPlugin } from '../../plugins/open.ts';
import { type Bend, chatErrand } from '../../upstream/chat-errand.ts';
import { passedOn } from '../../upstream/passed-on.ts';
import type { Gateway } from '../gateway.ts';
import type { AskedOperations } from '../legs/ask.ts';
import type { Nesting } from '../legs/nesting.ts';
import { equipped, exposingWith, isRunByHost, type Listed } from '../legs/offered.ts';
import type { Stop } from '../legs/stop.ts';
import { growTree, type Tree } from '../legs/tree.ts';
import type { Operation } from '../operation.ts';
import { type ChatDelivery, createDelivery } from './delivery.ts';
import { goesOn, restOf } from './go-on.ts';
import { plainChat } from './plain.ts';

/** What a call has beside its model: plugins around it, tools that the gateway runs. */
export type Extension = {
  readonly gateway: Gateway;
  readonly plugins: readonly OpenPlugin[];
  readonly listed: Listed;
  readonly stop: Stop;
  /** What tools and plugins may ask models with, and where the call stands. */
  readonly operations: AskedOperations;
  readonly nesting: Nesting;
};

/** The life of a chat with these plugins and tools: the ordinary one, with their hooks in their places. */
export function chatWith(extension: Extension): Operation<'chat'> {
  const { gateway, plugins, listed } = extension;
  const { offered } = listed;
  const exposing = exposingWith(gateway, offered);
  return {
    ...plainChat,
    sizeOf: (call) => {
      const size = plainChat.sizeOf(call);
      const longestPromptTokens = plugins.reduce(
        (tokens, { hooks }) => hooks.fits?.(tokens) ?? tokens,
        size.longestPromptTokens,
      );
      return { ...size, longestPromptTokens };
    },
    suit: (decided, call) => servedPlan(extension, call, decided),
    ...(offered.length > 0 && {
      exposedOf: (call, { promptTokens }) => ({
        exposures: exposing(call, promptTokens),
        call,
        times: goesOn(gateway, call) ? (2 as const) : (1 as const),
      }),
    }),
    ...legsOf(extension, exposing),
  };
}

type Legs = Pick<Operation<'chat'>, 'begin' | 'carry'>;

function legsOf(extension: Extension, exposing: ReturnType<typeof exposingWith>): Legs {
  const { gateway, plugins, listed, stop, operations, nesting } = extension;
  const { offered } = listed;
  const bend = bendOf(extension);
  let tree: Tree | null = null;
  let delivery: ChatDelivery | null = null;
  const grows = offered.length > 0 || plugins.some(({ hooks }) => hooks.ahead);
  const begin: Legs['begin'] = (context, means) => {
    const { call } = context.request;
    const own = createDelivery(context, means, grows ? (steps) => tree?.shown(steps) ?? steps : undefined);
    delivery = own;
    const rest = goesOn(gateway, call) ? restOf(call, own, means.allowance) : undefined;
    const errand = chatErrand(gateway, call, { limited: means.allowance?.limited, rest, bend });
    const ended: ChatDelivery['ended'] = (outcome) => (tree ? tree.ended(outcome, own.ended) : own.ended(outcome));
    return { errand, delivery: { ...own, ended } };
  };
  if (!grows) return { begin };
  return {
    begin,
    carry: (context, carrying) => {
      if (!delivery) throw new Error('a call is carried once it has begun');
      const own = delivery;
      tree = growTree({
        context,
        carrying,
        delivery: own,
        offered,
        stop,
        exposing,
        operations,
        nesting,
        works: plugins.flatMap(({ id, hooks: { ahead } }) =>
          ahead
            ? [
                (call: Call) => {
                  const [first] = context.decided.candidates;
                  const searchesItself = first !== undefined && doesItself(gateway, call, id, first);
                  const work = ahead(call, { searchesItself });
                  return work && { id, ahead: work };
                },
              ]
            : [],
        ),
        errandOf: (call, allowance) => {
          const rest = goesOn(gateway, call) ? restOf(call, own, allowance) : undefined;
          const errand = chatErrand(gateway, call, { limited: allowance?.limited, rest, bend });
          return passedOn(errand, context.request);
        },
      });
      return tree;
    },
  };
}

/** The call as an endpoint is sent it: bent by plugins, with functions for what its host does not run itself. */
function bendOf({ gateway, plugins, listed: { offered } }: Extension): Bend | undefined {
  const bends: Bend[] = plugins.flatMap(({ hooks }) => (hooks.leg ? [hooks.leg] : []));
  if (offered.length > 0) bends.push((call, target) => equipped(gateway, call, offered, target));
  if (bends.length === 0) return undefined;
  return (call, target) => {
    let bent: ReturnType<Bend> = { call, losses: [] };
    for (const one of bends) {
      const next = one(bent.call, target);
      bent = { call: next.call, losses: [...bent.losses, ...next.losses] };
    }
    return bent;
  };
}

/** Does this endpoint's host do what the plugin would: as a gateway like this one, or by a search of its own? */
function doesItself(gateway: Gateway, call: Call, plugin: string, { endpoint }: Target): boolean {
  const { traits } = gateway.dialects.of('chat', endpoint.dialect.id);
  return takesGatewayFields(endpoint) || (plugin === 'web' && runsSearch(call, endpoint, traits.webSearch));
}

/** The plan without endpoints that cannot do what is missing here; its fault says what that is, if none is left. */
function servedPlan({ gateway, plugins, listed: { missing } }: Extension, call: Call, decided: Plan): Plan {
  const needs: { readonly fault: Fault; readonly isServed: (target: Target) => boolean }[] = [
    ...missing.map((one) => ({
      fault: one.fault,
      isServed: (target: Target) => isRunByHost(gateway, call, one, target),
    })),
    ...plugins.flatMap(({ id, hooks }) =>
      hooks.missing
        ? [{ fault: hooks.missing, isServed: (target: Target) => doesItself(gateway, call, id, target) }]
        : [],
    ),
  ];
  const [first] = needs;
  if (!first || decided.fault) return decided;
  const candidates = decided.candidates.filter((candidate) => needs.every(({ isServed }) => isServed(candidate)));
  return candidates.length > 0 ? { ...decided, candidates } : { ...decided, candidates, fault: first.fault };
}
