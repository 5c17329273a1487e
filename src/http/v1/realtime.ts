import { z } from 'zod';
import { type Fault, fault, faultRow } from '../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalNumber, optionalString } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { faultBody } from '../../dialects/openai-client-fault.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { writeClientSecret } from '../socket/realtime/client-secret.ts';
import { objectionToSession } from '../socket/realtime/opening.ts';

/** Keys for one realtime session each, as OpenAI's API makes them (openai 7.57, `resources/realtime/client-secrets`, read 2026-11-29). */

const BODY = z.object({
  session: z
    .looseObject({ model: z.string() })
    .describe('What the session begins with; its model may be named by ?model= instead.')
    .optional(),
  expires_after: z
    .object({ anchor: z.literal('created_at').optional(), seconds: z.number().int().min(10).max(7_200) })
    .describe('How long a session may be opened with it: 600 seconds where nothing is said.')
    .optional(),
});

const SECONDS_USUAL = 600;

const refusal = (value: Fault): RouteAnswer => ({ status: faultRow(value).status, json: { error: faultBody(value) } });
const invalid = (param: string, message: string): RouteAnswer => refusal(fault('invalid_request', message, { param }));

type Made = { readonly value: string; readonly expires_at: number; readonly session: JsonObject };

function make(session: JsonObject, seconds: number, { caller }: RouteRequest, gateway: Gateway): Made | RouteAnswer {
  if (!caller) return refusal(fault('authentication', 'Invalid API key'));
  if (caller.kind !== 'key') return refusal(fault('permission_denied', 'A client secret is made with an API key.'));
  const objection = objectionToSession(caller);
  if (objection) return refusal(objection);
  if (session.type !== undefined && session.type !== 'realtime')
    return invalid('session.type', "Only sessions of type 'realtime' are relayed.");
  if (session.model !== undefined && typeof session.model !== 'string')
    return invalid('session.model', "'session.model' must be a string.");
  if (JSON.stringify(session).length > LIMITS.client_secret_session_length_max)
    return invalid(
      'session',
      `The settings are longer than ${LIMITS.client_secret_session_length_max} characters: send them by session.update.`,
    );
  const expiresAt = gateway.world.now() + seconds * 1_000;
  const { keyId, accountId } = caller;
  const value = writeClientSecret(gateway, { keyId, accountId, expiresAt, session });
  if (value === null)
    return refusal(fault('not_found', 'This instance has no master secret, which client secrets are signed with.'));
  return { value, expires_at: Math.floor(expiresAt / 1_000), session };
}

const CLIENT_SECRETS: Route = {
  method: 'POST',
  path: '/realtime/client_secrets',
  auth: 'call',
  body: BODY,
  handle: (request, gateway) => {
    const { session = {}, expires_after: after = null } = request.body;
    if (!isObject(session)) return invalid('session', "'session' must be an object.");
    const seconds = after === null ? SECONDS_USUAL : optionalNumber(objectOf(after).seconds);
    if (seconds === undefined || !Number.isInteger(seconds) || seconds < 10 || seconds > 7_200)
      return invalid('expires_after.seconds', "'expires_after.seconds' must be a whole number from 10 to 7200.");
    const made = make(session, seconds, request, gateway);
    if ('status' in made || 'stream' in made) return made;
    const { world } = gateway;
    return {
      status: 200,
      json: {
        value: made.value,
        expires_at: made.expires_at,
        session: { type: 'realtime', object: 'realtime.session', id: world.newId('sess'), ...made.session },
      },
    };
  },
};

/** The same in the shape of before August 2025: the body is the session, and so is the answer. */
const SESSIONS: Route = {
  method: 'POST',
  path: '/realtime/sessions',
  auth: 'call',
  handle: (request, gateway) => {
    const made = make(request.body, 60, request, gateway);
    if ('status' in made || 'stream' in made) return made;
    const { value, expires_at } = made;
    return {
      status: 200,
      json: {
        id: gateway.world.newId('sess'),
        object: 'realtime.session',
        ...made.session,
        model: optionalString(made.session.model) ?? null,
        client_secret: { value, expires_at },
      },
    };
  },
};

export const REALTIME_ROUTES: readonly Route[] = [CLIENT_SECRETS, SESSIONS];
