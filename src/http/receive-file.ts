import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { type Fault, fault } from '../base/fault.ts';
import { gatherer } from '../base/gatherer.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { FILE_TOO_LARGE, type Files, type Incoming, placeFault } from '../files/files.ts';
import { isForm } from './read-form.ts';

/** A form with one file, which has come whole and is to be kept or discarded. */
export type Upload = {
  readonly fields: { readonly [name: string]: string };
  readonly filename: string;
  readonly file: Incoming;
};

const NAME_BYTES_MAX = 256;
const FIELD_BYTES_MAX = 4 * 1024;
const FIELDS_MAX = 16;
const FORM_BYTES_MAX = LIMITS.file_bytes_max + LIMITS.file_form_bytes_max;

type Receiving = { readonly files: Files; readonly keyId: string; readonly log: (m: string, cause?: unknown) => void };

/**
 * Takes in the form of an upload: its file goes to its place as it comes, so that no more of it is in memory than the
 * disk has not taken yet. Whatever is wrong with the form, nothing is left of the file.
 */
export async function receiveFile(request: IncomingMessage, receiving: Receiving): Promise<Result<Upload, Fault>> {
  if (!isForm(request.headers['content-type'])) return failed(NO_FORM);
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > FORM_BYTES_MAX) return failed(FILE_TOO_LARGE);
  const parser = parserOf(request);
  if (!parser) return failed(unreadable('it names no boundary'));
  return new Promise((resolve) => {
    const fields: { [name: string]: string } = Object.create(null);
    let arriving: Promise<Result<Arrived, Fault>> | null = null;
    let size = 0;
    let coming: Readable | null = null;
    let isOver = false;
    const leave = (obstacle: Fault): void => {
      if (isOver) return;
      isOver = true;
      request.off('data', push).off('end', end).off('close', gone);
      request.resume();
      // What waits for more of the file hears that there is none.
      coming?.destroy();
      void arriving?.then(async (arrived) => {
        if (arrived.ok) await arrived.value.file.discard().catch((cause) => receiving.log(NOT_DISCARDED, cause));
      });
      resolve(failed(obstacle));
    };
    const resume = (): void => void (isOver || request.resume());
    const push = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > FORM_BYTES_MAX) return leave(FILE_TOO_LARGE);
      if (parser.write(chunk)) return;
      request.pause();
      parser.once('drain', resume);
    };
    const end = (): void => void parser.end();
    // Closed once it has been read to its end, too.
    const gone = (): void => (request.complete ? undefined : leave(fault('cancelled', 'The upload broke off.')));
    parser.on('field', (name, value, isNameCut, isValueCut) => {
      if (isNameCut || isValueCut) return leave(unreadable(`the field ${name.slice(0, 100)} is too long`));
      if (name !== '__proto__') fields[name] = value;
    });
    parser.on('file', (field, file, name) => {
      const stream = file as unknown as Readable;
      // The parser tells of it too.
      stream.on('error', () => {});
      // The parser works through the rest of a piece whose beginning was refused.
      if (isOver) return void stream.resume();
      if (field !== 'file' || arriving) {
        stream.resume();
        return leave(unreadable(field === 'file' ? 'it holds two files' : `its file is named ${field.slice(0, 40)}`));
      }
      coming = stream;
      stream.on('limit', () => leave(FILE_TOO_LARGE));
      arriving = arrive(stream, fileName(name), receiving);
      void arriving.then((arrived) => {
        if (!arrived.ok) leave(arrived.error);
      });
    });
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
      parser.on(limit, () => leave(unreadable('it has too many parts')));
    parser.on('error', () => leave(BROKEN));
    parser.on('finish', () => {
      if (!arriving) return leave(NO_FILE);
      void arriving.then((arrived) => {
        if (isOver || !arrived.ok) return;
        isOver = true;
        request.off('close', gone);
        resolve(ok({ fields: { ...fields }, ...arrived.value }));
      });
    });
    request.on('data', push).on('end', end).on('close', gone);
  });
}

const NOT_DISCARDED = 'an upload could not be discarded';

type Arrived = Pick<Upload, 'filename' | 'file'>;

/** The file's bytes, written one after the other; small pieces together. Never rejects. */
async function arrive(
  stream: Readable,
  filename: string,
  { files, keyId, log }: Receiving,
): Promise<Result<Arrived, Fault>> {
  let file: Incoming | null = null;
  const stop = async (value: Fault): Promise<Result<Arrived, Fault>> => {
    stream.resume();
    await file?.discard().catch((cause) => log(NOT_DISCARDED, cause));
    return failed(value);
  };
  try {
    file = await files.receive(keyId);
    if (!file) return await stop(UPLOADS_FULL);
    const gather = gatherer();
    for await (const piece of stream as AsyncIterable<Buffer>) {
      const whole = gather.push(piece);
      if (whole && !(await file.write(whole))) return await stop(FILE_TOO_LARGE);
    }
    const rest = gather.end();
    if (rest && !(await file.write(rest))) return await stop(FILE_TOO_LARGE);
    return ok({ filename, file });
  } catch (cause) {
    if (stream.errored || (cause as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return stop(BROKEN);
    log('an upload failed', cause);
    return stop(placeFault(cause));
  }
}

function parserOf({ headers }: IncomingMessage): BusboyInstance | null {
  try {
    return new Busboy({
      headers: headers as BusboyHeaders,
      limits: {
        fieldNameSize: NAME_BYTES_MAX,
        fieldSize: FIELD_BYTES_MAX,
        fields: FIELDS_MAX,
        fileSize: LIMITS.file_bytes_max,
        files: 2,
        parts: FIELDS_MAX + 2,
        headerPairs: 32,
      },
    });
  } catch {
    return null;
  }
}

/** A name without folders and control characters, for nothing but to be shown. Browsers and fetch write a quote as %22. */
export const fileName = (name: string | undefined): string =>
  (name ?? '')
    .replaceAll('%22', '"')
    .replace(/^.*[/\\]/s, '')
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, LIMITS.file_name_length_max) || 'file';

const unreadable = (why: string): Fault => fault('invalid_request', `The multipart body cannot be read: ${why}.`);
const BROKEN = unreadable('it ends early or is no form');
const NO_FORM = fault('invalid_request', 'Send the file as multipart/form-data, in the field named file.');
const NO_FILE = fault('invalid_request', 'The form holds no file: send one in the field named file.', {
  param: 'file',
});
export const UPLOADS_FULL = fault(
  'overloaded',
  'As many files are being uploaded as may be at once. Please try again in a moment.',
  {
    retryAfterMs: 5_000,
  },
);
