import { weekOf } from '../base/period.ts';
import { DIMENSIONS, type Dimension, type Names } from './dimensions.ts';
import { grainsOf } from './grains.ts';
import { FIGURES_OF, type Measured, type Metric } from './metrics.ts';
import { LOST_IN_DAYS, SPEEDS, type Speed, TALLY_FIGURES, type TallyFigure, type TallyKey } from './tally.ts';
import type { Operator, TallyFilter, TallyQuestion, TallyRow, TallySpeedRow, TallyStore } from './tally-store.ts';

export const GRANULARITIES = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

export type AnalyticsFilter = {
  readonly dimension: Dimension;
  readonly operator: Operator;
  readonly values: readonly string[];
  readonly includeUnset: boolean;
};

/** A question that has been found sound: names are known, limits are kept. */
export type AnalyticsQuestion = {
  /** Null = of all accounts: of whole days what days tell, or of hours that are kept what they tell. */
  readonly accountId: string | null;
  readonly metrics: readonly Metric[];
  readonly dimensions: readonly Dimension[];
  readonly filters: readonly AnalyticsFilter[];
  readonly granularity: Granularity | null;
  /** Milliseconds since 1970; the end is excluded. */
  readonly from: number;
  readonly to: number;
  /** Null = the newest time first, else the most of the first metric. */
  readonly order: { readonly field: string; readonly descending: boolean } | null;
  readonly limit: number;
  readonly groupLimit: number | null;
};

export type AnalyticsAnswer = {
  readonly rows: readonly { readonly [name: string]: string | number | null }[];
  readonly truncated: boolean;
  /** The metrics of all groups together, of a question without granularity; null = there is none. */
  readonly total: () => { readonly [metric: string]: number | null } | null;
};

const BUCKET_LENGTH = { minute: 16, hour: 13, day: 10, week: 10, month: 7 } as const;

/** Answers from tallies; what is derived of their columns (variants, users, weeks) is put together here. */
export async function answerAnalytics(
  store: TallyStore,
  question: AnalyticsQuestion,
  provider: Names['provider'],
): Promise<AnalyticsAnswer> {
  const groups = new Map<string, Group>();
  let isCut = false;
  for (const { from, to } of slicesOf(question)) {
    isCut = (await gather(groups, store, { ...question, from, to }, provider)) || isCut;
    if (groups.size > question.limit && answered(groups).length > question.limit) break;
  }
  const whole = answered(groups);
  const ordered = orderedBy(question, whole);
  const limited = question.groupLimit === null ? ordered : perGroup(ordered, question.groupLimit);
  return {
    rows: limited.slice(0, question.limit).map((group) => rowOf(question, group)),
    truncated: isCut || limited.length > question.limit || limited.length < ordered.length,
    total: () => (whole.length === 0 ? null : totalOf(question, whole)),
  };
}

function totalOf(question: AnalyticsQuestion, groups: readonly Group[]): { readonly [metric: string]: number | null } {
  const all: Group = { at: '', shown: [], name: '', sums: { ...NOTHING }, spread: {}, measured: null };
  for (const { sums, spread: spreads } of groups) {
    for (const figure of TALLY_FIGURES) all.sums[figure] += sums[figure];
    for (const speed of SPEEDS)
      for (const [bucket, calls] of spreads[speed] ?? []) addSpeed(all, speed, { bucket, calls });
  }
  return measure(question, all);
}

const answered = (groups: ReadonlyMap<string, Group>): readonly Group[] =>
  [...groups.values()].filter(({ sums: { requests } }) => requests > 0n);

const DAY_MS = 86_400_000;
type Slice = Pick<AnalyticsQuestion, 'from' | 'to'>;
/**
 * Who wants the first so many hours of a month is not answered by reading the month: where the order is that of time,
 * days are asked for from that end on, twice as many each time, until there is enough.
 */
function slicesOf(question: AnalyticsQuestion): readonly Slice[] {
  const { granularity, order, groupLimit, from, to } = question;
  const isByTime = granularity === 'hour' && groupLimit === null && (order === null || order.field === 'date');
  if (!isByTime) return [{ from, to }];
  const slices: Slice[] = [];
  let days = 1;
  if (order?.descending ?? true)
    for (let end = to; end > from; days *= 2) {
      const start = Math.max(from, (Math.ceil(end / DAY_MS) - days) * DAY_MS);
      slices.push({ from: start, to: end });
      end = start;
    }
  else
    for (let start = from; start < to; days *= 2) {
      const end = Math.min(to, (Math.floor(start / DAY_MS) + days) * DAY_MS);
      slices.push({ from: start, to: end });
      start = end;
    }
  return slices;
}

/** Adds what the store has of one time to the groups. Answers whether the store left something out. */
async function gather(
  groups: Map<string, Group>,
  store: TallyStore,
  question: AnalyticsQuestion,
  provider: Names['provider'],
): Promise<boolean> {
  const asked = tallyQuestion(question);
  const speeds = SPEEDS.filter((speed) => question.metrics.some((metric) => metric.speed === speed));
  const [sums, spreads] = await Promise.all([
    store.sums(asked),
    // How the speeds of one end user's calls are spread is not kept: their averages are.
    speeds.length === 0 || asked.ofUsers ? [] : store.speeds(asked, speeds),
  ]);
  const names: Names = { ...(await labelsOf(store, question, sums)), provider };
  for (const row of sums) {
    const group = groupOf(groups, question, row, names);
    if (group) add(group, row, asked.figures);
  }
  for (const row of spreads) {
    const group = groupOf(groups, question, row, names);
    if (group) addSpeed(group, row.speed, { bucket: Number(row.bucket), calls: BigInt(row.calls) });
  }
  return sums.length >= store.rowsMax || spreads.length >= store.rowsMax;
}

function tallyQuestion(question: AnalyticsQuestion): TallyQuestion {
  const { accountId, metrics, dimensions, filters, granularity, from, to } = question;
  const derived = filters.filter(({ dimension }) => !dimension.isPlain).map(({ dimension }) => dimension);
  const columns = [...dimensions, ...derived].flatMap(({ column }) => (column === null ? [] : [column]));
  const where = filters.flatMap(whereOf);
  const isOfHours = granularity === 'minute' || granularity === 'hour';
  const isDetailed = [...columns, ...where.map(({ column }) => column)].some((column) => LOST_IN_DAYS.includes(column));
  const grains = grainsOf(from, to, isOfHours || isDetailed ? 'minute' : 'day');
  return {
    accountId,
    // Which days of which account have lost their hours is not told of all accounts together.
    grains: accountId === null ? grains.filter(({ goneFrom }) => goneFrom === undefined) : grains,
    bucketLength: granularity === null ? 0 : BUCKET_LENGTH[granularity],
    by: [...new Set<TallyKey>(columns)],
    figures: [...new Set<TallyFigure>(['requests', ...metrics.flatMap(({ name }) => FIGURES_OF.get(name) ?? [])])],
    where,
    ofUsers: columns.includes('external_user') || where.some(({ column }) => column === 'external_user'),
  };
}

/** `in` and `not_in` leave out what has no value, unless they say otherwise. */
function valuesOf({ operator, values, includeUnset, dimension: { hasUnset } }: AnalyticsFilter): readonly string[] {
  if (!hasUnset) return values;
  if (operator === 'in' && includeUnset) return [...values, ''];
  return operator === 'not_in' && !includeUnset ? [...values, ''] : values;
}

function whereOf(filter: AnalyticsFilter): readonly TallyFilter[] {
  const { dimension, operator } = filter;
  return dimension.isPlain && dimension.column !== null
    ? [{ column: dimension.column, operator, values: valuesOf(filter) }]
    : [];
}

function passes(filter: AnalyticsFilter, has: readonly string[]): boolean {
  const values = valuesOf(filter);
  const [value = ''] = values;
  const [own = ''] = has;
  switch (filter.operator) {
    case 'eq':
      return has.includes(value);
    case 'neq':
      return !has.includes(value);
    case 'in':
      return has.some((one) => values.includes(one));
    case 'not_in':
      return !has.some((one) => values.includes(one));
    case 'gt':
      return own > value;
    case 'gte':
      return own >= value;
    case 'lt':
      return own < value;
    case 'lte':
      return own <= value;
    default:
      return filter.operator satisfies never;
  }
}

const NAMED = ['api_key_id', 'user', 'workspace', 'app', 'origin'] as const;
/** Asks for names only where they are shown or filtered by. */
async function labelsOf(
  store: TallyStore,
  { accountId, dimensions, filters }: AnalyticsQuestion,
  rows: readonly TallyRow[],
) {
  const used = new Set([...dimensions, ...filters.map(({ dimension }) => dimension)].map(({ name }) => name));
  const needed = NAMED.filter((name) => used.has(name));
  const idsOf = (column: 'key_id' | 'workspace_id' | 'app'): readonly string[] => {
    const isNeeded = needed.some((name) => DIMENSIONS.some((one) => one.name === name && one.column === column));
    return isNeeded ? [...new Set(rows.map((row) => row[column] ?? ''))].filter(Boolean) : [];
  };
  return store.labels(accountId, { keys: idsOf('key_id'), workspaces: idsOf('workspace_id'), apps: idsOf('app') });
}

type Group = {
  readonly at: string;
  /** What it is told apart by, as it is shown. */
  readonly shown: readonly (string | null)[];
  readonly name: string;
  readonly sums: { [figure in TallyFigure]: bigint };
  readonly spread: { [speed in Speed]?: Map<number, bigint> };
  measured: { readonly [metric: string]: number | null } | null;
};

const NOTHING = Object.fromEntries(TALLY_FIGURES.map((figure) => [figure, 0n])) as { [figure in TallyFigure]: bigint };

/** The group that a tally is counted in; null = a filter leaves it out. */
function groupOf(
  groups: Map<string, Group>,
  { dimensions, filters, granularity }: AnalyticsQuestion,
  row: TallyRow | TallySpeedRow,
  names: Names,
): Group | null {
  for (const filter of filters)
    if (!filter.dimension.isPlain && !passes(filter, filter.dimension.values(row, names))) return null;
  const at = granularity === null ? '' : startOf(row.bucket_at, granularity);
  const values = dimensions.map((dimension) => dimension.values(row, names)[0]);
  const name = JSON.stringify(values);
  const key = `${at} ${name}`;
  const known = groups.get(key);
  if (known) return known;
  const shown = dimensions.map((dimension, place) => dimension.shown(values[place] ?? '', row, names));
  const group: Group = { at, shown, name, sums: { ...NOTHING }, spread: {}, measured: null };
  groups.set(key, group);
  return group;
}

/** The beginning of a bucket, as an instant. A tally that is coarser than what is asked for stands at its own beginning. */
function startOf(text: string, granularity: Granularity): string {
  if (granularity === 'month') return `${text}-01T00:00:00.000Z`;
  if (granularity === 'week') return `${weekOf(Date.parse(text))}T00:00:00.000Z`;
  if (text.length === 10) return `${text}T00:00:00.000Z`;
  return text.length === 13 ? `${text}:00:00.000Z` : `${text}:00.000Z`;
}

function add({ sums }: Group, row: TallyRow, figures: readonly TallyFigure[]): void {
  for (const figure of figures) sums[figure] += BigInt(row[figure] ?? 0n);
}

function addSpeed(
  group: Group,
  speed: Speed,
  { bucket, calls }: { readonly bucket: number; readonly calls: bigint },
): void {
  const own = group.spread[speed] ?? new Map<number, bigint>();
  group.spread[speed] = own;
  own.set(bucket, (own.get(bucket) ?? 0n) + calls);
}

function measure({ metrics }: AnalyticsQuestion, group: Group): { readonly [metric: string]: number | null } {
  if (group.measured) return group.measured;
  const measured: Measured = { ...group.sums, spread: group.spread };
  group.measured = Object.fromEntries(metrics.map((metric) => [metric.name, metric.of(measured)]));
  return group.measured;
}

type Comparable = string | number | null;

function orderedBy(question: AnalyticsQuestion, groups: readonly Group[]): readonly Group[] {
  const { order, dimensions, granularity, metrics } = question;
  const field = order?.field ?? (granularity === null ? (metrics[0]?.name ?? '') : 'date');
  const direction = (order?.descending ?? true) ? -1 : 1;
  const place = dimensions.findIndex(({ name }) => name === field);
  const keyOf = (group: Group): Comparable => {
    if (field === 'date') return group.at;
    if (place !== -1) return group.shown[place] ?? null;
    if (field === 'request_count') return Number(group.sums.requests);
    return measure(question, group)[field] ?? null;
  };
  const keyed = groups.map((group) => ({ group, key: keyOf(group) }));
  keyed.sort(
    (a, b) => compare(a.key, b.key, direction) || (a.group.at + a.group.name < b.group.at + b.group.name ? -1 : 1),
  );
  return keyed.map(({ group }) => group);
}

/** What has no value stands last, whichever way. */
function compare(a: Comparable, b: Comparable, direction: 1 | -1): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -direction : direction;
}

function perGroup(groups: readonly Group[], most: number): readonly Group[] {
  const seen = new Map<string, number>();
  return groups.filter(({ name }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count <= most;
  });
}

function rowOf(question: AnalyticsQuestion, group: Group): AnalyticsAnswer['rows'][number] {
  const { granularity, dimensions } = question;
  return {
    ...(granularity !== null && { [`date__${granularity}`]: group.at }),
    ...Object.fromEntries(dimensions.map(({ name }, place) => [name, group.shown[place] ?? null])),
    ...measure(question, group),
  };
}
