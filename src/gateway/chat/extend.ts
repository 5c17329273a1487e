import { type Fault, fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import { estimatePrompt } from '../../metering/estimate.ts';
import { type OpenPlugin, openPlugins, withoutDone } from '../../plugins/open.ts';
import type { Bend } from '../../upstream/chat-errand.ts';
import type { Gateway } from '../gateway.ts';
import { handleOf } from '../handle-of.ts';
import type { CallHandle, CallListener, Operation } from '../operation.ts';
import { perform, refuse } from '../perform.ts';
import type { CallRequest } from '../receipt.ts';
import { beginChat, plainChat } from './plain.ts';

type Request = CallRequest<'chat'>;
type Listener = CallListener<'chat'>;

/** A chat with plugins around it. Null = none of those that it names works on it. */
export function extend(gateway: Gateway, request: Request, listener: Listener): CallHandle | null {
  const { call } = request;
  const opened = openPlugins(call, {
    world: gateway.world,
    catalog: gateway.catalog(),
    promptTokensOf: estimatePrompt,
  });
  if (!opened.ok) return refuse({ gateway, operation: plainChat, request, listener }, opened.error);
  const plugins = opened.value;
  if (plugins.length === 0) return null;
  const operation = chatWith(plugins);
  const hearing = listeningWith(plugins, listener);
  const go = (bent: Result<Call, Fault>): CallHandle =>
    bent.ok
      ? perform(gateway, operation, { ...request, call: bent.value, cache: undefined }, hearing)
      : refuse({ gateway, operation: plainChat, request, listener }, bent.error);
  const bent = throughCalls(gateway, withoutDone(call), plugins);
  if (!(bent instanceof Promise)) return go(bent);
  let isGone = false;
  const handle = handleOf(
    bent,
    (value) => (isGone ? refuse({ gateway, operation: plainChat, request, listener }, GONE) : go(value)),
    (cause) => {
      gateway.log('a plugin failed', cause);
      refuse({ gateway, operation: plainChat, request, listener }, fault('server', 'Internal Server Error'));
    },
  );
  return {
    ...handle,
    cancel: () => {
      isGone = true;
      handle.cancel();
    },
  };
}

const GONE = fault('cancelled', 'The request was cancelled.');

/** Through the hooks `call`, one after the other; a promise only where one of them is one. */
function throughCalls(
  gateway: Gateway,
  call: Call,
  plugins: readonly OpenPlugin[],
  from = 0,
): Result<Call, Fault> | Promise<Result<Call, Fault>> {
  let bent: Result<Call, Fault> = ok(call);
  for (const [index, { id, hooks }] of plugins.entries()) {
    if (index < from || !hooks.call || !bent.ok) continue;
    const next = hooks.call(bent.value);
    if (next instanceof Promise)
      return inTime(gateway, id, next).then((value) =>
        value.ok ? throughCalls(gateway, value.value, plugins, index + 1) : value,
      );
    bent = next;
  }
  return bent;
}

/** What takes longer has failed; what it says later is not heard. */
function inTime(gateway: Gateway, id: string, working: Promise<Result<Call, Fault>>): Promise<Result<Call, Fault>> {
  return new Promise((resolve, reject) => {
    const late = fault('upstream_timeout', `The plugin ${id} did not finish within ${LIMITS.plugin_ms} ms.`);
    const stop = gateway.world.after(LIMITS.plugin_ms, () => resolve({ ok: false, error: late }));
    working.finally(stop).then(resolve, reject);
  });
}

/** The same life, with the hooks `fits` and `leg` in their places. */
function chatWith(plugins: readonly OpenPlugin[]): Operation<'chat'> {
  const bends = plugins.flatMap(({ hooks }) => (hooks.leg ? [hooks.leg] : []));
  const bend: Bend | undefined =
    bends.length === 0
      ? undefined
      : (call, target) => {
          let bent: ReturnType<Bend> = { call, losses: [] };
          for (const one of bends) {
            const next = one(bent.call, target);
            bent = { call: next.call, losses: [...bent.losses, ...next.losses] };
          }
          return bent;
        };
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
    begin: (context, means) => beginChat(context, means, bend),
  };
}

/** What the caller hears has passed the hooks `events` and `answer`. */
function listeningWith(plugins: readonly OpenPlugin[], listener: Listener): Listener {
  const passing = plugins.flatMap(({ hooks }) => (hooks.events ? [hooks.events] : []));
  const answering = plugins.flatMap(({ hooks }) => (hooks.answer ? [hooks.answer] : []));
  if (passing.length + answering.length === 0) return listener;
  return {
    ...listener,
    events: (steps, target) => {
      const passed = passing.reduce((some, hook) => hook(some), steps);
      if (passed.length > 0) listener.events(passed, target);
    },
    done: (result) =>
      listener.done(
        result.kind === 'replied'
          ? { ...result, reply: answering.reduce((reply, hook) => hook(reply), result.reply) }
          : result,
      ),
  };
}
