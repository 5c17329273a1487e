import { createHash } from 'node:crypto';
import { z } from 'zod';
import { NOBODY, seesBoards } from '../../../access/may.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import { dayBefore } from '../../../base/period.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import { CATEGORIES, type Modality } from '../../../catalog/model.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { appNumber } from '../../../insights/app.ts';
import { type Days, lastWholeDay } from '../../../insights/datasets.ts';
import type { Route, RouteAnswer } from '../../route.ts';
import { refusal } from '../account/refusal.ts';
import { limited } from './limited.ts';
import { day, readQuery, whole } from './read-query.ts';

type Query = { readonly [name: string]: string | undefined };
/** A dataset as it is sent and as it is exported. */
export type Dataset = { readonly data: readonly { readonly [name: string]: unknown }[]; readonly meta: object };
type Asked = Result<Dataset, Fault> | Promise<Result<Dataset, Fault>>;

const WINDOW_DAYS = 30;
/** The longest window, in days: each is a group of the roll-ups. */
const WINDOW_DAYS_MAX = 400;
const FIRST_DAY = '2025-01-01';

const wrong = (param: string, message: string): Result<never, Fault> =>
  failed(fault('invalid_request', `${param}: ${message}`, { param }));

/** The days that are asked for: 30 that are over, unless it says otherwise; none before the first that datasets have. */
function readDays(
  { start_date, end_date }: { readonly start_date?: string | undefined; readonly end_date?: string | undefined },
  now: number,
): Result<Days, Fault> {
  const to = end_date ?? lastWholeDay(now);
  if (to < FIRST_DAY) return wrong('end_date', `must be ${FIRST_DAY} or later`);
  const wished = start_date ?? dayBefore(to, WINDOW_DAYS);
  const from = wished < FIRST_DAY ? FIRST_DAY : wished;
  if (from > to) return wrong('start_date', 'must not be after end_date');
  if (dayBefore(to, WINDOW_DAYS_MAX) > from)
    return wrong('start_date', `at most ${WINDOW_DAYS_MAX} days before end_date`);
  return ok({ from, to });
}

const metaOf = ({ from, to }: Days, now: number) => ({
  as_of: new Date(now).toISOString(),
  version: 'v1',
  start_date: from,
  end_date: to,
});

const RANKINGS = z.object({
  start_date: day.optional(),
  end_date: day.optional(),
  period: z.enum(['day', 'week', 'month']).optional(),
  modality: z.enum(['text', 'image', 'image_output', 'audio', 'tool_calling']).optional(),
  context_bucket: z.enum(['1K', '10K', '100K', '1M', '10M']).optional(),
  category: z.enum(CATEGORIES).optional(),
  language_type: z.enum(['natural', 'programming']).optional(),
});

/** `GET /datasets/rankings-daily`: the models that were used most, for each day (spec §1.12). */
export async function rankingsDaily(
  query: Query,
  { insights, world, catalog }: Gateway,
): Promise<Result<Dataset, Fault>> {
  const wish = readQuery(RANKINGS, query);
  if (!wish.ok) return wish;
  const { category, language_type, modality, context_bucket } = wish.value;
  const sampled = category ?? language_type;
  if (category !== undefined && language_type !== undefined)
    return wrong('category', 'cannot be combined with language_type');
  if (sampled !== undefined && (modality !== undefined || context_bucket !== undefined))
    return wrong(
      category === undefined ? 'language_type' : 'category',
      'cannot be combined with modality or context_bucket',
    );
  if (sampled !== undefined && wish.value.period === 'day')
    return wrong('period', 'week or month with category or language_type');
  const days = readDays(wish.value, world.now());
  if (!days.ok) return days;
  const meta = metaOf(days.value, world.now());
  // What calls are about is looked into nowhere here, so that no traffic is known to be of a category or a language.
  if (sampled !== undefined) return ok({ data: [], meta });
  if (modality === 'tool_calling' || context_bucket !== undefined)
    return wrong(context_bucket === undefined ? 'modality' : 'context_bucket', 'is not kept by this gateway');
  const [side, kind] = modality === undefined ? [null, null] : MODALITY[modality];
  const { models } = catalog();
  const isMeant = (model: string): boolean => side === null || models.get(model)?.[side].includes(kind) === true;
  const rows = await insights.datasets.rankingsDaily(days.value, wish.value.period ?? 'day', isMeant);
  const data = rows.map(({ date, model, tokens }) => ({ date, model_permaslug: model, total_tokens: String(tokens) }));
  return ok({ data, meta });
}

const MODALITY: {
  readonly [name in 'text' | 'image' | 'image_output' | 'audio']: readonly ['input' | 'output', Modality];
} = {
  text: ['output', 'text'],
  image_output: ['output', 'image'],
  image: ['input', 'image'],
  audio: ['input', 'audio'],
};

/** The marketplace's groups (spec §1.12, `openrouter` 1.3.84 read 2026-11-29), and which categories of apps are in each. */
const GROUPS = {
  coding: ['cli-agent', 'ide-extension', 'cloud-agent', 'programming-app', 'native-app-builder'],
  creative: ['creative-writing', 'video-gen', 'image-gen', 'audio-gen'],
  productivity: ['writing-assistant', 'general-chat', 'personal-agent', 'legal'],
  entertainment: ['roleplay', 'game'],
} as const;
type Group = keyof typeof GROUPS;
const GROUP_NAMES = Object.keys(GROUPS) as readonly Group[];
const SUBCATEGORIES: readonly string[] = Object.values(GROUPS).flat();

const APPS = z.object({
  start_date: day.optional(),
  end_date: day.optional(),
  category: z.enum(GROUP_NAMES).optional(),
  subcategory: z.enum(SUBCATEGORIES).optional(),
  sort: z.enum(['popular', 'trending']).optional(),
  limit: whole(1, 100, 50),
  offset: whole(0, 100, 0),
});

/** `GET /datasets/app-rankings`: the apps whose calls moved most tokens (spec §1.12). */
export async function appRankings(query: Query, { insights, world }: Gateway): Promise<Result<Dataset, Fault>> {
  const wish = readQuery(APPS, query);
  if (!wish.ok) return wish;
  const { category, subcategory, sort = 'popular', limit, offset } = wish.value;
  const group: readonly string[] | null = category === undefined ? null : GROUPS[category];
  if (group && subcategory !== undefined && !group.includes(subcategory))
    return wrong('subcategory', `is none of ${category}`);
  const days = readDays(wish.value, world.now());
  if (!days.ok) return days;
  const categories = subcategory === undefined ? group : [subcategory];
  const places = await insights.datasets.appRankings({ ...days.value, sort, categories });
  const data = places.slice(offset, offset + limit).map(({ rank, app, tokens, requests }) => ({
    rank,
    app_id: appNumber(app.id),
    app_name: app.title,
    total_tokens: String(tokens),
    total_requests: Number(requests),
  }));
  return ok({ data, meta: metaOf(days.value, world.now()) });
}

const TURNS = ['1-turn', '2-9-turns', '10-49-turns', '50-plus-turns'] as const;
const SESSIONS = z.object({
  app_slug: z.string().max(200).optional(),
  model: z.string().max(200).optional(),
  turn_range: z.enum(TURNS).optional(),
  limit: whole(1, 500, 100),
  offset: whole(0, 5000, 0),
});

/** `GET /datasets/session-cost`: this gateway publishes no snapshot of sessions, which the contract has words for. */
export function sessionCost(query: Query, { world }: Gateway): Result<Dataset, Fault> {
  const wish = readQuery(SESSIONS, query);
  if (!wish.ok) return wish;
  const as_of = new Date(world.now()).toISOString();
  return ok({ data: [], meta: { as_of, version: 'v1', window_days: null, window_end_date: null } });
}

/** Every dataset by its name, with the names of its columns. */
const DATASETS: {
  readonly [name: string]: {
    readonly query: z.ZodType;
    readonly ask: (query: Query, gateway: Gateway) => Asked;
    readonly columns: readonly string[];
  };
} = {
  'rankings-daily': { query: RANKINGS, ask: rankingsDaily, columns: ['date', 'model_permaslug', 'total_tokens'] },
  'app-rankings': {
    query: APPS,
    ask: appRankings,
    columns: ['rank', 'app_id', 'app_name', 'total_tokens', 'total_requests'],
  },
  'session-cost': {
    query: SESSIONS,
    ask: sessionCost,
    columns: ['app_slug', 'app_name', 'turn_range', 'model_permaslug', 'median_session_cost_usd'],
  },
};

const listed = (name: string): Route => ({
  method: 'GET',
  path: `/datasets/${name}`,
  auth: 'look',
  ...(DATASETS[name] && { query: DATASETS[name].query }),
  handle: limited('datasets', async ({ query }, gateway) => {
    const dataset = await DATASETS[name]?.ask(query, gateway);
    return dataset?.ok ? { status: 200, json: dataset.value } : dataset ? refusal(dataset.error) : NO_EXPORT;
  }),
});

const NO_EXPORT = refusal(fault('not_found', 'There is no such export'));
const FILE = /^(latest|\d{4}-\d{2}-\d{2})\.(csv|json|manifest\.json)$/;

/**
 * `GET /datasets/exports/{dataset}/{latest|YYYY-MM-DD}.{csv|json|manifest.json}`: the 30 days that end with that one, as
 * a file. It is written when it is asked for, from the same roll-ups; whoever may see rankings may have it.
 */
const EXPORTS: Route = {
  method: 'GET',
  path: '/datasets/exports/:dataset/:file',
  auth: 'none',
  handle: limited('datasets', async ({ params, caller }, gateway) => {
    if (!seesBoards(caller, gateway)) return refusal(NOBODY);
    const dataset = Object.hasOwn(DATASETS, params.dataset ?? '') ? DATASETS[params.dataset ?? ''] : undefined;
    const [, date, ending] = FILE.exec(params.file ?? '') ?? [];
    if (!dataset || date === undefined) return NO_EXPORT;
    const last = lastWholeDay(gateway.world.now());
    if (date !== 'latest' && date > last) return NO_EXPORT;
    const asked = await dataset.ask({ end_date: date === 'latest' ? last : date, limit: '100' }, gateway);
    if (!asked.ok) return NO_EXPORT;
    return fileOf(asked.value, dataset.columns, ending ?? '');
  }),
};

function fileOf({ data, meta }: Dataset, columns: readonly string[], ending: string): RouteAnswer {
  const csv = [columns, ...data.map((row) => columns.map((column) => String(row[column] ?? '')))]
    .map((row) => row.map(cell).join(','))
    .join('\r\n')
    .concat('\r\n');
  const json = JSON.stringify({ data, meta });
  const headers = { 'cache-control': 'public, max-age=300' };
  if (ending === 'csv') return { status: 200, text: csv, contentType: 'text/csv; charset=utf-8', headers };
  if (ending === 'json') return { status: 200, text: json, contentType: 'application/json; charset=utf-8', headers };
  const told = (text: string) => ({
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  });
  return { status: 200, json: { ...meta, rows: data.length, columns, csv: told(csv), json: told(json) }, headers };
}

/** As RFC 4180 has it; what a spreadsheet would take for a formula is text (CWE-1236). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const DATASET_ROUTES: readonly Route[] = [...Object.keys(DATASETS).map(listed), EXPORTS];
