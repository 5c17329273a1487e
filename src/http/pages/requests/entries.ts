import { may } from '../../../access/may.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Receipt } from '../../../facts/receipt.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Place, Refusal, RequestFilter } from '../../../insights/requests.ts';

/** Below what the list goes on: its id among everything, and the month of the receipts that come next. */
export type Cursor = Place;

/** A request as the list has it. */
export type Entry =
  | { readonly kind: 'receipt'; readonly id: string; readonly receipt: Receipt }
  | { readonly kind: 'refusal'; readonly id: string; readonly refusal: Refusal };

export type Entries = {
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** Where it goes on; null = there is nothing older. There may be more though nothing was found. */
  readonly next: Cursor | null;
};

/** No receipts are left, in any month. */
const NO_MONTH = '0000-00';

/** Receipts and refusals that fit, as one list. Whoever runs the instance sees those, too, whose caller nobody knows. */
export async function entriesOf(
  { records, refusals }: Pick<Gateway, 'records' | 'refusals'>,
  caller: Principal,
  filter: RequestFilter,
  { cursor, limit }: { readonly cursor: Cursor | null; readonly limit: number },
): Promise<Entries> {
  const strangers = may(caller, 'operate') && filter.keyId === undefined ? [{ ...filter, accountId: '' }] : [];
  const page = { before: cursor?.id ?? null, limit: limit + 1 };
  const [searched, ...refused] = await Promise.all([
    records.search(filter, { from: cursor, limit: limit + 1 }),
    ...[filter, ...strangers].map((each) => refusals.search(each, page)),
  ]);
  const { found, next } = searched;
  // Older ones come with the receipts of their time.
  const isReached = ({ id }: Refusal): boolean => next === null || id > next.id;
  const waiting = refused.flat().toSorted((a, b) => (a.id > b.id ? -1 : 1));
  const merged = merge(found, waiting.filter(isReached));
  const entries = merged.slice(0, limit);
  const last = entries.at(-1);
  const isCut = merged.length > limit;
  if (!isCut && next !== null) return { entries, next };
  if (!isCut || last === undefined) return { entries, next: null };
  const shown = entries.filter(({ kind }) => kind === 'receipt').length;
  const month = found[shown]?.place.month ?? next?.month ?? NO_MONTH;
  return { entries, next: { month, id: last.id } };
}

/** The receipts keep their order, by which the search goes on. */
function merge(found: readonly { readonly receipt: Receipt }[], refusals: readonly Refusal[]): readonly Entry[] {
  const merged: Entry[] = [];
  let at = 0;
  for (const { receipt } of found) {
    for (let refusal = refusals[at]; refusal && refusal.id > receipt.id; refusal = refusals[++at])
      merged.push({ kind: 'refusal', id: refusal.id, refusal });
    merged.push({ kind: 'receipt', id: receipt.id, receipt });
  }
  for (const refusal of refusals.slice(at)) merged.push({ kind: 'refusal', id: refusal.id, refusal });
  return merged;
}
