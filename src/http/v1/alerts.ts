import { z } from 'zod';
import { may } from '../../access/may.ts';
import { type Fault, fault } from '../../base/fault.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Principal } from '../../facts/principal.ts';
import { accountScope, keyScope, type Owner, workspaceScope } from '../../facts/scope.ts';
import { addressesOf, webhookSecret } from '../../gateway/alerts/tell.ts';
import { eventOf } from '../../gateway/alerts/watch.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { isReachable } from '../../gateway/videos/callback-objection.ts';
import { ALERT_KINDS, type Alert, type AlertEvent, type Watched } from '../../telemetry/alerts/alert.ts';
import { ALERTS_MAX, type AlertWish } from '../../telemetry/alerts/alerts.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { readBody } from './account/body.ts';
import { refusal } from './account/refusal.ts';

const MAILS_MAX = 20;
const EVENTS_SHOWN = 100;

const OPTIONAL = {
  name: z.string().min(1).max(200).optional(),
  enabled: z.boolean().optional(),
  /** A share: 0.8 = four fifths. */
  threshold: z.number().min(0.01).max(1).optional(),
  /** Of `budget`: `account`, `workspace:ID` or `key:HASH`; null = the account and what of it was used today. */
  scope: z.string().max(200).nullable().optional(),
  /** Of `error_rate`. */
  window_minutes: z.int().min(1).max(180).optional(),
  min_requests: z.int().min(1).max(1_000_000).optional(),
  /** Posted to, signed; null = nowhere. */
  webhook_url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable()
    .optional(),
  /** Addresses of people of the organization; null = none. */
  emails: z.array(z.string().max(254)).max(MAILS_MAX).nullable().optional(),
};
const CHANGE = z.strictObject(OPTIONAL);
const NEW = z.strictObject({ ...OPTIONAL, name: z.string().min(1).max(200), type: z.enum(ALERT_KINDS) });
type Said = z.infer<typeof CHANGE>;

const NONE = refusal(fault('not_found', 'Alert not found'));
const wrong = (param: string, message: string): Fault => fault('invalid_request', `${param}: ${message}`, { param });
const FULL = refusal(wrong('type', `an account has at most ${ALERTS_MAX} alerts`));

const masked = (url: string): string => {
  const { origin, pathname, search } = new URL(url);
  return pathname === '/' && search === '' ? origin : `${origin}/...`;
};

/** `webhook_secret` is for those who may change the alert. */
function alertJson(gateway: Gateway, alert: Alert, caller: Principal) {
  const { watched } = alert;
  const url = gateway.alerts.urlOf(alert);
  const isManager = may(caller, 'manage-observability');
  return {
    id: alert.id,
    name: alert.name,
    type: watched.kind,
    enabled: alert.enabled,
    threshold: watched.threshold,
    scope: watched.kind === 'budget' && watched.owner !== null ? shownOwner(watched.owner) : null,
    window_minutes: watched.kind === 'error_rate' ? watched.minutes : null,
    min_requests: watched.kind === 'error_rate' ? watched.requestsMin : null,
    webhook_url: url === null ? null : masked(url),
    webhook_secret: url !== null && isManager ? webhookSecret(gateway, alert.id) : null,
    emails: alert.mails,
    state: alert.raised.length > 0 ? 'raised' : 'ok',
    raised_for: alert.raised,
    message: alert.words === '' ? null : alert.words,
    raised_at: alert.raisedAt === null ? null : new Date(alert.raisedAt).toISOString(),
    created_at: new Date(alert.createdAt).toISOString(),
    updated_at: new Date(alert.updatedAt).toISOString(),
  };
}

const eventJson = (event: AlertEvent) => ({
  id: event.id,
  type: event.kind,
  message: event.words,
  created_at: new Date(event.at).toISOString(),
  deliveries: event.tellings.map(({ to, state, why }) => ({ to, state, reason: why ?? null })),
});

const shownOwner = (owner: Owner): string => (owner.startsWith('account:') ? 'account' : owner);

/** Whose budget is meant; another account's workspaces and keys are none. */
async function ownerOf(
  { access }: Gateway,
  accountId: string,
  scope: string | null,
): Promise<Result<Owner | null, Fault>> {
  if (scope === null) return ok(null);
  if (scope === 'account') return ok(accountScope(accountId));
  const at = scope.indexOf(':');
  const [kind, id] = [scope.slice(0, at), scope.slice(at + 1)];
  if (kind === 'workspace') {
    const workspace = await access.workspaces.find(accountId, id);
    if (workspace) return ok(workspaceScope(workspace.id));
  }
  if (kind === 'key' && (await access.keys.find(id))?.accountId === accountId) return ok(keyScope(id));
  return failed(wrong('scope', 'must be account, workspace:ID or key:HASH of this account, or null'));
}

type Before = {
  readonly watched: Watched;
  readonly mails: readonly string[];
  readonly name: string;
  readonly enabled: boolean;
};
/** What a new alert begins with. */
const AT_FIRST: { readonly [kind in Watched['kind']]: Watched } = {
  budget: { kind: 'budget', threshold: 0.8, owner: null },
  error_rate: { kind: 'error_rate', threshold: 0.2, minutes: 15, requestsMin: 20 },
  outage: { kind: 'outage', threshold: 0.5 },
};
/** Which members are of which type alone. */
const OF_TYPE = { scope: 'budget', window_minutes: 'error_rate', min_requests: 'error_rate' } as const;

async function wishOf(
  gateway: Gateway,
  accountId: string,
  said: Said,
  before: Before,
): Promise<Result<AlertWish, Fault>> {
  for (const [name, kind] of Object.entries(OF_TYPE) as [keyof typeof OF_TYPE, Watched['kind']][])
    if (said[name] !== undefined && said[name] !== null && before.watched.kind !== kind)
      return failed(wrong(name, `is of alerts of the type ${kind}`));
  if (said.webhook_url && !isReachable(gateway, said.webhook_url))
    return failed(wrong('webhook_url', 'points into a private network'));
  if (said.webhook_url && gateway.signingKey('alerts') === null)
    return failed(wrong('webhook_url', 'this instance has no secret to sign with'));
  const known = said.emails?.length ? await addressesOf(gateway, accountId) : null;
  const stranger = said.emails?.find((email) => !known?.has(email.toLowerCase()));
  if (stranger !== undefined)
    return failed(wrong('emails', 'must be addresses of people of the organization: nobody else is written to'));
  const threshold = said.threshold ?? before.watched.threshold;
  const wish = {
    name: said.name ?? before.name,
    enabled: said.enabled ?? before.enabled,
    mails: [...new Set(said.emails === undefined ? before.mails : (said.emails ?? []))],
  };
  if (before.watched.kind === 'budget') {
    const owner = said.scope === undefined ? ok(before.watched.owner) : await ownerOf(gateway, accountId, said.scope);
    return owner.ok ? ok({ ...wish, watched: { kind: 'budget', threshold, owner: owner.value } }) : owner;
  }
  if (before.watched.kind === 'outage') return ok({ ...wish, watched: { kind: 'outage', threshold } });
  const { minutes, requestsMin } = before.watched;
  const times = { minutes: said.window_minutes ?? minutes, requestsMin: said.min_requests ?? requestsMin };
  return ok({ ...wish, watched: { kind: 'error_rate', threshold, ...times } });
}

type Of = { readonly alert: Alert; readonly caller: Principal };

/** A route about one alert of the caller's account; another account's is none. */
const ofAlert =
  (handle: (of: Of, request: RouteRequest, gateway: Gateway) => Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const { caller, params } = request;
    const alert = caller && (await gateway.alerts.find(caller.accountId, params.id ?? ''));
    return caller && alert ? handle({ alert, caller }, request, gateway) : NONE;
  };

const LIST: Route = {
  method: 'GET',
  path: '/alerts',
  auth: 'read-settings',
  handle: async ({ caller }, gateway) => {
    if (caller === null) return NONE;
    const alerts = await gateway.alerts.list(caller.accountId);
    return {
      status: 200,
      json: { data: alerts.map((alert) => alertJson(gateway, alert, caller)), total_count: alerts.length },
    };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/alerts',
  auth: 'manage-observability',
  body: NEW,
  handle: async ({ body, caller }, gateway) => {
    const said = readBody(NEW, body);
    if (!said.ok || caller === null) return said.ok ? NONE : refusal(said.error);
    const { type, name, webhook_url } = said.value;
    const before = { watched: AT_FIRST[type], mails: [], name, enabled: true };
    const wish = await wishOf(gateway, caller.accountId, said.value, before);
    if (!wish.ok) return refusal(wish.error);
    const made = await gateway.alerts.create(caller.accountId, wish.value, webhook_url ?? null);
    if (!made.ok) return refusal(made.error);
    return made.value === 'full' ? FULL : { status: 201, json: { data: alertJson(gateway, made.value, caller) } };
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/alerts/:id',
  auth: 'read-settings',
  handle: ofAlert(async ({ alert, caller }, _request, gateway) => ({
    status: 200,
    json: { data: alertJson(gateway, alert, caller) },
  })),
};

const UPDATE: Route = {
  method: 'PATCH',
  path: '/alerts/:id',
  auth: 'manage-observability',
  body: CHANGE,
  handle: ofAlert(async ({ alert, caller }, { body }, gateway) => {
    const said = readBody(CHANGE, body);
    if (!said.ok) return refusal(said.error);
    const url = gateway.alerts.urlOf(alert);
    // What was shown masked and comes back so is as it was.
    const isKept = url !== null && said.value.webhook_url === masked(url);
    const { webhook_url, ...others } = said.value;
    const wish = await wishOf(gateway, caller.accountId, isKept ? others : said.value, alert);
    if (!wish.ok) return refusal(wish.error);
    const changed = await gateway.alerts.change(alert, wish.value, isKept ? undefined : webhook_url);
    if (!changed.ok) return refusal(changed.error);
    return changed.value ? { status: 200, json: { data: alertJson(gateway, changed.value, caller) } } : NONE;
  }),
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/alerts/:id',
  auth: 'manage-observability',
  handle: ofAlert(async ({ alert, caller }, _request, { alerts }) =>
    (await alerts.remove(caller.accountId, alert.id)) ? { status: 200, json: { deleted: true } } : NONE,
  ),
};

const EVENTS: Route = {
  method: 'GET',
  path: '/alerts/:id/events',
  auth: 'read-settings',
  handle: ofAlert(async ({ alert, caller }, _request, { alerts }) => ({
    status: 200,
    json: { data: (await alerts.events(caller.accountId, alert.id, EVENTS_SHOWN)).map(eventJson) },
  })),
};

const TEST: Route = {
  method: 'POST',
  path: '/alerts/:id/test',
  auth: 'manage-observability',
  handle: ofAlert(async ({ alert }, _request, gateway) => {
    const event = eventOf(gateway, alert, 'test', 'This is a test: nothing is the matter.');
    const isTurned = await gateway.alerts.turn({ alert, raised: alert.raised, event });
    return isTurned
      ? { status: 202, json: { data: eventJson(event) } }
      : refusal(fault('conflict', 'The alert has just changed: ask once more'));
  }),
};

/** What managers want to be told of: our own, in the shape of the contract's other objects. */
export const ALERT_ROUTES: readonly Route[] = [LIST, CREATE, ONE, UPDATE, REMOVE, EVENTS, TEST];
