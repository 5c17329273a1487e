import { appNumber } from './app.ts';
import { LONG_DAYS, SHORT_DAYS } from './metrics.ts';
import type { TallyKey } from './tally.ts';
import type { Labels } from './tally-store.ts';

type Row = { readonly [key in TallyKey]?: string };
/** What names are known by beside the store. */
export type Names = Labels & { readonly provider: (slug: string) => string };

/** What calls can be told apart by. */
export type Dimension = {
  readonly name: string;
  readonly label: string;
  readonly daysMax: number;
  /** What of a tally it is made of; none = it is the same of all calls. */
  readonly column: TallyKey | null;
  /** What it is filtered by: the column itself, or what is made of it. */
  readonly isPlain: boolean;
  /** It has a bucket for calls that have none (OpenRouter's `include_unset`). */
  readonly hasUnset: boolean;
  /** The values that a filter's value may equal; the first is what it is grouped by, '' = none. */
  readonly values: (row: Row, names: Names) => readonly [string, ...string[]];
  /** As it is shown. */
  readonly shown: (value: string, row: Row, names: Names) => string | null;
};

const NONE = (value: string): string | null => (value === '' ? null : value);

const plain = (name: string, label: string, column: TallyKey, daysMax = SHORT_DAYS): Dimension => ({
  name,
  label,
  daysMax,
  column,
  isPlain: true,
  hasUnset: false,
  values: (row) => [row[column] ?? ''],
  shown: NONE,
});

/** The same of all calls: nothing of it is known here. */
const constant = (name: string, label: string, value: string): Dimension => ({
  name,
  label,
  daysMax: SHORT_DAYS,
  column: null,
  isPlain: false,
  hasUnset: false,
  values: () => [value],
  shown: NONE,
});

/** OpenRouter's names (its skill `openrouter-analytics-schema`, read 2026-11-29). */
export const DIMENSIONS: readonly Dimension[] = [
  plain('model', 'Model', 'model', LONG_DAYS),
  {
    ...plain('variant', 'Variant', 'model', LONG_DAYS),
    isPlain: false,
    values: ({ model = '' }) => [model.includes(':') ? model.slice(model.lastIndexOf(':') + 1) : 'standard'],
  },
  {
    ...plain('api_key_id', 'API Key', 'key_id', LONG_DAYS),
    hasUnset: true,
    shown: (value, _row, { keys }) =>
      value === '' ? 'Chatroom' : (keys.get(value)?.name ?? `deleted key ${value.slice(0, 12)}`),
  },
  {
    ...plain('user', 'User', 'key_id', LONG_DAYS),
    isPlain: false,
    hasUnset: true,
    values: ({ key_id = '' }, { keys }) => [keys.get(key_id)?.user ?? ''],
  },
  {
    ...plain('workspace', 'Workspace', 'workspace_id', LONG_DAYS),
    shown: (value, _row, { workspaces }) => workspaces.get(value) ?? value,
  },
  {
    ...plain('app', 'App', 'app', LONG_DAYS),
    isPlain: false,
    hasUnset: true,
    values: ({ app = '' }) => (app === '' ? [''] : [app, String(appNumber(app))]),
    shown: (value, _row, { apps }) => (value === '' ? 'Unknown' : (apps.get(value)?.title ?? value)),
  },
  {
    ...plain('origin', 'Origin', 'app'),
    isPlain: false,
    values: ({ app = '' }, { apps }) => [apps.get(app)?.origin ?? app.split(' ', 1)[0] ?? ''],
  },
  {
    ...plain('provider', 'Provider', 'provider'),
    isPlain: false,
    values: ({ provider = '' }, names) => [provider, names.provider(provider)],
    shown: (value, _row, names) => (value === '' ? null : names.provider(value)),
  },
  plain('finish_reason', 'Finish Reason', 'finish'),
  plain('streamed', 'Streamed', 'streamed'),
  plain('skin', 'API', 'dialect'),
  plain('context_length_bucket', 'Context Length', 'context'),
  plain('external_user', 'External User', 'external_user'),
  constant('country', 'Country', ''),
  constant('data_region', 'Data Region', 'global'),
];
export const DIMENSION_BY_NAME: ReadonlyMap<string, Dimension> = new Map(
  DIMENSIONS.map((dimension) => [dimension.name, dimension]),
);
