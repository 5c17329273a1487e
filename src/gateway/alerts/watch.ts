import type { Alert, AlertEvent, AlertEventKind, Telling } from '../../telemetry/alerts/alert.ts';
import type { Gateway } from '../gateway.ts';
import { check, type Finding, type Looking } from './check.ts';

/** Findings that are written out in one event; of more it says how many. */
const LINES_MAX = 20;

export type Watching = Looking & Pick<Gateway, 'log'> & { readonly alerts: Gateway['alerts'] };

/** Looks once at everything that is watched, and writes down what has begun and what is over. */
export async function watchOnce(watching: Watching): Promise<void> {
  for (const alert of await watching.alerts.enabled())
    try {
      await turn(watching, alert, await check(watching, alert));
    } catch (cause) {
      watching.log(`the alert ${alert.id} could not be looked at`, cause);
    }
}

async function turn(watching: Watching, alert: Alert, findings: readonly Finding[]): Promise<void> {
  const raised = findings.map(({ subject }) => subject).sort();
  const begun = findings.filter(({ subject }) => !alert.raised.includes(subject));
  const over = alert.raised.filter((subject) => !raised.includes(subject));
  if (begun.length === 0 && over.length === 0) return;
  // A budget that is filled up again is no news; what fails no longer is.
  const isTold = begun.length > 0 || (alert.watched.kind !== 'budget' && raised.length === 0);
  const words = begun.length > 0 ? linesOf(begun) : 'It is over.';
  const event = isTold ? eventOf(watching, alert, begun.length > 0 ? 'raised' : 'resolved', words) : null;
  await watching.alerts.turn({ alert, raised, event });
}

const linesOf = (findings: readonly Finding[]): string => {
  const lines = findings.slice(0, LINES_MAX).map(({ words }) => words);
  return (findings.length > LINES_MAX ? [...lines, `And ${findings.length - LINES_MAX} more.`] : lines).join('\n');
};

export function eventOf(
  { world }: Pick<Gateway, 'world'>,
  alert: Alert,
  kind: AlertEventKind,
  words: string,
): AlertEvent {
  const waiting = (to: string): Telling => ({ to, state: 'waiting' });
  return {
    id: world.newId('alert'),
    accountId: alert.accountId,
    alertId: alert.id,
    at: world.now(),
    kind,
    words,
    tellings: [...(alert.sealedUrl === null ? [] : [waiting('webhook')]), ...alert.mails.map(waiting)],
    tries: 0,
  };
}
