import { may } from '../../../access/may.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { AnalyticsFilter, Granularity } from '../../../insights/analytics.ts';
import { DIMENSION_BY_NAME, type Dimension } from '../../../insights/dimensions.ts';

type Query = { readonly [name: string]: string | undefined };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Window = {
  readonly label: string;
  readonly granularity: Granularity;
  readonly stepMs: number;
  readonly steps: number;
};
/** How far back, and in which steps. All of them end now. */
export const WINDOWS = {
  day: { label: '24 hours', granularity: 'hour', stepMs: HOUR_MS, steps: 24 },
  week: { label: '7 days', granularity: 'day', stepMs: DAY_MS, steps: 7 },
  month: { label: '30 days', granularity: 'day', stepMs: DAY_MS, steps: 30 },
  year: { label: '52 weeks', granularity: 'week', stepMs: 7 * DAY_MS, steps: 52 },
} as const satisfies { readonly [name: string]: Window };
export type WindowName = keyof typeof WINDOWS;

export const SHOWN = {
  spend: 'Spend',
  requests: 'Requests',
  tokens: 'Tokens',
  errors: 'Errors',
  latency: 'Latency',
  throughput: 'Throughput',
} as const;
export type Shown = keyof typeof SHOWN;

/** What is told apart, by the names of the URL, and what the list of requests calls it; undefined = it cannot be asked there. */
export const GROUPS = {
  model: { label: 'Model', dimension: 'model', request: 'model' },
  provider: { label: 'Provider', dimension: 'provider', request: 'provider' },
  key: { label: 'Key', dimension: 'api_key_id', request: 'key' },
  workspace: { label: 'Workspace', dimension: 'workspace', request: 'workspace' },
  app: { label: 'App', dimension: 'app', request: 'app' },
  user: { label: 'End user', dimension: 'external_user', request: 'user' },
} as const;
export type GroupName = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as readonly GroupName[];
const VALUE_LENGTH_MAX = 512;

export type Asked = {
  readonly window: WindowName;
  readonly shown: Shown;
  readonly by: GroupName;
  /** What it is narrowed to, by the names of the URL. */
  readonly only: { readonly [name in GroupName]?: string };
  readonly filters: readonly AnalyticsFilter[];
  /** Milliseconds since 1970: the beginning of the first step, and the end of the last, which is going on. */
  readonly from: number;
  readonly to: number;
};

const among = <T extends string>(names: readonly T[], value: string | undefined, otherwise: T): T =>
  names.find((name) => name === value) ?? otherwise;

/** Dimensions by their ids instead of their names, so that what is shown leads on. */
export function byId(name: GroupName): Dimension {
  const dimension = DIMENSION_BY_NAME.get(GROUPS[name].dimension);
  if (!dimension) throw new Error(`there is no dimension ${name}`);
  return {
    ...dimension,
    isPlain: true,
    hasUnset: false,
    values: (row) => [row[dimension.column ?? 'model'] ?? ''],
    shown: (value) => value,
  };
}

/** Reads the URL; what makes no sense is as if it were not said. Who may not read what others spend sees its own key's. */
export function askedBy(caller: Principal, query: Query, now: number): Asked {
  const window = among(Object.keys(WINDOWS) as WindowName[], query.window, 'month');
  const { stepMs, steps } = WINDOWS[window];
  const last = stepMs > DAY_MS ? mondayOf(now) : Math.floor(now / stepMs) * stepMs;
  const own = may(caller, 'read-spending') ? {} : { key: caller.keyId };
  const given = GROUP_NAMES.flatMap((name) => {
    const value = query[name];
    return value && value.length <= VALUE_LENGTH_MAX ? [[name, value] as const] : [];
  });
  const only: Asked['only'] = { ...Object.fromEntries(given), ...own };
  const filters = GROUP_NAMES.flatMap((name): readonly AnalyticsFilter[] => {
    const value = only[name];
    return value === undefined ? [] : [{ dimension: byId(name), operator: 'eq', values: [value], includeUnset: false }];
  });
  return {
    window,
    shown: among(Object.keys(SHOWN) as Shown[], query.show, 'spend'),
    by: among(GROUP_NAMES, query.by, 'model'),
    only,
    filters,
    from: last - (steps - 1) * stepMs,
    to: last + stepMs,
  };
}

/** Weeks begin on Monday; 1970-01-01 was a Thursday. */
const mondayOf = (now: number): number => {
  const days = Math.floor(now / DAY_MS);
  return (days - ((days + 3) % 7)) * DAY_MS;
};
