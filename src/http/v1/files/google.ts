import { type Fault, fault } from '../../../base/fault.ts';
import { isObject } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import { encodeGeminiFault } from '../../../dialects/gemini-fault.ts';
import type { Caller } from '../../../facts/caller.ts';
import { FILE_TOO_LARGE, type Files } from '../../../files/files.ts';
import type { FileRecord } from '../../../files/store.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { fileName, UPLOADS_FULL } from '../../receive-file.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { NO_FILE, OFF } from './words.ts';

const refusedForGoogle = (value: Fault): RouteAnswer => {
  const { status, body, headers } = encodeGeminiFault(value, { id: null });
  return { status, json: body, headers };
};

type Asking = { readonly files: Files; readonly caller: Caller; readonly request: RouteRequest; readonly now: number };

const route =
  (handle: (asked: Asking) => Promise<Result<RouteAnswer, Fault>>): Route['handle'] =>
  async (request, { files, world }: Gateway) => {
    const { caller } = request;
    const answer = files && caller ? await handle({ files, caller, request, now: world.now() }) : failed(OFF);
    return answer.ok ? answer.value : refusedForGoogle(answer.error);
  };

const done = (json: object, headers: { readonly [name: string]: string } = {}): Result<RouteAnswer, Fault> =>
  ok({ status: 200, json, headers });

const PAGE_DEFAULT = 10;
const PAGE_MAX = 100;

const wrong = (param: string, message: string): Result<never, Fault> =>
  failed(fault('invalid_request', `${param}: ${message}`, { param }));

export const listForGoogle = route(async ({ files, caller, request: { query, origin } }) => {
  const size = Number(query.pageSize ?? query.page_size ?? PAGE_DEFAULT);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX)
    return wrong('pageSize', `a whole number from 1 to ${PAGE_MAX}`);
  const after = (query.pageToken ?? query.page_token) || undefined;
  const page = await files.list(caller.workspaceId, { limit: size, order: 'desc', after });
  const last = page.hasMore ? page.files.at(-1)?.id : undefined;
  const told = page.files.map((file) => googleFile(file, origin));
  return done({ files: told, ...(last !== undefined && { nextPageToken: last }) });
});

export const fileForGoogle = route(async ({ files, caller, request: { params, origin } }) => {
  const file = await files.find(caller.workspaceId, params.id ?? '');
  return file ? done(googleFile(file, origin)) : failed(NO_FILE);
});

export const removeForGoogle = route(async ({ files, caller, request: { params } }) =>
  (await files.remove(caller.workspaceId, params.id ?? '')) ? done({}) : failed(NO_FILE),
);

/** Below `/upload/<version>`: nothing but what is to come is said here, and where its bytes go is answered. */
const BEGIN: Route = {
  method: 'POST',
  path: '/files',
  auth: 'call',
  handle: route(async ({ files, caller, request, now }) => {
    const { headers, body, origin } = request;
    if (headers['x-goog-upload-protocol'] !== 'resumable' || headers['x-goog-upload-command'] !== 'start')
      return wrong(
        'X-Goog-Upload-Protocol',
        'uploads are resumable here: begin with X-Goog-Upload-Protocol: resumable and X-Goog-Upload-Command: start.',
      );
    const wish = isObject(body.file) ? body.file : {};
    if (wish.name !== undefined)
      return wrong('file.name', 'names of files are given out by this gateway: leave it out.');
    const named = wish.displayName ?? wish.display_name ?? headers['x-goog-upload-file-name'];
    const length = headers['x-goog-upload-header-content-length'];
    const announced = length === undefined ? null : Number(length);
    if (announced !== null && !(Number.isSafeInteger(announced) && announced >= 0))
      return wrong('X-Goog-Upload-Header-Content-Length', 'the number of bytes that will come.');
    if ((announced ?? 0) > LIMITS.file_bytes_max) return failed(FILE_TOO_LARGE);
    const { accountId, workspaceId, keyId } = caller;
    const filename = fileName(typeof named === 'string' ? named : undefined);
    const id = await files.uploads.begin({ accountId, workspaceId, keyId, filename, announced, begunAt: now });
    if (id === null) return failed(UPLOADS_FULL);
    return done({}, { 'x-goog-upload-url': `${origin}/upload/v1beta/files/${id}`, 'x-goog-upload-status': 'active' });
  }),
};

const time = (ms: number): string => new Date(ms).toISOString();

/** A file as Google's API tells it: where a call may name it by its `uri`, and read at once. */
export function googleFile(file: FileRecord, origin: string): object {
  const { id, filename, mediaType, size, createdAt, expiresAt } = file;
  return {
    name: `files/${id}`,
    displayName: filename,
    mimeType: mediaType,
    sizeBytes: String(size),
    createTime: time(createdAt),
    updateTime: time(createdAt),
    ...(expiresAt !== null && { expirationTime: time(expiresAt) }),
    uri: `${origin}/v1beta/files/${id}`,
    state: 'ACTIVE',
    source: 'UPLOADED',
  };
}

/**
 * Files as Google's programs upload, list, read and delete them (ai.google.dev/api/files, and @google/genai 3.3, both read
 * 2026-11-29). An upload is begun here; `google-upload.ts` takes its bytes. Calls name a file by its resource
 * (`files/or_file_…`) or its `uri`.
 */
export const GOOGLE_FILE_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/files', auth: 'call', handle: listForGoogle },
  { method: 'GET', path: '/files/:id', auth: 'call', handle: fileForGoogle },
  { method: 'DELETE', path: '/files/:id', auth: 'call', handle: removeForGoogle },
];
export const GOOGLE_UPLOAD_ROUTES: readonly Route[] = [BEGIN];
