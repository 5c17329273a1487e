import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatUsd, type NanoUsd, nano, usdNumber } from '../base/money.ts';
import { dayOf } from '../base/period.ts';
import { completionTokens, promptTokens } from '../call/usage.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Place } from '../insights/requests.ts';
import { resolveModel } from '../router/resolve.ts';
import type { Storage } from '../storage/open.ts';
import { problemText, readCatalogue } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
import { type Comparing, compareUsage, type Drift, type OurCall, type Sum } from './exports/compare.ts';
import { readUsage, type UsageRow, VENDORS, type Vendor } from './exports/usage.ts';
import { openVisit } from './store.ts';
import { UsageError } from './usage.ts';

const TOLERANCE_PERCENT = 1;

/** `switchwright reconcile VENDOR FILE`: 0 if a vendor's bill is what receipts come to, 1 if it differs by more than is tolerated. */
export async function reconcileCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, tolerance: { type: 'string' } },
  });
  const [word, file, ...rest] = positionals;
  const vendor = VENDORS.find((one) => one === word);
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is one word too many.`);
  if (!vendor) throw new UsageError(`Whose bill? ${VENDORS.join(', ')}.`);
  if (file === undefined) throw new UsageError('Which file?');
  const tolerance = Number(values.tolerance ?? TOLERANCE_PERCENT);
  if (!(tolerance >= 0)) throw new UsageError(`--tolerance takes a percentage, not "${values.tolerance}".`);
  const read = readUsage(vendor, readFileSync(file, 'utf8'));
  if (!read.ok) throw new Error(`${file}: ${read.error}`);
  const drift = await driftOf(read.value, vendor, configuration);
  console.log(values.json ? JSON.stringify(jsonOf(drift)) : told(drift));
  return Math.abs(percentOf(drift.total)) > tolerance ? 1 : 0;
}

async function driftOf(rows: readonly UsageRow[], vendor: Vendor, configuration: Configuration): Promise<Drift> {
  const catalogue = readCatalogue(configuration);
  if (!catalogue.ok) throw new Error(`The catalogue has problems:\n${problemText(catalogue.error)}`);
  const comparing = compareUsage(rows, modelOf(vendor, catalogue.value));
  const storage = await openVisit(configuration);
  try {
    const days = rows.map(({ day }) => day).sort();
    await takeCalls(storage, vendor, { first: days[0] ?? '', last: days.at(-1) ?? '' }, comparing);
  } finally {
    await storage.close();
  }
  return comparing.end();
}

/** A vendor's name for a model → ours; its own where there is none. Snapshots end in a date. */
function modelOf(vendor: Vendor, catalog: Catalog): (name: string) => string {
  const upstream = new Map<string, string>();
  for (const { provider, upstreamId, modelId } of catalog.endpoints.values())
    if (provider.slug === vendor) upstream.set(upstreamId, modelId);
  const titles = new Map(
    [...catalog.models.values()].map(({ name, id }) => [name.replace(/^[^:]*: /, '').toLowerCase(), id]),
  );
  const find = (name: string): string | undefined =>
    upstream.get(name) ?? resolveModel(catalog, name)?.model.id ?? titles.get(name.toLowerCase());
  return (name) => find(name) ?? find(name.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '')) ?? name;
}

const PAGE = 500;
const DAY_MS = 86_400_000;

/** Of all accounts: they share the operator's bill. */
async function takeCalls(
  { records, database }: Storage,
  vendor: Vendor,
  { first, last }: { readonly first: string; readonly last: string },
  comparing: Comparing,
): Promise<void> {
  const span = { from: Date.parse(first), to: Date.parse(last) + DAY_MS };
  for (const { id: accountId } of await database.selectFrom('account').select('id').execute())
    for (let place: Place | null = null; ; ) {
      const page = await records.search({ accountId, provider: vendor, ...span }, { from: place, limit: PAGE });
      for (const { receipt } of page.found) for (const call of callsAt(receipt, vendor)) comparing.take(call);
      place = page.next;
      if (place === null) break;
    }
}

/** The exchanges that the vendor bills: what a receipt comes to is told at the last of them. */
function callsAt(receipt: Receipt, vendor: Vendor): readonly OurCall[] {
  if (receipt.provider !== vendor || receipt.cachedFrom !== undefined) return [];
  const attempt = receipt.attempts.findLast(({ provider, outcome }) => provider === vendor && outcome !== 'failed');
  if (!attempt) return [];
  const { bill, usage } = receipt;
  return [
    {
      generation: receipt.id,
      upstreamId: attempt.upstreamId,
      day: dayOf(receipt.createdAt),
      model: receipt.model ?? '',
      tokens: promptTokens(usage) + completionTokens(usage),
      cost: bill.upstreamCost ?? nano(bill.cost - (bill.serverToolCost ?? 0n)),
    },
  ];
}

const percentOf = ({ theirs, ours }: Drift['total']): number =>
  theirs.cost === 0n ? (ours.cost === 0n ? 0 : 100) : (Number(ours.cost - theirs.cost) / Number(theirs.cost)) * 100;
const usd = (value: NanoUsd): string => `${value < 0n ? '-' : ''}$${formatUsd(nano(value < 0n ? -value : value))}`;
const drifted = (theirs: Sum, ours: Sum): NanoUsd => nano(ours.cost - theirs.cost);

function told({ days, total, calls }: Drift): string {
  const line = (day: string, model: string, { theirs, ours }: Drift['total']): readonly string[] => [
    day,
    model,
    `${theirs.requests}`,
    `${ours.requests}`,
    `${theirs.tokens}`,
    `${ours.tokens}`,
    usd(theirs.cost),
    usd(ours.cost),
    usd(drifted(theirs, ours)),
  ];
  const head = ['day', 'model', 'requests', 'ours', 'tokens', 'ours', 'cost', 'ours', 'drift'];
  const lines = [head, ...days.map((one) => line(one.day, one.model, one)), line('', 'total', total)];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const text = lines.map((cells) =>
    cells.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
  );
  return [...text, ...(calls ? callsTold(calls) : []), `Drift: ${percentOf(total).toFixed(2)} %`].join('\n');
}

const callsTold = (calls: NonNullable<Drift['calls']>): readonly string[] => [
  '',
  `${calls.matched} requests matched, ${calls.differentCount} of them with another cost; ${calls.onlyTheirsCount} only in the export, ${calls.onlyOursCount} only here`,
  ...calls.different.map(
    ({ id, generation, theirs, ours }) => `  ${id} = ${generation}: ${usd(theirs)}, here ${usd(ours)}`,
  ),
  ...calls.onlyTheirs.map((id) => `  only in the export: ${id}`),
  ...calls.onlyOurs.map((id) => `  only here: ${id}`),
];

const sumJson = ({ requests, tokens, cost }: Sum) => ({ requests, tokens, cost_usd: usdNumber(cost) });
const jsonOf = ({ days, total, calls }: Drift) => ({
  drift_percent: percentOf(total),
  total: {
    theirs: sumJson(total.theirs),
    ours: sumJson(total.ours),
    drift_usd: usdNumber(drifted(total.theirs, total.ours)),
  },
  days: days.map(({ day, model, theirs, ours }) => ({
    day,
    model,
    theirs: sumJson(theirs),
    ours: sumJson(ours),
    drift_usd: usdNumber(drifted(theirs, ours)),
  })),
  ...(calls && {
    requests: {
      matched: calls.matched,
      different: calls.different.map(({ id, generation, theirs, ours }) => ({
        id,
        generation_id: generation,
        theirs_usd: usdNumber(theirs),
        ours_usd: usdNumber(ours),
      })),
      different_count: calls.differentCount,
      only_theirs: calls.onlyTheirs,
      only_theirs_count: calls.onlyTheirsCount,
      only_ours: calls.onlyOurs,
      only_ours_count: calls.onlyOursCount,
    },
  }),
});
