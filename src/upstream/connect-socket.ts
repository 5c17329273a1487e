import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { WireRequest } from '../base/world.ts';
import type { Dialects } from '../dialects/dialect.ts';
import type { Candidate, Plan } from '../facts/plan.ts';
import type { Target } from '../facts/target.ts';
import { sign } from './auth/sign.ts';
import type { Credential, CredentialState } from './credentials.ts';
import { redactFault, secretsOf } from './redact.ts';
import { type Failure, mostTelling } from './retry.ts';
import { targetOf } from './run-keys.ts';
import type { RunDependencies } from './run-state.ts';
import type { OpenVendorSocket, VendorSocket } from './web-socket.ts';

/** A session with one endpoint, and what its key is called where its provider has several or the account its own. */
export type ConnectedSocket = {
  readonly socket: VendorSocket;
  readonly target: Target;
  readonly key: string | null;
  /** Milliseconds until the host had accepted it. */
  readonly openMs: number;
};

type Means = RunDependencies & { readonly dialects: Dialects; readonly open: OpenVendorSocket };

export type SocketListener = {
  readonly message: (text: string) => void;
  readonly closed: (code: number, reason: string) => void;
};

/** Tries the plan's candidates in order until one accepts a realtime session. `isWanted` false = its client has left. */
export async function connectSocket(
  means: Means,
  { plan, isBeta, isWanted }: { readonly plan: Plan; readonly isBeta: boolean; readonly isWanted: () => boolean },
  listener: SocketListener,
): Promise<Result<ConnectedSocket, Fault>> {
  const failures: Failure[] = [];
  for (const candidate of plan.candidates.slice(0, LIMITS.attempts_max)) {
    const refused = new Set<Credential>();
    for (let again = true; again && isWanted(); ) {
      const met = await tryCandidate(means, candidate, { refused, isBeta }, listener);
      if (met.ok) return met;
      again = met.error.turnsKey;
      failures.push({ fault: met.error.fault, model: candidate.model.id, provider: candidate.endpoint.provider.name });
    }
  }
  return failed(mostTelling(failures) ?? fault('cancelled', 'The client is gone.'));
}

type Refused = { readonly fault: Fault; readonly turnsKey: boolean };

async function tryCandidate(
  means: Means,
  candidate: Candidate,
  { refused, isBeta }: { readonly refused: Set<Credential>; readonly isBeta: boolean },
  listener: SocketListener,
): Promise<Result<ConnectedSocket, Refused>> {
  const { keyring, health, world } = means;
  const { endpoint, payer } = candidate;
  const tried = { conversation: null, tried: refused };
  const state: CredentialState = payer
    ? keyring.own(payer, endpoint.provider)
    : keyring.choose(endpoint.provider, tried);
  if (!state.ready) {
    const missing = `${endpoint.provider.name} needs ${state.missing.join(', ')} to be set.`;
    return failed({ fault: fault('upstream_authentication', missing), turnsKey: false });
  }
  const { credential, others } = state;
  const dialect = means.dialects.of('realtime', endpoint.dialect.id);
  const opening = dialect.open(candidate, { isBeta });
  const request: WireRequest = {
    method: 'GET',
    url: credential.expand(endpoint.dialect.baseUrl ?? endpoint.provider.baseUrl) + opening.path,
    headers: { 'user-agent': PRODUCT.userAgent, ...opening.headers, ...endpoint.dialect.headers },
    body: null,
    reach: 'operator',
  };
  const signed = await sign(world, request, endpoint.provider, credential);
  if (!signed.ok) return failed({ fault: signed.error, turnsKey: false });
  const begunAt = world.elapsed();
  health.started(endpoint.id);
  const met = await openOne(means, signed.value, { candidate, secrets: secretsOf(request, signed.value) }, listener);
  const ms = Math.round(world.elapsed() - begunAt);
  if (met.ok) {
    health.ended(endpoint.id, { kind: 'success', latencyMs: ms, throughput: null });
    const key = payer ? (credential.variable ?? payer.id) : others.length > 0 ? credential.variable : null;
    return ok({ socket: met.value, target: targetOf(candidate), key, openMs: ms });
  }
  health.ended(endpoint.id, { kind: 'failure', fault: met.error, ms });
  if (payer) keyring.ownRefused(payer, met.error);
  refused.add(credential);
  return failed({
    fault: met.error,
    turnsKey: !payer && keyring.refused(endpoint.provider, credential, met.error, tried),
  });
}

type Opening = { readonly candidate: Candidate; readonly secrets: readonly string[] };

function openOne(
  { open, dialects, world, deadlines }: Means,
  { url, headers }: WireRequest,
  { candidate: { endpoint }, secrets }: Opening,
  listener: SocketListener,
): Promise<Result<VendorSocket, Fault>> {
  const provider = endpoint.provider.name;
  return new Promise((done) => {
    const socket: VendorSocket = open(
      { url: url.replace(/^http/, 'ws'), headers, openMs: deadlines.headers_ms },
      {
        open: () => done(ok(socket)),
        message: listener.message,
        closed: listener.closed,
        refused: ({ status, headers: told, body }) => {
          const value =
            status === null
              ? fault('upstream_unreachable', `${provider} could not be reached: ${body}`, { upstream: { provider } })
              : dialects
                  .of('realtime', endpoint.dialect.id)
                  .decodeFault({ status, headers: told, body, provider, now: world.now() });
          done(failed(redactFault(value, secrets)));
        },
      },
    );
  });
}
