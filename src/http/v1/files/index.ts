import { pipeline } from 'node:stream';
import { type Fault, fault } from '../../../base/fault.ts';
import { LIMITS } from '../../../base/limits.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { WireHeaders } from '../../../base/world.ts';
import type { Caller } from '../../../facts/caller.ts';
import type { Files, FileWish } from '../../../files/files.ts';
import { placeFault } from '../../../files/files.ts';
import type { FilePage } from '../../../files/store.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { sendJson } from '../../answers.ts';
import { sendFault } from '../../faults.ts';
import { isGoogleClient } from '../../google-paths.ts';
import { CORS } from '../../headers.ts';
import type { RawExchange, RawRoute } from '../../raw-route.ts';
import { receiveFile } from '../../receive-file.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { fileForGoogle, listForGoogle, removeForGoogle } from './google.ts';
import {
  deletedJson,
  encodeFileFault,
  type FileShape,
  fileJson,
  fileShape,
  filesJson,
  isDownloadable,
} from './shapes.ts';
import { NO_FILE, OFF } from './words.ts';

type Query = RouteRequest['query'];
type Asking = { readonly files: Files; readonly caller: Caller; readonly shape: FileShape };

/** Who asks, if files are kept here and what is asked for is theirs. */
function asking(
  { files }: Gateway,
  { caller, headers, query }: { caller: Caller | null; headers: WireHeaders; query: Query },
): Result<Asking, Fault> {
  if (!files || !caller) return failed(OFF);
  if (query.provider !== undefined && query.provider !== '')
    return failed(
      fault('invalid_request', 'Files are kept by this gateway, not at providers: leave provider out.', {
        param: 'provider',
      }),
    );
  if (query.workspace_id !== undefined && query.workspace_id !== caller.workspaceId)
    return failed(fault('not_found', 'Workspace not found'));
  return ok({ files, caller, shape: fileShape(headers, query.purpose) });
}

const refusal = (shape: FileShape, value: Fault): RouteAnswer => {
  const { status, body, headers } = encodeFileFault(shape, value);
  return { status, json: body, headers };
};

/** A route about files, refused in the words of the program that asks; Google's have it as Google does. */
const route =
  (
    handle: (asked: Asking, request: RouteRequest) => Promise<Result<object, Fault>>,
    forGoogle: Route['handle'],
  ): Route['handle'] =>
  async (request, gateway) => {
    if (isGoogleClient(request.headers)) return forGoogle(request, gateway);
    const asked = asking(gateway, request);
    const shape = fileShape(request.headers, request.query.purpose);
    const answer = asked.ok ? await handle(asked.value, request) : asked;
    return answer.ok ? { status: 200, json: answer.value } : refusal(shape, answer.error);
  };

const LIMIT = { openrouter: 100, anthropic: 20, openai: LIMITS.files_max } as const;
const LIMIT_MAX = { openrouter: 1_000, anthropic: 1_000, openai: LIMITS.files_max } as const;

function pageOf(query: Query, shape: FileShape): Result<FilePage, Fault> {
  const wrong = (param: string, message: string): Result<FilePage, Fault> =>
    failed(fault('invalid_request', `${param}: ${message}`, { param }));
  const limit = query.limit === undefined ? LIMIT[shape] : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX[shape])
    return wrong('limit', `a whole number from 1 to ${LIMIT_MAX[shape]}`);
  const order = query.order ?? (shape === 'openrouter' ? 'asc' : 'desc');
  if (order !== 'asc' && order !== 'desc') return wrong('order', 'asc or desc');
  const after = query.cursor ?? query.page ?? query.after ?? query.after_id;
  return ok({ limit, order, after, before: query.before_id, purpose: query.purpose });
}

const LIST: Route = {
  method: 'GET',
  path: '/files',
  auth: 'call',
  handle: route(async ({ files, caller, shape }, { query }) => {
    const ids = query.ids ?? query['ids[]'];
    if (ids !== undefined) {
      const found = await files.findAll(caller.workspaceId, ids.split(',').slice(0, LIMIT_MAX.anthropic));
      return ok(filesJson(shape, { files: found, hasMore: false }));
    }
    const page = pageOf(query, shape);
    return page.ok ? ok(filesJson(shape, await files.list(caller.workspaceId, page.value))) : page;
  }, listForGoogle),
};

const ONE: Route = {
  method: 'GET',
  path: '/files/:id',
  auth: 'call',
  handle: route(async ({ files, caller, shape }, { params }) => {
    const file = await files.find(caller.workspaceId, params.id ?? '');
    return file ? ok(fileJson(shape, file)) : failed(NO_FILE);
  }, fileForGoogle),
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/files/:id',
  auth: 'call',
  handle: route(async ({ files, caller, shape }, { params }) => {
    const id = params.id ?? '';
    return (await files.remove(caller.workspaceId, id)) ? ok(deletedJson(shape, id)) : failed(NO_FILE);
  }, removeForGoogle),
};

const refuseRaw = ({ response }: RawExchange, shape: FileShape, value: Fault): void =>
  sendFault(response, encodeFileFault(shape, value), value, null);

const UPLOAD: RawRoute = {
  method: 'POST',
  path: '/files',
  auth: 'call',
  answer: async (exchange, gateway) => {
    const { request, response, headers, query } = exchange;
    const asked = asking(gateway, exchange);
    if (!asked.ok) return refuseRaw(exchange, fileShape(headers, undefined), asked.error);
    const { files, caller } = asked.value;
    const upload = await receiveFile(request, { files, keyId: caller.keyId, log: gateway.log });
    if (!upload.ok) return refuseRaw(exchange, fileShape(headers, query.purpose), upload.error);
    const { file, fields, filename } = upload.value;
    const shape = fileShape(headers, fields.purpose);
    const wish = wishOf(fields, filename);
    if (!wish.ok) {
      await file.discard();
      return refuseRaw(exchange, shape, wish.error);
    }
    const { accountId, workspaceId, keyId } = caller;
    const kept = await file.keep({ accountId, workspaceId, keyId }, wish.value).catch((cause) => {
      gateway.log('a file could not be stored', cause);
      return failed(placeFault(cause));
    });
    if (!kept.ok) return refuseRaw(exchange, shape, kept.error);
    sendJson(response, JSON.stringify(fileJson(shape, kept.value)));
  },
};

/** OpenAI's, which may be uploaded. */
const PURPOSES = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'];
const SECONDS_MIN = 3_600;
/** Thirty days, as OpenAI has it, which also keeps what is for a batch no longer. */
const SECONDS_MAX = 2_592_000;

function wishOf(fields: { readonly [name: string]: string }, filename: string): Result<FileWish, Fault> {
  const wrong = (param: string, message: string): Result<FileWish, Fault> =>
    failed(fault('invalid_request', `${param}: ${message}`, { param }));
  const { purpose = null } = fields;
  if (purpose !== null && !PURPOSES.includes(purpose)) return wrong('purpose', `one of ${PURPOSES.join(', ')}`);
  const anchor = fields['expires_after[anchor]'];
  const written = fields['expires_after[seconds]'] ?? fields.expires_in_seconds;
  if (anchor !== undefined && anchor !== 'created_at')
    return wrong('expires_after[anchor]', 'only created_at is known');
  const seconds = written === undefined ? (purpose === 'batch' ? SECONDS_MAX : null) : Number(written);
  if (seconds !== null && !(Number.isInteger(seconds) && seconds >= SECONDS_MIN && seconds <= SECONDS_MAX))
    return wrong('expires_after[seconds]', `a whole number from ${SECONDS_MIN} to ${SECONDS_MAX}`);
  return ok({ filename, purpose, keptMs: seconds === null ? null : seconds * 1000 });
}

const NOT_DOWNLOADABLE = fault(
  'invalid_request',
  'This file was uploaded for models to read and is not given back: only what was uploaded with a purpose, or was made here, can be downloaded.',
);

const CONTENT: RawRoute = {
  method: 'GET',
  path: '/files/:id/content',
  auth: 'call',
  answer: async (exchange, gateway) => {
    const { response, params } = exchange;
    const asked = asking(gateway, exchange);
    const shape = fileShape(exchange.headers, undefined);
    if (!asked.ok) return refuseRaw(exchange, shape, asked.error);
    const { files, caller } = asked.value;
    const file = await files.find(caller.workspaceId, params.id ?? '');
    if (!file) return refuseRaw(exchange, shape, NO_FILE);
    if (!isDownloadable(file)) return refuseRaw(exchange, shape, NOT_DOWNLOADABLE);
    const bytes = await files.read(file.id);
    if (response.destroyed) return void bytes.destroy();
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': file.size,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.filename)}`,
      'x-content-type-options': 'nosniff',
      ...CORS,
    });
    // What breaks off here ends the connection before the announced length.
    pipeline(bytes, response, (cause) => {
      if (cause && cause.code !== 'ERR_STREAM_PREMATURE_CLOSE') gateway.log('a file could not be read', cause);
    });
  },
};

/** Files of the caller's workspace, in the three shapes of the contract (spec §1.7). */
export const FILE_ROUTES: readonly Route[] = [LIST, ONE, REMOVE];
export const RAW_FILE_ROUTES: readonly RawRoute[] = [UPLOAD, CONTENT];
