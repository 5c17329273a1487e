import type { GatewayOptions } from '../call/call.ts';
import type { CallOf, OperationId } from '../call/operation.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Policy, Rule } from '../facts/policy.ts';
import { type LaidDown, layDown } from '../policies/lay-down.ts';
import { type GovernedCall, indexPolicies, type Matched, type PolicyIndex } from '../policies/policy-index.ts';
import { resolveModel } from '../router/resolve.ts';
import type { Gateway } from './gateway.ts';
import { modelsOf } from './question.ts';
import type { CallRequest } from './receipt.ts';

/** What a call is governed by, beside its caller: policies, the clock, what is left of budgets, a draw. */
export type Governing = Pick<Gateway, 'world' | 'budgetLeft'> & { readonly catalog: Catalog };

/**
 * The request as it is performed: with what others than its caller have laid down for it. Where nobody has anything to
 * say it is the same object.
 */
export function governed<O extends OperationId>(
  governing: Governing,
  operation: O,
  request: CallRequest<O>,
): CallRequest<O> {
  const { caller, policy: before } = request;
  const { defaultSort } = caller;
  const { policies } = governing.catalog;
  const matched = policies.length === 0 || request.shadowOf ? [] : matching(governing, operation, request);
  if (matched.length === 0 && !caller.rules?.length && defaultSort === undefined) return request;
  const laid = layDown(before?.arm ? withoutSplits(matched) : matched, saidBy(governing, request), defaultSort);
  const { arm = before?.arm, given, shadow } = laid;
  const rules = [...(caller.rules ?? []), ...laid.rules];
  const policy: Policy = { rules, given: { ...before?.given, ...given }, ...(arm && { arm }) };
  const { shadow: _cast, ...asked } = request;
  return {
    ...asked,
    call: withLaid(request.call, laid, rules),
    policy,
    requestedModel: request.requestedModel ?? request.call.model ?? request.call.models[0] ?? '',
    // What is asked within a call has no ledger of its own that a shadow could be booked in.
    ...(shadow && !before && !request.nesting && { shadow }),
  };
}

const indices = new WeakMap<Catalog, PolicyIndex>();

function indexOf(catalog: Catalog): PolicyIndex {
  const known = indices.get(catalog);
  if (known) return known;
  const index = indexPolicies(catalog.policies);
  indices.set(catalog, index);
  return index;
}

function matching<O extends OperationId>(
  { catalog, world, budgetLeft }: Governing,
  operation: O,
  { call, caller }: CallRequest<O>,
): readonly Matched[] {
  return indexOf(catalog).matching({
    keyId: caller.keyId,
    workspaceId: caller.workspaceId,
    operation,
    ...namesIn(catalog, modelsOf(call)),
    now: world.now(),
    isLeftBelow: (bound) => budgetLeft.isBelow(caller, bound),
  });
}

/** What policies are told of the models that a call names. */
export function namesIn(catalog: Catalog, names: readonly string[]): Pick<GovernedCall, 'models' | 'isRouted'> {
  const found = names.map((name) => resolveModel(catalog, name)?.model);
  return {
    models: found.map((model, place) => model?.id ?? names[place] ?? ''),
    isRouted: found.some((model) => model?.router !== undefined),
  };
}

/** Where a call has been given its arm, it keeps it. */
const withoutSplits = (matched: readonly Matched[]): readonly Matched[] =>
  matched.map(({ policy, isAsked }) => ({ policy: { ...policy, split: null }, isAsked }));

const saidBy = <O extends OperationId>({ catalog, world }: Governing, { call, caller }: CallRequest<O>) => ({
  model: call.model,
  models: call.models,
  preferences: call.gateway.provider ?? {},
  isSorted: call.model?.includes(':') === true && (resolveModel(catalog, call.model)?.sort ?? null) !== null,
  keyId: caller.keyId,
  user: call.user ?? null,
  sessionId: call.sessionId ?? null,
  draw: world.random,
});

/** What a gateway that picks hosts by itself must be told goes along with the call. */
function withLaid<O extends OperationId>(
  call: CallOf<O>,
  { model, models, preferences }: LaidDown,
  rules: readonly Rule[],
): CallOf<O> {
  const told = rules.filter(({ ignore, zdr, data_collection }) => ignore || zdr || data_collection);
  const gateway: GatewayOptions = {
    ...call.gateway,
    ...(Object.keys(preferences).length > 0 && { provider: preferences }),
    ...(told.length > 0 && { rules: told }),
  };
  return { ...call, model, models, gateway };
}
