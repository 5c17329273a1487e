import { type Fault, fault } from '../../base/fault.ts';
import type { FinishReason } from '../../call/finish.ts';
import { type Usage, usageOf } from '../../call/usage.ts';
import { priceAtInstant } from '../../catalog/price.ts';
import type { Attempt } from '../../facts/attempt.ts';
import type { Target } from '../../facts/target.ts';
import { billFor, NO_BILL } from '../../metering/cost.ts';
import type { RunListener, RunOutcome } from '../../upstream/run.ts';
import { chargedOf, chargeOf } from '../charge.ts';
import type { Gateway } from '../gateway.ts';
import type { Delivery, Means, Operation } from '../operation.ts';
import { perform } from '../perform.ts';
import type { CallRequest, Ended } from '../receipt.ts';
import { noErrand, onlyAt, REALTIME } from './operation.ts';

/** Where a session is, and what the key is called that it was opened with, where there are several. */
export type SessionAt = { readonly target: Target; readonly key: string | null };

/** Hears of one answer of a session. First `allowed` or `refused`; after `allowed`, `settled` is the last. */
export type AnswerListener = {
  /** Its money is held and its intent stored: the host may be asked for it. */
  readonly allowed: () => void;
  readonly refused: (value: Fault) => void;
  /** It must end at once, for this reason. The host is to be told. */
  readonly interrupted: (reason: Fault) => void;
  /** Its receipt is stored; a fault = it could not be. */
  readonly settled: (value: Fault | null) => void;
};

/** How the host says that an answer ended. */
export type AnswerEnd = {
  readonly state: 'completed' | 'cancelled' | 'failed';
  /** Null = it counted nothing. */
  readonly usage: Usage | null;
  readonly finish: { readonly reason: FinishReason; readonly native: string | null } | null;
  readonly fault: Fault | null;
};

/** How often a count is written down: a crash loses at most this much of a bill. */
const CHECKPOINT_MS = 1_000;

/**
 * One answer of a session, with the life of a call: planned, held for, settled, with its receipt. Its frames do not pass
 * through here: whoever relays them says what they bring.
 */
export class RealtimeAnswer {
  readonly id: string;
  readonly #gateway: Gateway;
  readonly #request: CallRequest<'realtime'>;
  readonly #at: SessionAt;
  readonly #listener: AnswerListener;
  readonly #startedAt: number;
  #means: Means | null = null;
  #run: RunListener<'realtime'> | null = null;
  #phase: 'planned' | 'asked' | 'over' = 'planned';
  #written = { output: 0, outputAudio: 0 };
  #firstContentAt: number | null = null;
  #checkpointAt: number;
  #upstreamId: string | null = null;
  #end: AnswerEnd | null = null;

  constructor(gateway: Gateway, request: CallRequest<'realtime'>, at: SessionAt, listener: AnswerListener) {
    this.id = request.id;
    this.#gateway = gateway;
    this.#request = request;
    this.#at = at;
    this.#listener = listener;
    this.#startedAt = gateway.world.now();
    this.#checkpointAt = gateway.world.elapsed();
  }

  /** May it be asked for? The listener hears. */
  ask(): void {
    perform(this.#gateway, this.#operation(), this.#request, {
      events: () => {},
      settled: () => {},
      done: (result) => {
        const value = result.kind === 'failed' ? result.fault : null;
        if (this.#phase === 'planned') this.#listener.refused(value ?? STOPPED);
        else this.#listener.settled(this.#end?.fault === value ? null : value);
        this.#phase = 'over';
      },
    });
  }

  /** The host has begun it, under a name of its own. */
  begun(upstreamId: string): void {
    this.#upstreamId = upstreamId;
  }

  /** So much of it came: tokens of text and of audio by our own count, for what is never counted by its host. */
  wrote({ output, outputAudio }: { readonly output: number; readonly outputAudio: number }): void {
    const now = this.#gateway.world.elapsed();
    this.#firstContentAt ??= now;
    this.#written = { output: this.#written.output + output, outputAudio: this.#written.outputAudio + outputAudio };
    if (this.#phase !== 'asked' || now - this.#checkpointAt < CHECKPOINT_MS) return;
    this.#checkpointAt = now;
    const { target } = this.#at;
    const price = priceAtInstant(target.endpoint.price, this.#request.receivedAt);
    this.#means?.hold.checkpoint(chargedOf(target, billFor(usageOf(this.#written), price).outputCost));
  }

  /** It is over. Only the first end counts. */
  ended(end: AnswerEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#finish(end.state === 'cancelled' ? { kind: 'cancelled', target: this.#at.target } : { kind: 'streamed' });
  }

  #finish(how: { readonly kind: 'streamed' } | { readonly kind: 'cancelled'; readonly target: Target | null }): void {
    const { target } = this.#at;
    const attempts = this.#phase === 'planned' ? [] : [this.#attempt()];
    this.#run?.done(
      how.kind === 'streamed' ? { ...how, target, attempts, losses: [] } : { ...how, attempts, losses: [] },
    );
  }

  #operation(): Operation<'realtime'> {
    return {
      ...REALTIME,
      suit: (decided) => onlyAt(decided, this.#at.target),
      begin: (_context, means) => {
        this.#means = means;
        return { errand: noErrand(), delivery: this.#delivery() };
      },
      carry: (_context, { listener }) => {
        this.#run = listener;
        // Whoever began it leaves no other way than by the end of the answer.
        return { pause: () => {}, resume: () => {}, cancel: () => this.ended(CANCELLED) };
      },
    };
  }

  #delivery(): Delivery<'realtime'> {
    return {
      stored: () => {
        if (this.#end) return;
        this.#phase = 'asked';
        this.#means?.hold.dispatched(this.#at.target.endpoint.id);
        this.#listener.allowed();
      },
      interrupt: (reason) => {
        if (this.#end) return;
        if (this.#phase === 'asked') this.#listener.interrupted(reason);
        this.ended({ ...CANCELLED, fault: reason });
      },
      ended: (outcome) => this.#ending(outcome),
      events: () => {},
      cut: () => {},
      pause: () => {},
      resume: () => {},
      abandon: () => {},
      last: () => {},
      breakOff: () => false,
    };
  }

  #ending(outcome: RunOutcome<'realtime'>): Ended {
    const { target } = this.#at;
    const { usage: told = null, finish = null, fault: value = null, state = 'cancelled' } = this.#end ?? {};
    const isAsked = this.#phase === 'asked' && outcome.kind !== 'failed';
    const usage =
      told ??
      usageOf({ ...(isAsked && { input: this.#request.call.promptTokens }), ...this.#written, source: 'estimate' });
    const price = priceAtInstant(target.endpoint.price, this.#request.receivedAt);
    // What a host says to have failed, and counts nothing of, is not owed.
    const isOwed = isAsked && !(state === 'failed' && told === null);
    return {
      state: value && state === 'cancelled' ? 'interrupted' : state,
      target,
      usage,
      bill: isOwed ? chargeOf(target, billFor(usage, price)) : NO_BILL,
      serviceTier: null,
      finish,
      fault: value,
      firstContentAt: this.#firstContentAt,
      endedAt: this.#gateway.world.elapsed(),
    };
  }

  #attempt(): Attempt {
    const { target, key } = this.#at;
    const { endpoint, model, payer } = target;
    const end = this.#end;
    const totalMs = Math.round(this.#gateway.world.elapsed() - this.#request.begunAt);
    return {
      endpoint: endpoint.id,
      provider: endpoint.provider.slug,
      model: model.id,
      startedAt: this.#startedAt,
      status: null,
      upstreamId: this.#upstreamId,
      headersMs: null,
      firstContentMs: this.#firstContentAt === null ? null : Math.round(this.#firstContentAt - this.#request.begunAt),
      totalMs,
      outcome: end?.state === 'completed' ? 'answered' : end?.state === 'failed' ? 'failed' : 'cancelled',
      fault: end?.fault ?? null,
      losses: [],
      ...(key !== null && { key }),
      ...(payer && { byok: true }),
    };
  }
}

const STOPPED = fault('server', 'Internal Server Error');
const CANCELLED: AnswerEnd = { state: 'cancelled', usage: null, finish: null, fault: null };
