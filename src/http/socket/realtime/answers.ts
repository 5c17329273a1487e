import { isFault } from '../../../access/access.ts';
import { objectionTo } from '../../../access/may.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import { arrayOf, type JsonObject, objectOf, optionalNumber, optionalString, stringOf } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { FinishReason } from '../../../call/finish.ts';
import type { SessionSize, Size } from '../../../dialects/openai-realtime/session.ts';
import { usageOfResponse } from '../../../dialects/openai-realtime/usage.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { type AnswerEnd, RealtimeAnswer, type SessionAt } from '../../../gateway/realtime/answer.ts';
import type { CallRequest } from '../../../gateway/receipt.ts';
import { StoreError, troubleFault } from '../../../ledger/trouble.ts';
import { objectionToSession } from './opening.ts';

type Parts = {
  readonly gateway: Gateway;
  readonly caller: Principal;
  readonly at: SessionAt;
  readonly size: SessionSize;
  /** The request of an answer that is begun now, by whoever calls now. */
  readonly requestOf: (
    caller: Principal,
    size: Size & { readonly maxOutputTokens?: number },
  ) => CallRequest<'realtime'>;
  readonly toHost: (event: JsonObject) => void;
  /** `eventId`: the message of the program that it is about. */
  readonly tell: (value: Fault, eventId: string | null) => void;
  /** The account is done with: a host made what nobody pays for, or a receipt could not be stored. */
  readonly breakOff: (value: Fault) => void;
  /** One fewer is under way. */
  readonly over: () => void;
};

/** Who wants an answer: its program says so, somebody has stopped speaking, or the host began it unasked. */
type Origin = 'program' | 'turn' | 'host';

type Underway = {
  readonly answer: RealtimeAnswer;
  readonly mark: Size;
  readonly eventId: string;
  readonly clientId: string | null;
  readonly origin: Origin;
  /** Called when its receipt is stored. */
  settled: (() => void) | null;
};

const INSIDE = fault('server', 'Internal Server Error');
const TOO_MANY = fault('rate_limit_exceeded', `Only ${LIMITS.web_socket_calls_max} answers may be asked for at once.`);

/** The answers of one session that are under way: none is asked for that is not held for, none is over without a receipt. */
export class Answers {
  readonly #parts: Parts;
  /** Asked for and not begun, in order: hosts begin them in order. */
  readonly #asked: Underway[] = [];
  /** Begun, by their hosts' names for them. */
  readonly #begun = new Map<string, Underway>();
  #planned = 0;
  #settling = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#planned + this.#asked.length + this.#begun.size + this.#settling;
  }
  get isAnswering(): boolean {
    return this.#asked.length + this.#begun.size > 0;
  }

  /** An answer is wanted. `done` = it has been asked for, or refused: what comes after it may go on. */
  want(event: JsonObject, origin: Exclude<Origin, 'host'>, done: () => void): void {
    this.#plan(event, origin, {
      allowed: (underway) => {
        this.#asked.push(underway);
        this.#parts.toHost({ ...event, type: 'response.create', event_id: underway.eventId });
        done();
      },
      refused: (value) => {
        this.#parts.tell(value, optionalString(event.event_id) ?? null);
        done();
      },
    });
  }

  /** `response.created`. `done` = what the host says of it may be passed on. */
  begun(response: JsonObject, done: (generationId: string) => void): void {
    const id = stringOf(response.id);
    const next = this.#asked.shift();
    if (next) {
      this.#begin(id, next);
      return done(next.answer.id);
    }
    this.#plan({}, 'host', {
      allowed: (underway) => {
        this.#begin(id, underway);
        done(underway.answer.id);
      },
      refused: (value) => {
        this.#parts.toHost({ type: 'response.cancel', response_id: id });
        this.#parts.breakOff(value);
      },
    });
  }

  /** `response.done`. `done` = it is settled: the program may read of it. */
  ended(response: JsonObject, done: (generationId?: string) => void): void {
    const id = stringOf(response.id);
    const underway = this.#begun.get(id);
    if (!underway) return done();
    this.#begun.delete(id);
    const end = endOf(response);
    if (end.usage) {
      const { input_tokens, output_tokens } = objectOf(response.usage);
      const isBeside = response.conversation_id === null;
      const tokens = (optionalNumber(input_tokens) ?? 0) + (optionalNumber(output_tokens) ?? 0);
      if (!isBeside) this.#parts.size.counted(underway.mark, tokens);
    }
    this.#settle(underway, end, () => done(underway.answer.id));
  }

  /** The host refused to begin it: true = this error is about one of them. */
  refused(
    eventId: string,
    value: Fault,
    done: (told: { readonly clientId: string | null; readonly isOurs: boolean }) => void,
  ): boolean {
    const at = this.#asked.findIndex((one) => one.eventId === eventId);
    const [underway] = at === -1 ? [] : this.#asked.splice(at, 1);
    if (!underway) return false;
    const { clientId, origin } = underway;
    this.#settle(underway, { state: 'failed', usage: null, finish: null, fault: value }, () =>
      done({ clientId, isOurs: origin === 'turn' }),
    );
    return true;
  }

  /** A piece of an answer has come. */
  wrote({ type, response_id, delta }: JsonObject): void {
    const underway = this.#begun.get(stringOf(response_id));
    if (!underway || typeof delta !== 'string') return;
    const isAudio = type === 'response.output_audio.delta' || type === 'response.audio.delta';
    underway.answer.wrote(
      isAudio
        ? { output: 0, outputAudio: this.#parts.size.tokensSaid(delta.length) }
        : { output: Math.ceil(delta.length / 4), outputAudio: 0 },
    );
  }

  /** The host is told to stop whatever it says. */
  cancelAll(): void {
    for (const id of this.#begun.keys()) this.#parts.toHost({ type: 'response.cancel', response_id: id });
  }

  /** Nothing more comes. */
  end(how: Pick<AnswerEnd, 'state' | 'fault'>): void {
    const all = [...this.#asked.splice(0), ...this.#begun.values()];
    this.#begun.clear();
    for (const underway of all) this.#settle(underway, { usage: null, finish: null, ...how }, () => {});
  }

  #begin(id: string, underway: Underway): void {
    underway.answer.begun(id);
    this.#begun.set(id, underway);
  }

  #settle(underway: Underway, end: AnswerEnd, done: () => void): void {
    this.#settling++;
    underway.settled = done;
    underway.answer.ended(end);
  }

  #plan(
    event: JsonObject,
    origin: Origin,
    { allowed, refused }: { readonly allowed: (underway: Underway) => void; readonly refused: (value: Fault) => void },
  ): void {
    const { gateway, size, at, caller: known } = this.#parts;
    if (this.count >= LIMITS.web_socket_calls_max) return refused(TOO_MANY);
    this.#planned++;
    const give = (value: Fault): void => {
      this.#planned--;
      refused(value);
      this.#parts.over();
    };
    const ask = (caller: Principal): void => {
      const body = objectOf(event.response);
      const maxOutputTokens = optionalNumber(body.max_output_tokens ?? body.max_response_output_tokens);
      const request = this.#parts.requestOf(caller, {
        ...size.with(body),
        ...(maxOutputTokens !== undefined && maxOutputTokens >= 1 && { maxOutputTokens: Math.ceil(maxOutputTokens) }),
      });
      const answer = new RealtimeAnswer(gateway, request, at, {
        allowed: () => {
          this.#planned--;
          allowed(underway);
        },
        refused: give,
        interrupted: (reason) => this.#interrupted(underway, reason),
        settled: (value) => {
          this.#settling--;
          if (value) this.#parts.breakOff(value);
          else underway.settled?.();
          this.#parts.over();
        },
      });
      const underway: Underway = {
        answer,
        mark: size.mark(),
        eventId: gateway.world.newId('event'),
        clientId: optionalString(event.event_id) ?? null,
        origin,
        settled: null,
      };
      answer.ask();
    };
    currentCaller(gateway, known)
      .catch((cause: unknown): Fault => {
        gateway.log('a caller could not be looked up', cause);
        return cause instanceof StoreError ? troubleFault(cause.trouble) : INSIDE;
      })
      .then((caller) => (isFault(caller as Principal) ? give(caller as Fault) : ask(caller as Principal)))
      .catch((cause: unknown) => {
        gateway.log('an answer of a realtime session failed inside', cause);
        this.#parts.breakOff(INSIDE);
      });
  }

  /** It ends now, whatever its host does. */
  #interrupted(underway: Underway, reason: Fault): void {
    const at = this.#asked.indexOf(underway);
    if (at !== -1) this.#asked.splice(at, 1);
    for (const [id, one] of this.#begun)
      if (one === underway) {
        this.#begun.delete(id);
        this.#parts.toHost({ type: 'response.cancel', response_id: id });
      }
    this.#settling++;
    underway.settled = () => this.#parts.breakOff(reason);
  }
}

/** Who calls, as of now: a key may have been disabled since the session was opened. */
async function currentCaller({ access }: Gateway, { keyId, accountId }: Principal): Promise<Principal | Fault> {
  const answer = await access.callerOf(keyId, accountId);
  if (isFault(answer)) return answer;
  return objectionTo(answer, 'call') ?? objectionToSession(answer) ?? answer;
}

/** How a `response.done` says that it ended. */
function endOf(response: JsonObject): AnswerEnd {
  const status = stringOf(response.status);
  const details = objectOf(response.status_details);
  const usage = usageOfResponse(objectOf(response.usage));
  const reason = stringOf(details.reason);
  if (status === 'failed') {
    const { message, code, type } = objectOf(details.error);
    const words = stringOf(message) || 'The provider could not answer.';
    const value = fault('upstream_server_error', words.slice(0, 500), {
      upstream: { code: (stringOf(code) || stringOf(type)).slice(0, 100) },
    });
    return { state: 'failed', usage, finish: { reason: 'error', native: reason || status }, fault: value };
  }
  const state = status === 'cancelled' ? 'cancelled' : 'completed';
  return {
    state,
    usage,
    finish: { reason: finishOf(status, reason, response), native: reason || status },
    fault: null,
  };
}

function finishOf(status: string, reason: string, response: JsonObject): FinishReason {
  if (status === 'incomplete') return reason === 'content_filter' ? 'content_filter' : 'length';
  const calls = arrayOf(response.output).some((item) => objectOf(item).type === 'function_call');
  return calls ? 'tool_calls' : 'stop';
}
