import type { ServerResponse } from 'node:http';
import { may } from '../../../access/may.ts';
import { faultRow } from '../../../base/fault.ts';
import { formatUsd } from '../../../base/money.ts';
import { cachedTokens, completionTokens, promptTokens } from '../../../call/usage.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { RequestFilter } from '../../../insights/requests.ts';
import type { Route } from '../../route.ts';
import { notFound } from '../not-found.ts';
import { askedBy } from './asked.ts';
import { type Cursor, type Entry, entriesOf } from './entries.ts';

const PORTION = 500;
/** Exports that a process writes at once, of one account and of all: each reads as fast as it is taken. */
const RUNNING_EACH_MAX = 2;
const RUNNING_MAX = 8;
/** Whoever takes nothing for so long does not want it. */
const STALLED_MS = 30_000;

type Cell = string | number | null;
/** One request as a row of an export; nothing of what was said. */
type Record = { readonly [column in (typeof COLUMNS)[number]]: Cell };
const COLUMNS = [
  'id',
  'time',
  'state',
  'error',
  'status',
  'operation',
  'dialect',
  'requested_model',
  'model',
  'provider',
  'endpoint',
  'key_id',
  'workspace_id',
  'app',
  'user',
  'session_id',
  'attempts',
  'prompt_tokens',
  'cached_tokens',
  'completion_tokens',
  'reasoning_tokens',
  'first_content_ms',
  'total_ms',
  'cost_usd',
] as const;

const NOTHING = Object.fromEntries(COLUMNS.map((column) => [column, null])) as Record;

function recordOf(entry: Entry): Record {
  if (entry.kind === 'refusal') {
    const { refusal } = entry;
    return {
      ...NOTHING,
      id: refusal.id,
      time: new Date(refusal.createdAt).toISOString(),
      state: 'refused',
      error: refusal.code,
      status: faultRow({ code: refusal.code, message: '' }).status,
      operation: refusal.operation,
      dialect: refusal.clientDialect,
      requested_model: refusal.model,
      key_id: refusal.keyId ?? refusal.keyLabel,
      workspace_id: refusal.workspaceId,
    };
  }
  const { receipt } = entry;
  const { usage, fault } = receipt;
  return {
    id: receipt.id,
    time: new Date(receipt.createdAt).toISOString(),
    state: receipt.state,
    error: fault?.code ?? null,
    status: fault ? faultRow(fault).status : 200,
    operation: receipt.operation,
    dialect: receipt.clientDialect,
    requested_model: receipt.requestedModel,
    model: receipt.model,
    provider: receipt.provider,
    endpoint: receipt.endpoint,
    key_id: receipt.keyId,
    workspace_id: receipt.workspaceId,
    app: receipt.app?.origin ?? null,
    user: receipt.user,
    session_id: receipt.sessionId,
    attempts: receipt.attempts.length,
    prompt_tokens: promptTokens(usage),
    cached_tokens: cachedTokens(usage),
    completion_tokens: completionTokens(usage),
    reasoning_tokens: usage.outputReasoning,
    first_content_ms: receipt.firstContentMs,
    total_ms: receipt.totalMs,
    cost_usd: formatUsd(receipt.bill.cost),
  };
}

type Format = {
  readonly extension: string;
  readonly contentType: string;
  readonly head: string;
  readonly line: (record: Record) => string;
};

const CSV: Format = {
  extension: 'csv',
  contentType: 'text/csv; charset=utf-8',
  head: `${COLUMNS.join(',')}\r\n`,
  line: (record) => `${COLUMNS.map((column) => quoted(record[column])).join(',')}\r\n`,
};
const JSONL: Format = {
  extension: 'jsonl',
  contentType: 'application/jsonl; charset=utf-8',
  head: '',
  line: (record) => `${JSON.stringify(record)}\n`,
};

/** A leading `=`, `+`, `-` or `@` would run as a formula in a spreadsheet (CWE-1236): it gets an apostrophe. */
export function quoted(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The accounts whose exports are being written, one entry for each. */
const running: string[] = [];
const isFull = (accountId: string): boolean =>
  running.length >= RUNNING_MAX || running.filter((each) => each === accountId).length >= RUNNING_EACH_MAX;

const exportRoute = (format: Format): Route => ({
  method: 'GET',
  path: `/requests.${format.extension}`,
  auth: 'none',
  handle: (request, gateway) => {
    const { caller } = request;
    if (!may(caller, 'look') || caller === null)
      return notFound(request, { message: 'Requests are shown to their owner. Sign in first.', list: '/sign-in' });
    const { filter, wrong } = askedBy(caller, request.query, gateway.world.now());
    const words = Object.entries(wrong).map(([name, rule]) => `${name} ${rule}`);
    if (words.length > 0) return plain(400, `${words.join('\n')}\n`);
    const headers = {
      'content-disposition': `attachment; filename="requests.${format.extension}"`,
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    };
    if (request.look !== null) return { status: 200, text: '', contentType: format.contentType, headers };
    if (isFull(caller.accountId))
      return plain(503, 'Other exports are being written: try again in a moment.\n', { 'retry-after': '5' });
    return {
      stream: (response) => {
        response.writeHead(200, { ...headers, 'content-type': format.contentType });
        response.setTimeout(STALLED_MS, () => response.destroy());
        running.push(caller.accountId);
        void writeAll(gateway, response, { caller, filter, format }).finally(() =>
          running.splice(running.indexOf(caller.accountId), 1),
        );
      },
    };
  },
});

const plain = (status: number, text: string, headers: { readonly [name: string]: string } = {}) => ({
  status,
  text,
  contentType: 'text/plain; charset=utf-8',
  headers: { 'cache-control': 'no-store', ...headers },
});

type Writing = { readonly caller: Principal; readonly filter: RequestFilter; readonly format: Format };

/** Portion by portion, as fast as it is read; what breaks off in the middle does not look like a whole. */
async function writeAll(
  gateway: Gateway,
  response: ServerResponse,
  { caller, filter, format }: Writing,
): Promise<void> {
  response.on('error', () => {});
  try {
    await write(response, format.head);
    for (let cursor: Cursor | null = null; ; ) {
      if (response.destroyed) return;
      const { entries, next } = await entriesOf(gateway, caller, filter, { cursor, limit: PORTION });
      await write(response, entries.map((entry) => format.line(recordOf(entry))).join(''));
      if (next === null) break;
      cursor = next;
    }
    response.end();
  } catch (cause) {
    gateway.log('an export broke off', cause);
    response.destroy();
  }
}

function write(response: ServerResponse, text: string): Promise<void> {
  if (text === '' || response.destroyed || response.write(text)) return Promise.resolve();
  return new Promise((done) => {
    const over = (): void => {
      response.off('drain', over);
      response.off('close', over);
      done();
    };
    response.on('drain', over);
    response.on('close', over);
  });
}

export const exportRoutes: readonly Route[] = [exportRoute(CSV), exportRoute(JSONL)];
