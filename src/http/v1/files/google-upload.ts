import { isFault } from '../../../access/access.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import { gatherer } from '../../../base/gatherer.ts';
import { LIMITS } from '../../../base/limits.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import { encodeGeminiFault } from '../../../dialects/gemini-fault.ts';
import { FILE_TOO_LARGE, type Files, placeFault } from '../../../files/files.ts';
import type { FileRecord } from '../../../files/store.ts';
import type { UploadFacts } from '../../../files/uploads.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { sendJson } from '../../answers.ts';
import { sendFault } from '../../faults.ts';
import { originFor } from '../../origin.ts';
import type { RawExchange, RawRoute } from '../../raw-route.ts';
import { UPLOADS_FULL } from '../../receive-file.ts';
import { googleFile } from './google.ts';
import { OFF } from './words.ts';

/** So long Google keeps files, and its programs leave it at that (ai.google.dev/gemini-api/docs/files, read 2026-11-29). */
const KEPT_MS = 48 * 3_600_000;

const COMMANDS = ['upload', 'finalize', 'query', 'cancel'] as const;
type Command = (typeof COMMANDS)[number];

/**
 * The bytes of an upload that `google.ts` has begun, in one request or piece by piece. Its address is all that programs
 * send: who has it may go on with the upload, as long as the key that began it is good. Pieces may come to any process of
 * this machine; one that comes again, since its answer was lost, replaces what is there.
 */
export const GOOGLE_UPLOAD: RawRoute = {
  method: 'POST',
  path: '/files/:upload',
  auth: 'none',
  answer: async (exchange, gateway) => {
    const { files } = gateway;
    const refuse = (value: Fault): void =>
      sendFault(exchange.response, encodeGeminiFault(value, { id: null }), value, null);
    if (!files) return refuse(OFF);
    const id = exchange.params.upload ?? '';
    const upload = await files.uploads.find(id);
    if (!upload) return refuse(NO_UPLOAD);
    const { facts, received } = upload;
    const caller = await gateway.access.callerOf(facts.keyId, facts.accountId);
    if (isFault(caller)) return refuse(caller);
    const commands = commandsOf(exchange);
    if (!commands.ok) return refuse(commands.error);
    // Two at once would write over each other.
    if (busy.has(id)) return refuse(TWICE);
    busy.add(id);
    try {
      const going = { exchange, gateway, files, id, facts, received };
      const kept = await follow(going, commands.value);
      if (!kept.ok) refuse(kept.error);
    } catch (cause) {
      gateway.log('an upload failed', cause);
      refuse(placeFault(cause));
    } finally {
      busy.delete(id);
    }
  },
};

const busy = new Set<string>();

type Going = {
  readonly exchange: RawExchange;
  readonly gateway: Gateway;
  readonly files: Files;
  readonly id: string;
  readonly facts: UploadFacts;
  readonly received: number;
};

async function follow(going: Going, commands: readonly Command[]): Promise<Result<null, Fault>> {
  const { exchange, files, id, received, gateway } = going;
  if (commands.includes('cancel')) {
    await files.uploads.end(id);
    return told(exchange, 'cancelled');
  }
  if (commands.includes('query')) return told(exchange, 'active', received);
  if (commands.includes('upload')) {
    const written = await take(going);
    if (!written.ok) return written;
    if (!commands.includes('finalize')) return told(exchange, 'active', written.value);
  }
  const kept = await keep(going);
  if (!kept.ok) return kept;
  const { response, request } = exchange;
  const json = { file: googleFile(kept.value, originFor(gateway, request)) };
  sendJson(response, JSON.stringify(json), { 'x-goog-upload-status': 'final' });
  return ok(null);
}

function told({ response }: RawExchange, status: 'active' | 'cancelled', received?: number): Result<null, Fault> {
  const size = received === undefined ? {} : { 'x-goog-upload-size-received': String(received) };
  sendJson(response, '{}', { 'x-goog-upload-status': status, ...size });
  return ok(null);
}

function commandsOf({ headers }: RawExchange): Result<readonly Command[], Fault> {
  const words = String(headers['x-goog-upload-command'] ?? '')
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());
  const known = words.filter((word): word is Command => (COMMANDS as readonly string[]).includes(word));
  return known.length > 0 && known.length === words.length ? ok(known) : failed(NO_COMMAND);
}

/** Writes what the request brings; gives how much of the file is here then. */
async function take({ exchange, files, id, facts, received }: Going): Promise<Result<number, Fault>> {
  const { request, headers } = exchange;
  const offset = Number(headers['x-goog-upload-offset'] ?? Number.NaN);
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > received)
    return failed(fault('invalid_request', `X-Goog-Upload-Offset: ${received} bytes are here; go on from there.`));
  const most = facts.announced ?? LIMITS.file_bytes_max;
  const writer = await files.uploads.writeFrom(id, offset);
  let size = offset;
  try {
    const gather = gatherer();
    for await (const piece of request as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > most) return failed(facts.announced === null ? FILE_TOO_LARGE : TOO_MUCH);
      const whole = gather.push(piece);
      if (whole) await writer.write(whole);
    }
    const rest = gather.end();
    if (rest) await writer.write(rest);
    return ok(size);
  } catch (cause) {
    // The client is gone; what has come stays, and may be gone on from.
    if (request.errored || request.destroyed) return failed(fault('cancelled', 'The upload broke off.'));
    throw cause;
  } finally {
    await writer.close();
  }
}

/** All of it is here: it becomes a file, and the upload ends, whether it is one that is kept here or not. */
async function keep({ files, id, facts }: Going): Promise<Result<FileRecord, Fault>> {
  const { accountId, workspaceId, keyId, filename, announced } = facts;
  const { received = 0 } = (await files.uploads.find(id)) ?? {};
  if (announced !== null && received !== announced)
    return failed(fault('invalid_request', `The file was to have ${announced} bytes; ${received} have come.`));
  const file = await files.receive(keyId);
  if (!file) return failed(UPLOADS_FULL);
  try {
    for await (const piece of files.uploads.read(id) as AsyncIterable<Buffer>)
      if (!(await file.write(piece))) {
        await file.discard();
        return failed(FILE_TOO_LARGE);
      }
    const kept = await file.keep({ accountId, workspaceId, keyId }, { filename, purpose: null, keptMs: KEPT_MS });
    await files.uploads.end(id);
    return kept;
  } catch (cause) {
    await file.discard();
    throw cause;
  }
}

const NO_UPLOAD = fault(
  'not_found',
  'There is no such upload: it has ended, was begun more than an hour ago, or was begun at another machine of this gateway.',
);
const NO_COMMAND = fault(
  'invalid_request',
  `X-Goog-Upload-Command: one or more of ${COMMANDS.join(', ')}, with commas between.`,
);
const TWICE = fault('invalid_request', 'Another request is sending bytes of this upload.');
const TOO_MUCH = fault('invalid_request', 'More bytes come than were announced.');
