import { dayOf } from '../../base/period.ts';
import { accountScope, keyScope, type Owner, workspaceScope } from '../../facts/scope.ts';
import { METRIC_BY_NAME } from '../../insights/metrics.ts';
import type { LedgerStore } from '../../ledger/store.ts';
import type { Alert, Watched } from '../../telemetry/alerts/alert.ts';
import type { Gateway } from '../gateway.ts';

/** What an alert is raised for: a name that stays the same while it lasts, and what is said of it. */
export type Finding = { readonly subject: string; readonly words: string };

export type Looking = Pick<Gateway, 'world' | 'insights' | 'health' | 'catalog' | 'access'> & {
  readonly left: LedgerStore['left'];
};

/** Workspaces and keys that are looked at, those that were used most today. */
const OWNERS_MAX = 200;
const MINUTE_MS = 60_000;
/** Shares are told in millionths: 1 - 0.2 is not less than 0.8. */
const EXACT = 1e-7;
/** What one finding says of names that others chose. */
const NAME_LENGTH_MAX = 80;

/** What is the matter now, of what an alert watches. */
export function check(looking: Looking, { accountId, watched }: Alert): Promise<readonly Finding[]> {
  switch (watched.kind) {
    case 'budget':
      return budgets(looking, accountId, watched);
    case 'error_rate':
      return errors(looking, accountId, watched);
    case 'outage':
      return Promise.resolve(outages(looking, watched));
    default:
      return watched satisfies never;
  }
}

type Of<K extends Watched['kind']> = Extract<Watched, { readonly kind: K }>;

async function budgets(looking: Looking, accountId: string, { owner, threshold }: Of<'budget'>): Promise<Finding[]> {
  const owners = owner === null ? await spending(looking, accountId) : [owner];
  const findings: Finding[] = [];
  for (const one of owners) {
    const left = await looking.left([one]);
    if (left === null || 1 - left.share < threshold - EXACT) continue;
    const name = await nameOf(looking, accountId, one);
    const gone = Math.floor((1 - left.share) * 100);
    findings.push({ subject: one, words: `${name} has used ${gone} % of what it may spend.` });
  }
  return findings;
}

async function spending({ insights, world }: Looking, accountId: string): Promise<readonly Owner[]> {
  const today = dayOf(world.now());
  const asked = { from: today, to: today, where: { accountId }, top: OWNERS_MAX };
  const [workspaces, keys] = await Promise.all([
    insights.sums({ ...asked, by: ['workspaceId'] }),
    insights.sums({ ...asked, by: ['keyId'] }),
  ]);
  return [
    accountScope(accountId),
    ...workspaces.map(({ workspaceId }) => workspaceScope(workspaceId)),
    ...keys.map(({ keyId }) => keyScope(keyId)),
  ];
}

async function nameOf({ access }: Looking, accountId: string, owner: Owner): Promise<string> {
  const at = owner.indexOf(':');
  const [kind, id] = [owner.slice(0, at), owner.slice(at + 1)];
  const plain = (name: string | undefined): string => (name ?? id).replace(/\p{Cc}+/gu, ' ').slice(0, NAME_LENGTH_MAX);
  if (kind === 'workspace') return `The workspace “${plain((await access.workspaces.find(accountId, id))?.name)}”`;
  if (kind === 'key') {
    const key = await access.keys.find(id);
    return `The key “${plain(key?.accountId === accountId ? key.name : undefined)}”`;
  }
  return kind === 'member' ? 'A member' : 'The account';
}

async function errors({ insights, world }: Looking, accountId: string, watched: Of<'error_rate'>): Promise<Finding[]> {
  const to = Math.ceil((world.now() + 1) / MINUTE_MS) * MINUTE_MS;
  const { rows } = await insights.analytics(
    {
      accountId,
      metrics: ['request_count', 'error_rate'].flatMap((name) => METRIC_BY_NAME.get(name) ?? []),
      dimensions: [],
      filters: [],
      granularity: null,
      from: to - (watched.minutes + 1) * MINUTE_MS,
      to,
      order: null,
      limit: 1,
      groupLimit: null,
    },
    (slug) => slug,
  );
  const requests = Number(rows[0]?.request_count ?? 0);
  const rate = Number(rows[0]?.error_rate ?? 0);
  if (requests < watched.requestsMin || rate < watched.threshold) return [];
  const words = `${Math.round(rate * 100)} % of ${requests} calls failed in the last ${watched.minutes} minutes.`;
  return [{ subject: 'errors', words }];
}

function outages({ catalog, health }: Looking, { threshold }: Of<'outage'>): Finding[] {
  const view = health.view();
  const best = new Map<string, number>();
  const names = new Map<string, string>();
  for (const { id, provider } of catalog().endpoints.values()) {
    const answered = view.of(id)?.successLast5m ?? null;
    if (answered === null) continue;
    best.set(provider.slug, Math.max(best.get(provider.slug) ?? 0, answered));
    names.set(provider.slug, provider.name);
  }
  return [...best].flatMap(([slug, answered]) =>
    answered < threshold
      ? [
          {
            subject: `provider:${slug}`,
            words: `${names.get(slug)} answered ${Math.round(answered * 100)} % of what it was asked in the last five minutes.`,
          },
        ]
      : [],
  );
}
