import type { IncomingMessage, ServerResponse } from 'node:http';
import type { onRequestHookHandler } from 'fastify';
import { isFault, NO_SUCH_KEY } from '../access/access.ts';
import { keyIn } from '../access/credential.ts';
import { objectionTo, type Verb } from '../access/may.ts';
import { labelOf } from '../access/secret.ts';
import { type Fault, fault } from '../base/fault.ts';
import { isGoingRound } from '../base/hops.ts';
import { LIMITS } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Principal } from '../facts/principal.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { StoreError, troubleFault } from '../ledger/trouble.ts';
import { addressOf } from './address-of.ts';
import { refuse } from './refuse.ts';
import { FULL, makeRoom } from './room.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, once admitted; null = nobody known, on routes for everyone. */
    caller: Principal | null;
  }
}

const INSIDE = fault('server', 'Internal Server Error');

/** Lets a request in, or refuses it and never calls `enter`. Null = nobody known, whom only public routes let in. */
export type Admission = (
  request: IncomingMessage,
  response: ServerResponse,
  enter: (caller: Principal | null) => void,
) => void;

const TOO_MANY = 'Too many wrong API keys came from this address. Please wait before the next.';

/** Decides on the head of a request alone who comes in: of everyone else not a byte of the body is kept. */
export function admission(gateway: Gateway, verb: Verb | 'none'): Admission {
  const { access } = gateway;
  return (request, response, enter) => {
    const headers = request.headers as WireHeaders;
    const decide = (answer: Principal | Fault): void => {
      const caller = isFault(answer) ? null : answer;
      const refusal = isFault(answer) && verb !== 'none' ? answer : objectionTo(caller, verb);
      const obstacle =
        refusal ??
        (verb === 'none' ? null : formOfAPage(request, caller)) ??
        (verb === 'call' ? guardedOff(gateway, caller, request) : null) ??
        encodedBody(headers) ??
        goingRound(headers);
      if (obstacle) {
        if (verb === 'call') {
          // A key that was switched off or is too old is somebody's, who looks for why a program no longer works.
          const whose = caller ?? access.whose(headers);
          const label = caller === null ? labelOfOurs(headers) : undefined;
          const keyId = whose?.keyId ?? null;
          const who = { clientDialect: null, keyId, caller: whose, ...(label !== undefined && { keyLabel: label }) };
          gateway.telemetry.refused({ at: gateway.world.now(), ...who, fault: obstacle });
        }
        return refuse(response, obstacle);
      }
      // Only now is the client asked for its body.
      if (headers.expect !== undefined) response.writeContinue();
      enter(caller);
    };
    // Whoever has the right key comes in, whatever others at the same address try.
    const slowed = (answer: Principal | Fault): Principal | Fault => {
      const wait = answer === NO_SUCH_KEY ? access.guesses.wrong(addressOf(gateway, request)) : null;
      return wait === null ? answer : fault('rate_limit_exceeded', TOO_MANY, { retryAfterMs: wait });
    };
    const judged = verb === 'none' ? decide : (answer: Principal | Fault): void => decide(slowed(answer));
    const answer = access.authenticate(headers);
    if (answer !== null) return judged(answer);
    access
      .find(headers)
      .catch((cause: unknown) => {
        if (cause instanceof StoreError) return troubleFault(cause.trouble);
        throw cause;
      })
      .then(judged)
      .catch((cause) => {
        gateway.log('a request failed inside', cause);
        refuse(response, INSIDE);
      });
  };
}

/** The little of a key of our form by which its owner recognises it. */
function labelOfOurs(headers: WireHeaders): string | undefined {
  const key = keyIn(headers);
  return key?.startsWith(PRODUCT.keyPrefix) ? labelOf(key) : undefined;
}

/** The caller of a request for inference that has a key known here and nothing against it; null = it must be looked at closely. */
export function knownCaller({ access }: Gateway, headers: WireHeaders): Principal | null {
  const answer = access.authenticate(headers);
  if (answer === null || isFault(answer) || answer.kind === 'session' || objectionTo(answer, 'call')) return null;
  if (answer.guard?.objectionTo || answer.guard?.closed !== undefined) return null;
  return encodedBody(headers) === null && goingRound(headers) === null ? answer : null;
}

/** A guardrail lets its calls in from some addresses alone, or not here at all. */
function guardedOff(gateway: Gateway, caller: Principal | null, request: IncomingMessage): Fault | null {
  const guard = caller?.guard;
  const objection = guard && (guard.closed ?? guard.objectionTo?.(addressOf(gateway, request)) ?? null);
  return objection ? fault('permission_denied', objection) : null;
}

/** The same for a route of the framework, which hears no more of a request that is refused. */
export function admit(gateway: Gateway, verb: Verb | 'none'): onRequestHookHandler {
  const admitted = admission(gateway, verb);
  return (request, reply, done) =>
    admitted(request.raw, reply.raw, (caller) => {
      request.caller = caller;
      const { raw } = reply;
      const who = { memory: gateway.memory, who: caller?.keyId ?? '' };
      makeRoom(
        who,
        request.raw,
        raw,
        () => done(),
        () => refuse(raw, FULL),
      );
    });
}

/**
 * A call on the console's cookie must be JSON and say so: no form of another site's page can, and its scripts would
 * have to ask first (decisions/0015).
 */
function formOfAPage({ method, headers }: IncomingMessage, caller: Principal | null): Fault | null {
  if (caller?.kind !== 'session' || method === 'GET' || method === 'HEAD') return null;
  if (/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return null;
  return fault('permission_denied', 'Calls from a browser session must have the content type application/json.');
}

function encodedBody(headers: WireHeaders): Fault | null {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity') return null;
  return fault(
    'unsupported_media_type',
    `A body with the content encoding ${encoding.slice(0, 40)} is not read here: send it uncompressed.`,
  );
}

function goingRound(headers: WireHeaders): Fault | null {
  if (!isGoingRound(headers['user-agent'])) return null;
  return fault(
    'invalid_request',
    `This request has come through ${LIMITS.hops_max} gateways in a row: they name each other as their provider.`,
  );
}
