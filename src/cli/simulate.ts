import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { OWNER_ACCOUNT_ID } from '../access/owner.ts';
import { placeOf } from '../base/place.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { withPolicies } from '../catalog/load.ts';
import type { Place } from '../insights/requests.ts';
import { realWorld } from '../upstream/world.ts';
import { problemText, readServing, type Serving } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
import { openVisit } from './store.ts';
import { type Behaviour, behaviourOf, inventedBehaviour } from './time-machine/behaviour.ts';
import { inventCalls } from './time-machine/invented.ts';
import { type PastCall, pastCallOf } from './time-machine/past-call.ts';
import { plotOf, type Sums, sharesOf, sumsOf, tableOf } from './time-machine/report.ts';
import { type Fared, travel } from './time-machine/travel.ts';
import { UsageError, wholeNumber, wrapped } from './usage.ts';

const PAGE = 1_000;
const UNITS: { readonly [unit: string]: number } = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `switchwright simulate`: what other policies would have made of the calls of the past. */
export async function simulateCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      policy: { type: 'string', multiple: true, default: [] },
      without: { type: 'string', multiple: true, default: [] },
      since: { type: 'string', default: '7d' },
      account: { type: 'string', default: OWNER_ACCOUNT_ID },
      calls: { type: 'string', default: '100000' },
      synthetic: { type: 'string' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.policy.length + values.without.length === 0)
    throw new UsageError(
      'Which policy? --policy FILE lays one over those of the catalogue, --without NAME leaves one out.',
    );
  const serving = await readServing(configuration, realWorld());
  if (!serving.ok) throw new Error(`The catalogue has problems:\n${problemText(serving.error)}`);
  const after = withOther(serving.value.catalog, values);
  const span = { from: Date.now() - durationOf(values.since), to: Date.now() };
  const seed = wholeNumber(values.seed, '--seed', 0);
  const past =
    values.synthetic === undefined
      ? await recorded(configuration, serving.value, {
          ...span,
          account: values.account,
          most: wholeNumber(values.calls, '--calls', 1),
        })
      : invented(serving.value, { ...span, seed, count: wholeNumber(values.synthetic, '--synthetic', 1) });
  if (past.calls.length === 0) {
    console.error(`There is no call since ${values.since} whose receipt says enough to be routed again.`);
    return 1;
  }
  const journey = { enabled: past.enabled, behaviour: past.behaviour };
  const was = travel(past.calls, { ...journey, catalog: serving.value.catalog });
  const is = travel(past.calls, { ...journey, catalog: after });
  if (values.json) console.log(JSON.stringify(jsonOf(was, is, past), null, 2));
  else tell(was, is, past);
  return 0;
}

/** The catalogue with these policies over its own; a file of the name of one of them takes its place. */
function withOther(
  catalog: Catalog,
  { policy, without }: { readonly policy: readonly string[]; readonly without: readonly string[] },
): Catalog {
  for (const name of without)
    if (!catalog.policies.some((one) => one.name === name))
      throw new UsageError(`There is no policy ${name} in the catalogue.`);
  const files = policy.map((path) => ({ name: basename(path, '.toml'), path, text: readFileSync(path, 'utf8') }));
  const kept = { ...catalog, policies: catalog.policies.filter(({ name }) => !without.includes(name)) };
  const laid = withPolicies(kept, files);
  if (!laid.ok) throw new Error(`The policy has problems:\n${problemText(laid.error)}`);
  return laid.value;
}

function durationOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`--since takes a time such as 90m, 12h or 7d, not "${text}".`);
  return Number(count) * (UNITS[unit] ?? 0);
}

type Past = {
  readonly calls: readonly PastCall[];
  readonly behaviour: Behaviour;
  readonly enabled: ReadonlySet<string>;
  /** What its receipts say of it; null = it is made up. */
  readonly truth: Sums | null;
  /** Receipts that do not say enough. */
  readonly unsaid: number;
};

type Span = { readonly from: number; readonly to: number };

async function recorded(
  configuration: Configuration,
  { catalog, enabled }: Serving,
  { from, account, most }: Span & { readonly account: string; readonly most: number },
): Promise<Past> {
  const storage = await openVisit(configuration);
  const calls: PastCall[] = [];
  const truth: Fared[] = [];
  let unsaid = 0;
  try {
    for (let place: Place | null = null; ; ) {
      const page = await storage.records.search({ accountId: account, from }, { from: place, limit: PAGE });
      for (const { receipt } of page.found) {
        const call = pastCallOf(receipt, catalog);
        if (!call) unsaid++;
        else if (calls.push(call) && receipt.state !== 'cancelled')
          truth.push({
            at: receipt.createdAt,
            endpoint: receipt.state === 'completed' ? (catalog.endpoints.get(receipt.endpoint ?? '') ?? null) : null,
            cost: receipt.bill.cost,
            firstContentMs: receipt.firstContentMs ?? receipt.totalMs,
            totalMs: receipt.totalMs,
            attempts: receipt.attempts.length,
            promptTokens: 0,
            cachedTokens: 0,
            arm: null,
          });
      }
      place = page.next;
      if (place === null || calls.length >= most) break;
    }
  } finally {
    await storage.close();
  }
  calls.reverse();
  const asked = calls.flatMap(({ attempts }) =>
    attempts.map(({ endpoint }) => catalog.endpoints.get(endpoint)?.provider.slug ?? ''),
  );
  return {
    calls,
    behaviour: behaviourOf(calls),
    enabled: new Set([...enabled, ...asked]),
    truth: sumsOf(truth),
    unsaid,
  };
}

/** Nobody needs keys for calls that are not made: every provider counts as switched on. */
function invented({ catalog }: Serving, span: Span & { readonly seed: number; readonly count: number }): Past {
  const enabled = new Set(catalog.providers.keys());
  const calls = inventCalls({ catalog, enabled }, span);
  return { calls, behaviour: inventedBehaviour(span.seed, span, placeOf), enabled, truth: null, unsaid: 0 };
}

const SHOWN = 8;

function tell(was: readonly Fared[], is: readonly Fared[], { calls, behaviour, truth, unsaid }: Past): void {
  const [before, after] = [sumsOf(was), sumsOf(is)];
  const moved = was.filter((one, place) => one.endpoint !== is[place]?.endpoint).length;
  console.log(
    `${calls.length} calls, each sent through the router twice: with today's policies, and with the others. ${moved} go elsewhere.\n`,
  );
  for (const line of tableOf(before, after)) console.log(line.trimEnd());
  console.log('\nCalls answered by');
  const [from, to] = [sharesOf(was), sharesOf(is)];
  const changed = [...new Set([...from.keys(), ...to.keys()])]
    .map((id) => ({ id, from: from.get(id) ?? 0, to: to.get(id) ?? 0 }))
    .sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from));
  for (const one of changed.slice(0, SHOWN))
    console.log(`  ${one.id.padEnd(46)}${`${one.from}`.padStart(9)} → ${`${one.to}`.padStart(7)}`);
  console.log('\nCost over time, before ▒ and after █');
  for (const line of plotOf(was, is)) console.log(line);
  const notes = [
    truth
      ? `Their receipts say: $${Number(truth.cost) / 1e9}, ${truth.failed} failed, first content after ${truth.firstContentMs[0]} ms at the median. What is simulated with today's policies comes close to that where prices and policies were the same.`
      : 'The calls and the hosts are made up.',
    unsaid > 0
      ? `${unsaid} receipts do not say enough to be routed again: refused, given from the cache, settled after a crash, or of models that are gone.`
      : '',
    behaviour.unknown.size > 0
      ? `Nothing is known of ${[...behaviour.unknown].slice(0, 5).join(', ')}${behaviour.unknown.size > 5 ? ' and others' : ''}: taken to be like the others.`
      : '',
    'What was left of budgets is not simulated: policies that ask for it do not come on. Shadows cost nothing here.',
  ];
  console.log(
    `\n${notes
      .filter((note) => note !== '')
      .map((note) => wrapped(note))
      .join('\n')}`,
  );
}

function jsonOf(was: readonly Fared[], is: readonly Fared[], { calls, behaviour, truth, unsaid }: Past): object {
  const sums = (some: Sums | null) => some && { ...some, cost: Number(some.cost) / 1e9 };
  return {
    calls: calls.length,
    moved: was.filter((one, place) => one.endpoint !== is[place]?.endpoint).length,
    recorded: sums(truth),
    before: { ...sums(sumsOf(was)), answered_by: Object.fromEntries(sharesOf(was)) },
    after: { ...sums(sumsOf(is)), answered_by: Object.fromEntries(sharesOf(is)), arms: armsOf(is) },
    unknown_endpoints: [...behaviour.unknown],
    receipts_left_out: unsaid,
  };
}

function armsOf(fared: readonly Fared[]): { readonly [arm: string]: number } {
  const counts: { [arm: string]: number } = {};
  for (const { arm } of fared) if (arm !== null) counts[arm] = (counts[arm] ?? 0) + 1;
  return counts;
}
