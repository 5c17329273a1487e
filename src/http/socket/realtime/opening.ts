import type { IncomingMessage } from 'node:http';
import { type Fault, fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { WireHeaders } from '../../../base/world.ts';
import type { RealtimeCall } from '../../../call/realtime.ts';
import type { Size } from '../../../dialects/openai-realtime/session.ts';
import type { Plan } from '../../../facts/plan.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Target } from '../../../facts/target.ts';
import { traceOf } from '../../../facts/trace.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { emptyCall, planSession } from '../../../gateway/realtime/plan.ts';
import { transcriptCall } from '../../../gateway/realtime/transcript.ts';
import type { CallRequest } from '../../../gateway/receipt.ts';
import { appOf } from '../../headers.ts';
import { deploymentIn } from '../../prefixes.ts';

/** What a session is opened with. */
export type Opening = {
  readonly model: string;
  readonly plan: Plan;
  /** Its settings, where its key was made for them. */
  readonly initial: JsonObject | null;
  /** The program speaks the shapes of before August 2025. */
  readonly isBeta: boolean;
};

const READ = fault(
  'permission_denied',
  'A guardrail reads what calls of this key say. Realtime sessions are not read, so none is opened for it.',
);

/** Why no session is for this caller: what is spoken in it is read by nobody here. */
export const objectionToSession = ({ guard }: Pick<Principal, 'guard'>): Fault | null => (guard?.screens ? READ : null);

type Said = { readonly headers: WireHeaders; readonly caller: Principal };

/** A call of a session, as it is recorded. */
export function requestIn(gateway: Gateway, { headers, caller }: Said, call: RealtimeCall): CallRequest<'realtime'> {
  const { world } = gateway;
  return {
    id: world.newId('gen'),
    call,
    clientDialect: 'openai-realtime',
    caller,
    app: appOf(headers),
    userAgent: headers['user-agent'] ?? null,
    trace: traceOf(undefined, headers.traceparent),
    receivedAt: world.now(),
    begunAt: world.elapsed(),
  };
}

/** An answer that is asked for now. `sessionId`: its host's name for the session, by which receipts belong together. */
export const callOf = (
  model: string,
  { tokens, tokensMax, maxOutputTokens }: Size & { readonly maxOutputTokens?: number },
  sessionId: string | null,
): RealtimeCall => ({
  ...emptyCall(model),
  promptTokens: tokens,
  promptTokensMax: tokensMax,
  ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  ...(sessionId !== null && { sessionId }),
});

/** What its host has written down of it by itself, as it is recorded. */
export function transcriptRequest(
  gateway: Gateway,
  said: Said,
  target: Target,
  sessionId: string | null,
): CallRequest<'transcription'> {
  const { cache: _, ...request } = requestIn(gateway, said, emptyCall(target.model.id));
  return { ...request, call: { ...transcriptCall(target), ...(sessionId !== null && { sessionId }) } };
}

type Asking = { readonly caller: Principal; readonly initial: JsonObject | null };

/** Where the session that is asked for may be opened, or why nowhere. */
export function openingOf(gateway: Gateway, request: IncomingMessage, asking: Asking): Result<Opening, Fault> {
  try {
    return planned(gateway, request, asking);
  } catch (cause) {
    gateway.log('a realtime session could not be planned', cause);
    return failed(fault('server', 'Internal Server Error'));
  }
}

function planned(gateway: Gateway, request: IncomingMessage, { caller, initial }: Asking): Result<Opening, Fault> {
  const { url = '', headers } = request;
  const query = new URL(url, 'http://localhost').searchParams;
  if (query.get('intent') === 'transcription' || query.has('call_id'))
    return failed(fault('invalid_request', 'Only sessions with a model are relayed: name one by ?model='));
  const said = query.get('model') ?? deploymentIn(url) ?? initial?.model;
  const model = typeof said === 'string' ? said.trim() : '';
  if (model === '') return failed(fault('invalid_request', 'Name the model by ?model=', { param: 'model' }));
  const objection = objectionToSession(caller);
  if (objection) return failed(objection);
  const call = emptyCall(model);
  const plan = planSession(gateway, requestIn(gateway, { headers: headers as WireHeaders, caller }, call));
  if (plan.fault) return failed(plan.fault);
  const beta = `${headers['openai-beta'] ?? ''} ${headers['sec-websocket-protocol'] ?? ''}`;
  return ok({ model, plan, initial, isBeta: /realtime[=-]v1/.test(beta) });
}
