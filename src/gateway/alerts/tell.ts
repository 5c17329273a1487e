import { createHmac } from 'node:crypto';
import { PRODUCT } from '../../base/product.ts';
import type { Alert, AlertEvent, Telling } from '../../telemetry/alerts/alert.ts';
import { post } from '../../telemetry/post.ts';
import type { Gateway } from '../gateway.ts';

/** Between two tries: 5 s, 20 s, 80 s and so on; the last comes some three hours after the first. */
const AGAIN_MS = { first: 5_000, factor: 4, most: 3_600_000 } as const;
const TRIES_MAX = 8;
const AT_ONCE_MAX = 10;
const CLAIM_MS = 120_000;
const PEOPLE_PAGE = 100;
const PEOPLE_MAX = 2_000;

export type Tell = Pick<Gateway, 'world' | 'log' | 'access' | 'mailer' | 'front' | 'signingKey'> & {
  readonly alerts: Gateway['alerts'];
};

/** What an alert's posts are signed with: hex. Null = none can be. */
export function webhookSecret(gateway: Pick<Gateway, 'signingKey'>, alertId: string): string | null {
  const key = gateway.signingKey('alerts');
  return key && createHmac('sha256', key).update(alertId).digest('hex');
}

/** Tells whoever waits to be told, at least once, whatever dies meanwhile. Answers how many events it has taken. */
export async function tellOnce(gateway: Tell): Promise<number> {
  const events = await gateway.alerts.claim(gateway.world.now(), CLAIM_MS, AT_ONCE_MAX);
  await Promise.all(
    events.map((event) => tell(gateway, event).catch((cause) => gateway.log(`nobody was told of ${event.id}`, cause))),
  );
  return events.length;
}

async function tell(gateway: Tell, event: AlertEvent): Promise<void> {
  const alert = await gateway.alerts.find(event.accountId, event.alertId);
  if (!alert) return;
  const isLast = event.tries >= TRIES_MAX;
  const tellings = await Promise.all(
    event.tellings.map(async (telling): Promise<Telling> => {
      if (telling.state !== 'waiting') return telling;
      const next = await (telling.to === 'webhook'
        ? posted(gateway, alert, event)
        : mailed(gateway, alert, event, telling.to));
      return { ...next, to: telling.to, ...(next.state === 'waiting' && isLast && { state: 'failed' }) };
    }),
  );
  const isWaiting = tellings.some(({ state }) => state === 'waiting');
  const againMs = Math.min(AGAIN_MS.most, AGAIN_MS.first * AGAIN_MS.factor ** (event.tries - 1));
  await gateway.alerts.told({ ...event, tellings }, isWaiting ? gateway.world.now() + againMs : null);
}

type Became = Omit<Telling, 'to'>;

async function posted(gateway: Tell, alert: Alert, event: AlertEvent): Promise<Became> {
  const url = gateway.alerts.urlOf(alert);
  const secret = webhookSecret(gateway, alert.id);
  if (url === null) return { state: 'failed', why: 'there is no address any more' };
  if (secret === null) return { state: 'failed', why: 'this instance has no secret to sign with' };
  const now = Math.floor(gateway.world.now() / 1000);
  const body = JSON.stringify({
    type: `alert.${event.kind}`,
    id: event.id,
    created_at: new Date(event.at).toISOString(),
    // What Slack, Mattermost and the like show of a post.
    text: `${alert.name}: ${event.words}`,
    data: { alert_id: alert.id, name: alert.name, alert_type: alert.watched.kind, message: event.words },
  });
  const signature = createHmac('sha256', secret).update(`${now},${body}`).digest('hex');
  const headers = {
    'user-agent': PRODUCT.userAgent,
    'x-openrouter-signature': `t=${now},v1=${signature}`,
    'x-openrouter-idempotency-key': event.id,
  };
  const sent = await post(gateway.world, { url, headers, isCompressed: false, reach: 'public' }, body);
  if (sent.kind === 'taken') return { state: 'sent' };
  // Some say 404 or 500 while they are put in place.
  return { state: sent.kind === 'refused' && event.tries >= 3 ? 'failed' : 'waiting', why: sent.why };
}

async function mailed(gateway: Tell, alert: Alert, event: AlertEvent, to: string): Promise<Became> {
  const { mailer, front } = gateway;
  if (!mailer) return { state: 'failed', why: 'this instance has no server for mail' };
  // Whoever has left is not written to.
  if (!(await addressesOf(gateway, alert.accountId)).has(to.toLowerCase()))
    return { state: 'failed', why: 'no person of the organization has this address' };
  const subject = `${event.kind === 'resolved' ? 'Over' : event.kind === 'test' ? 'Test' : 'Alert'}: ${oneLine(alert.name)}`;
  const link = front?.publicUrl ? `\n\n${front.publicUrl}/settings/alerts/${alert.id}` : '';
  const sent = await mailer.send({ to, subject, text: `${event.words}${link}\n` });
  if (sent.ok) return { state: 'sent' };
  return { state: sent.error.kind === 'refused' ? 'failed' : 'waiting', why: sent.error.kind };
}

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** Who may be written to: people of the account, and nobody else by the operator's server. In small letters. */
export async function addressesOf(
  { access }: Pick<Gateway, 'access'>,
  accountId: string,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let offset = 0; offset < PEOPLE_MAX; offset += PEOPLE_PAGE) {
    const { people } = await access.people.list(accountId, { offset, limit: PEOPLE_PAGE });
    for (const { email } of people) if (email !== null) found.add(email.toLowerCase());
    if (people.length < PEOPLE_PAGE) break;
  }
  return found;
}
