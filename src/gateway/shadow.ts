import { firstWorkspace, OWNER_ACCOUNT_ID } from '../access/owner.ts';
import { LIMITS } from '../base/limits.ts';
import type { CallOf, OperationId } from '../call/operation.ts';
import type { Caller } from '../facts/caller.ts';
import type { Given, Rule } from '../facts/policy.ts';
import type { Receipt } from '../facts/receipt.ts';
import { accountScope, keyScope, workspaceScope } from '../facts/scope.ts';
import type { Gateway } from './gateway.ts';
import type { CallHandle, CallListener, Operation } from './operation.ts';
import type { CallRequest } from './receipt.ts';

/** As `perform`, which would otherwise be in a circle with this. */
type Perform = <O extends OperationId>(
  gateway: Gateway,
  operation: Operation<O>,
  request: CallRequest<O>,
  listener: CallListener<O>,
) => CallHandle;

/** Operations that do nothing but answer. */
const CAST: ReadonlySet<OperationId> = new Set<OperationId>(['chat', 'embeddings', 'rerank']);

/** What the calls of a shadow are booked on; its daily limit is a budget of this key. */
export const shadowKeyOf = (policy: string): string => `shadow/${policy}`;

let underWay = 0;

/**
 * Hears of a call and, once it is answered in full, asks it a second time as its policy says: nobody waits for that, it
 * is paid by the operator, and its answer is dropped. What may not be sent to a host for the first call is not for the
 * second. Calls that would do more than answer, or are large, cast none.
 */
export function shadowed<O extends OperationId>(
  gateway: Gateway,
  operation: Operation<O>,
  request: CallRequest<O>,
  listener: CallListener<O>,
  perform: Perform,
): CallListener<O> {
  const { shadow } = request;
  // What guardrails do to prompts is done for the caller's own calls.
  if (
    !shadow ||
    request.caller.guard ||
    !isCastBy(operation.id, request.call) ||
    gateway.world.random() >= shadow.share
  )
    return listener;
  let receipt: Receipt | null = null;
  return {
    ...listener,
    settled: (settled) => {
      receipt = settled;
      listener.settled(settled);
    },
    done: (result) => {
      listener.done(result);
      if (receipt?.state !== 'completed' || underWay >= LIMITS.shadows_at_once_max) return;
      underWay++;
      gateway.world.after(0, () => cast(gateway, operation, shadowOf(gateway, request, shadow), perform));
    },
  };
}

function cast<O extends OperationId>(
  gateway: Gateway,
  operation: Operation<O>,
  request: CallRequest<O>,
  perform: Perform,
): void {
  const over = (): void => {
    underWay--;
  };
  try {
    perform(gateway, operation, request, {
      events: () => {},
      settled: () => {},
      done: (result) => {
        over();
        if (result.kind === 'replied') result.release?.();
      },
    });
  } catch (cause) {
    over();
    gateway.log('a shadow could not be cast', cause);
  }
}

function isCastBy<O extends OperationId>(operation: O, call: CallOf<O>): boolean {
  if (!CAST.has(operation) || call.isLarge || call.blobs?.length || call.gateway.plugins?.length) return false;
  return !('tools' in call) || call.tools.every(({ type }) => type === 'function');
}

type Shadow = NonNullable<CallRequest<OperationId>['shadow']>;

function shadowOf<O extends OperationId>(
  { world }: Pick<Gateway, 'world'>,
  { call, caller, policy, clientDialect, id }: CallRequest<O>,
  { policy: name, model, preferences }: Shadow,
): CallRequest<O> {
  const { user: _user, sessionId: _session, ...unnamed } = call;
  return {
    id: world.newId('gen'),
    call: {
      ...unnamed,
      model: model ?? call.model,
      models: [],
      gateway: { provider: preferences },
    } as unknown as CallOf<O>,
    clientDialect,
    caller: shadowCaller(name, [...(policy?.rules ?? caller.rules ?? []), ...ruleOfRequest(call, policy?.given ?? {})]),
    app: null,
    userAgent: null,
    shadowOf: id,
    receivedAt: world.now(),
    begunAt: world.elapsed(),
  };
}

function shadowCaller(policy: string, rules: readonly Rule[]): Caller {
  const keyId = shadowKeyOf(policy);
  const { id: workspaceId } = firstWorkspace(OWNER_ACCOUNT_ID);
  return {
    keyId,
    keyLabel: keyId,
    accountId: OWNER_ACCOUNT_ID,
    workspaceId,
    scopes: [keyScope(keyId), workspaceScope(workspaceId), accountScope(OWNER_ACCOUNT_ID)],
    rules,
  };
}

/** What a caller forbids for a call is forbidden for its shadow; what a policy filled in is not the caller's. */
function ruleOfRequest<O extends OperationId>(
  { gateway: { provider = {} } }: CallOf<O>,
  given: Given,
): readonly Rule[] {
  const { only, ignore, zdr, data_collection } = provider;
  const rule: Rule = {
    source: 'the request',
    ...(only && !given.only && { only }),
    ...(ignore && !given.ignore && { ignore }),
    ...(zdr && { zdr }),
    ...(data_collection === 'deny' && { data_collection }),
  };
  return Object.keys(rule).length > 1 ? [rule] : [];
}
