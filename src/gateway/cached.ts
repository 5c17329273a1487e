import { assert } from '../base/assert.ts';
import { fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import { lengthOf } from '../base/written-json.ts';
import type { Event } from '../call/event.ts';
import type { FinishReason } from '../call/finish.ts';
import type { OperationId, ReplyOf, StepOf } from '../call/operation.ts';
import { apart, type ChatStep } from '../call/text-run.ts';
import { NO_USAGE } from '../call/usage.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Target } from '../facts/target.ts';
import type { Hold } from '../ledger/ledger.ts';
import { NO_BILL } from '../metering/cost.ts';
import type { Gateway } from './gateway.ts';
import { freeHoldOf } from './hold.ts';
import type { CallHandle, CallListener, Operation } from './operation.ts';
import { aboutOf, type CallRequest, type Ended, receiptOf } from './receipt.ts';

/** A whole answer as it was given: to be given again to who asks the same. */
export type CachedAnswer<O extends OperationId = OperationId> = {
  /** The generation whose answer it is. */
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly keptAt: number;
  readonly until: number;
  /** The endpoint that answered, and the model that it was asked for, by their ids. */
  readonly endpoint: string;
  readonly model: string;
  readonly finish: { readonly reason: FinishReason; readonly native: string | null } | null;
  readonly serviceTier: string | null;
  readonly answer:
    | { readonly kind: 'whole'; readonly reply: ReplyOf<O> }
    /** The batches in which a stream went out. */
    | { readonly kind: 'streamed'; readonly batches: readonly (readonly StepOf<O>[])[] };
};

/** What a caller wishes of the response cache (spec §5.4), and what it holds for them. */
export type CacheWish<O extends OperationId = OperationId> = {
  /** A digest of everything that makes two requests the same. */
  readonly key: string;
  readonly ms: number;
  /** Undefined = a provider must be asked. */
  readonly found?: CachedAnswer<O> | undefined;
};

const shelfOf = <O extends OperationId>({ kept }: Pick<Gateway, 'kept'>) => kept.shelf<CachedAnswer<O>>('answers');

/** The answer to the same request of the same key, if its endpoint is still there. `isFresh`: it is forgotten instead. */
export function cachedAnswer<O extends OperationId>(
  gateway: Gateway,
  { keyId, key, isFresh }: { readonly keyId: string; readonly key: string; readonly isFresh: boolean },
): CachedAnswer<O> | undefined {
  const shelf = shelfOf<O>(gateway);
  if (isFresh) {
    shelf.forget(keyId, key);
    return undefined;
  }
  const found = shelf.recall(keyId, key);
  return found && targetOf(gateway, found) ? found : undefined;
}

function targetOf(gateway: Gateway, { endpoint: id, model: modelId }: CachedAnswer): Target | null {
  const catalog = gateway.catalog();
  const endpoint = catalog.endpoints.get(id);
  const model = catalog.models.get(modelId);
  return endpoint && model ? { endpoint, model } : null;
}

/** Listens in on an answer and keeps it, if it is whole and none of it was cut short. */
export function keeping<O extends OperationId>(
  gateway: Gateway,
  request: CallRequest<O>,
  wish: CacheWish<O>,
  listener: CallListener<O>,
): CallListener<O> {
  const batches: (readonly StepOf<O>[])[] = [];
  let receipt: Receipt | null = null;
  const keep = (answer: CachedAnswer<O>['answer']): void => {
    if (receipt === null || !isWhole(receipt) || receipt.endpoint === null || receipt.model === null) return;
    const keptAt = gateway.world.now();
    const { endpoint, model, finish, nativeFinish, serviceTier } = receipt;
    const ended = finish === null ? null : { reason: finish, native: nativeFinish };
    const about = { source: request.id, keptAt, until: keptAt + wish.ms, endpoint, model, finish: ended, serviceTier };
    shelfOf<O>(gateway).keep(request.caller.keyId, [wish.key], { ...about, answer }, weightOf(answer), wish.ms);
  };
  return {
    ...listener,
    events: (steps, target) => {
      batches.push(apart(steps as readonly ChatStep[]) as readonly StepOf<O>[]);
      listener.events(steps, target);
    },
    settled: (value) => {
      receipt = value;
      listener.settled(value);
    },
    done: (result) => {
      if (result.kind === 'replied') keep({ kind: 'whole', reply: result.reply });
      if (result.kind === 'streamed') keep({ kind: 'streamed', batches });
      listener.done(result);
    },
  };
}

/** An answer that we cut off has `length` without a word of its provider's. */
const isWhole = ({ state, fault, finish, nativeFinish }: Receipt): boolean =>
  state === 'completed' && fault === null && finish !== 'error' && !(finish === 'length' && nativeFinish === null);

/** About what it takes in memory. What is larger than is kept is not looked through. */
const weightOf = (answer: unknown): number => lengthOf(answer, LIMITS.cached_answer_bytes_max + 1);

/** Gives an answer again: a generation of its own, which costs nothing and asks nobody. */
export function replay<O extends OperationId>(
  gateway: Gateway,
  operation: Operation<O>,
  request: CallRequest<O>,
  { found, listener }: { readonly found: CachedAnswer<O>; readonly listener: CallListener<O> },
): CallHandle {
  const target = targetOf(gateway, found);
  assert(target, 'a cached answer was looked up in the catalogue that serves');
  const streamed = found.answer.kind === 'streamed';
  const planned = { operation: operation.id, streamed, catalogVersion: gateway.catalog().version, seed: 0 };
  const about = aboutOf(request, planned);
  const hold = gateway.ledger.hold(freeHoldOf(request, about, target.model.id));
  let isGone = false;
  const settle = async (held: Hold): Promise<void> => {
    const endedAt = gateway.world.elapsed();
    const { serviceTier, finish, source } = found;
    const times = { firstContentAt: streamed ? endedAt : null, endedAt };
    const taken = { usage: NO_USAGE, bill: NO_BILL, serviceTier, finish, fault: null };
    const result: Ended = { state: 'completed', target, ...taken, ...times };
    const { grounds: _, ...given } = receiptOf(request, about, { attempts: [], losses: [] }, result, '');
    const receipt = { ...given, cachedFrom: source };
    await held.settle(receipt);
    listener.settled(receipt);
    if (!isGone) deliver(found, target, listener);
  };
  Promise.resolve(hold)
    .then((held) => ('code' in held ? listener.done({ kind: 'failed', fault: held }) : settle(held)))
    .catch((cause) => {
      gateway.log('a cached answer could not be given', cause);
      listener.done({ kind: 'failed', fault: fault('server', 'Internal Server Error') });
    });
  const cancel = (): void => {
    isGone = true;
  };
  return { pause: () => {}, resume: () => {}, cancel };
}

function deliver<O extends OperationId>({ answer }: CachedAnswer<O>, target: Target, listener: CallListener<O>): void {
  if (answer.kind === 'whole')
    return listener.done({ kind: 'replied', reply: { ...answer.reply, usage: NO_USAGE, bill: NO_BILL }, target });
  for (const batch of answer.batches) listener.events(batch.map(unbilled), target);
  listener.done({ kind: 'streamed' });
}

/** Nothing was counted this time, in whichever step the count stood. */
function unbilled<O extends OperationId>(step: StepOf<O>): StepOf<O> {
  const event = step as Event;
  if (event.type === 'usage') return { ...event, usage: NO_USAGE, bill: NO_BILL } as StepOf<O>;
  return event.type === 'start' && event.prompt ? ({ ...event, prompt: NO_USAGE } as StepOf<O>) : step;
}
