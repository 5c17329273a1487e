import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { sizeOf } from '../base/blobs.ts';
import { type Fault, fault } from '../base/fault.ts';
import { gatherer } from '../base/gatherer.ts';
import type { Json } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { ReceivedFile } from '../dialects/dialect.ts';
import { tooLarge } from './read-body.ts';

/** A form that came whole: its fields by name, those named `…[]` and those that came several times as lists. */
export type Form = {
  readonly fields: { readonly [name: string]: Json };
  readonly files: readonly ReceivedFile[];
  readonly size: number;
};

export const isForm = (type: string | undefined): boolean => /^\s*multipart\/form-data\s*;/i.test(type ?? '');
export const fileBytesOf = ({ files }: Form): number => files.reduce((sum, { bytes }) => sum + sizeOf(bytes), 0);

/** So much of a form is worked through in one turn. */
const TURN_BYTES = 256 * 1024;
const NAME_BYTES_MAX = 256;

/**
 * The whole form of a request, worked through as it comes, or why it is not taken. The bytes of its files are kept as
 * they came. A client that leaves before its end is heard of no more.
 */
export function readForm(request: IncomingMessage, done: (form: Form) => void, refused: (value: Fault) => void): void {
  if (Number(request.headers['content-length'] ?? 0) > LIMITS.body_bytes_max) return refused(TOO_LARGE);
  const parser = parserOf(request);
  if (!parser) return refused(unreadable('it names no boundary'));
  const fields: { [name: string]: Json } = Object.create(null);
  const files: ReceivedFile[] = [];
  let size = 0;
  let inTurn = 0;
  let isOver = false;
  const leave = (obstacle: Fault): void => {
    if (isOver) return;
    isOver = true;
    request.off('data', push).off('end', end);
    request.resume();
    refused(obstacle);
  };
  const resume = (): void => {
    inTurn = 0;
    if (!isOver) request.resume();
  };
  const push = (chunk: Buffer): void => {
    size += chunk.length;
    inTurn += chunk.length;
    if (size > LIMITS.body_bytes_max) return leave(TOO_LARGE);
    if (!parser.write(chunk)) {
      request.pause();
      parser.once('drain', resume);
    } else if (inTurn >= TURN_BYTES) {
      request.pause();
      setImmediate(resume);
    }
  };
  const end = (): void => {
    parser.end();
  };
  parser.on('field', (name, value, isNameCut, isValueCut) => {
    if (isNameCut || isValueCut) return leave(unreadable(`the field ${name.slice(0, 100)} is too long`));
    put(fields, name, value);
  });
  parser.on('file', (field, stream, name, _encoding, type) => {
    const gather = gatherer();
    const bytes: Uint8Array[] = [];
    const keep = (piece: Buffer | null): void => {
      if (piece && !isOver) bytes.push(piece);
    };
    stream.on('data', (piece: Buffer) => keep(gather.push(piece)));
    stream.on('limit', () => leave(tooLarge(LIMITS.audio_bytes_max)));
    stream.on('error', () => {});
    stream.on('end', () => {
      keep(gather.end());
      files.push({ field, name: name ?? '', type: type ?? '', bytes });
    });
  });
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => leave(unreadable('it has too many parts')));
  parser.on('error', () => leave(unreadable('it ends early or is no form')));
  parser.on('finish', () => {
    if (isOver) return;
    isOver = true;
    done({ fields: { ...fields }, files, size });
  });
  request.on('data', push).on('end', end);
}

function parserOf({ headers }: IncomingMessage): BusboyInstance | null {
  try {
    return new Busboy({
      headers: headers as BusboyHeaders,
      limits: {
        fieldNameSize: NAME_BYTES_MAX,
        fieldSize: LIMITS.form_field_bytes_max,
        fields: LIMITS.form_fields_max,
        fileSize: LIMITS.audio_bytes_max,
        files: LIMITS.form_files_max,
        parts: LIMITS.form_fields_max + LIMITS.form_files_max,
        headerPairs: 32,
      },
    });
  } catch {
    return null;
  }
}

/** `name[]` and what comes twice are lists, as OpenAI's libraries write them. */
function put(fields: { [name: string]: Json }, written: string, value: string): void {
  const isList = written.endsWith('[]');
  const name = isList ? written.slice(0, -2) : written;
  if (name === '__proto__') return;
  const before = fields[name];
  if (before === undefined) fields[name] = isList ? [value] : value;
  else fields[name] = [...(Array.isArray(before) ? before : [before]), value];
}

const TOO_LARGE = tooLarge(LIMITS.body_bytes_max);
const unreadable = (why: string): Fault => fault('invalid_request', `The multipart body cannot be read: ${why}.`);
