import { arrayOf, isObject, type Json, objectOf, parseJson } from '../../base/json.ts';
import { type NanoUsd, nano } from '../../base/money.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { nanoOf } from '../../http/v1/account/body.ts';
import { readCsv } from '../csv.ts';

/** What a vendor says was used: by one request, or by all of a day and model. */
export type UsageRow = {
  /** The vendor's id of a request; absent = it is a sum. */
  readonly id?: string;
  /** UTC, `2026-11-29`. */
  readonly day: string;
  /** As the vendor calls it. */
  readonly model: string;
  readonly provider: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly cachedTokens: number;
  readonly cost: NanoUsd;
  /** What was paid to providers by keys of one's own. */
  readonly byokCost: NanoUsd;
};

/** A line of an export, whatever it was written in. */
type Line = { readonly [column: string]: unknown };

export const VENDORS = ['openai', 'anthropic', 'openrouter'] as const;
export type Vendor = (typeof VENDORS)[number];

/** Reads what a vendor's console or API exports: comma-separated values or JSON, by its columns' names. */
export function readUsage(vendor: Vendor, text: string): Result<readonly UsageRow[], string> {
  const lines = linesOf(text);
  if (!lines.ok) return lines;
  if (lines.value.length === 0) return failed('there is no row in it');
  const rows: UsageRow[] = [];
  for (const [at, line] of lines.value.entries()) {
    const read = rowOf(line, vendor);
    if (typeof read === 'string') return failed(`row ${at + 1}: ${read}`);
    if (read !== null) rows.push(read);
  }
  return ok(rows);
}

function linesOf(text: string): Result<readonly Line[], string> {
  const beginning = text.trimStart()[0];
  if (beginning !== '{' && beginning !== '[') return readCsv(text);
  const parsed = parseJson(text);
  if (parsed === undefined) return failed('it is neither JSON nor comma-separated values');
  const list = Array.isArray(parsed) ? parsed : arrayOf(objectOf(parsed).data);
  return ok(list.filter(isObject).flatMap(bucketOf));
}

/** OpenAI and Anthropic answer buckets of time, each with its results (their cost and usage APIs, read 2026-11-29). */
function bucketOf(one: { readonly [column: string]: Json | undefined }): readonly Line[] {
  if (!Array.isArray(one.results)) return [one];
  const time = one.start_time ?? one.starting_at;
  return one.results.filter(isObject).map((result) => ({ ...result, start_time: time }));
}

/**
 * Names of columns in the exports there are: OpenRouter's of generations and its `/activity`; OpenAI's and Anthropic's of
 * cost and of usage (read 2026-11-29). The first that a row has counts.
 */
const COLUMNS = {
  id: ['generation_id', 'request_id'],
  time: ['created_at', 'date', 'usage_date_utc', 'usage_date', 'start_time_iso', 'start_time', 'bucket_start_time'],
  model: ['model', 'model_permaslug', 'model_version', 'snapshot_id', 'line_item', 'description'],
  provider: ['provider_name'],
  requests: ['requests', 'num_model_requests', 'num_requests', 'request_count'],
  prompt: [
    'tokens_prompt',
    'prompt_tokens',
    'input_tokens',
    'usage_input_tokens',
    'uncached_input_tokens',
    'usage_input_tokens_no_cache',
  ],
  completion: ['tokens_completion', 'completion_tokens', 'output_tokens', 'usage_output_tokens'],
  reasoning: ['tokens_reasoning', 'reasoning_tokens'],
  cached: [
    'tokens_cached',
    'cached_tokens',
    'input_cached_tokens',
    'cache_read_input_tokens',
    'usage_input_tokens_cache_read',
  ],
  cost: ['cost_total', 'usage', 'cost_usd', 'amount_value', 'amount', 'cost'],
  byok: ['byok_usage_inference'],
} as const;

const foundIn = (line: Line, columns: readonly string[]): unknown =>
  columns.map((column) => line[column]).find((value) => value !== undefined && value !== null && value !== '');

const numberOf = (line: Line, columns: readonly string[]): number => {
  const value = foundIn(line, columns);
  const number = Number(isObject(value) ? value.value : (value ?? 0));
  return Number.isFinite(number) ? number : Number.NaN;
};

/** What is wrong with a line in words; null = it says nothing of money or tokens. */
function rowOf(line: Line, vendor: Vendor): UsageRow | string | null {
  const day = dayIn(foundIn(line, COLUMNS.time));
  if (day === null) return `there is no day in ${COLUMNS.time.join(', ')}`;
  const model = String(foundIn(line, COLUMNS.model) ?? '');
  const read = (columns: readonly string[]): number => numberOf(line, columns);
  const cents = vendor === 'anthropic' && line.cost_usd === undefined && line.amount !== undefined;
  const figures = {
    requests: foundIn(line, COLUMNS.id) === undefined ? read(COLUMNS.requests) : 1,
    promptTokens: read(COLUMNS.prompt),
    completionTokens: read(COLUMNS.completion),
    reasoningTokens: read(COLUMNS.reasoning),
    cachedTokens: read(COLUMNS.cached),
  };
  // Anthropic's API tells amounts in cents (platform.claude.com, cost report, read 2026-11-29).
  const cost = read(COLUMNS.cost) / (cents ? 100 : 1);
  const byok = read(COLUMNS.byok);
  const wrong = Object.entries({ ...figures, cost, byok }).find(([, value]) => Number.isNaN(value));
  if (wrong) return `${wrong[0]} is no number`;
  const id = foundIn(line, COLUMNS.id);
  return {
    ...(id !== undefined && { id: String(id) }),
    day,
    model: modelIn(model),
    provider: String(foundIn(line, COLUMNS.provider) ?? ''),
    ...figures,
    cost: moneyOf(cost),
    byokCost: moneyOf(byok),
  };
}

/** Credits and corrections are negative. */
const moneyOf = (usd: number): NanoUsd => (usd < 0 ? nano(-(nanoOf(-usd) ?? 0n)) : (nanoOf(usd) ?? nano(0n)));

/** Of a line item the model alone: `gpt-4.1-mini, cached input`, `Claude Sonnet 4 Usage - Input Tokens`. */
const modelIn = (text: string): string =>
  text
    .replace(/,.*$/, '')
    .replace(/ Usage - .*$/, '')
    .trim();

function dayIn(value: unknown): string | null {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{9,11}$/.test(value)))
    return new Date(Number(value) * 1_000).toISOString().slice(0, 10);
  const [day] = /^\d{4}-\d{2}-\d{2}/.exec(String(value ?? '')) ?? [];
  return day ?? null;
}
