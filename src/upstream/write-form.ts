import { randomBytes } from 'node:crypto';
import type { Json, JsonObject } from '../base/json.ts';
import type { EncodedCall, SentFile } from '../dialects/dialect.ts';

/** Nobody outside knows it, so that no file can hold it. */
const BOUNDARY = `switchwright-${randomBytes(18).toString('hex')}`;

export function contentTypeOf({ file }: EncodedCall): string {
  if (!file) return 'application/json';
  return file.inForm ? `multipart/form-data; boundary=${BOUNDARY}` : file.type;
}

/** A body with a file, in pieces: the file's own are not copied. */
export function withFile(fields: JsonObject, { bytes, type, inForm }: SentFile): Uint8Array[] {
  if (!inForm) return [...bytes];
  let text = '';
  for (const [name, value] of Object.entries(fields))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) text += `${partOf(name)}\r\n\r\n${written(one)}\r\n`;
  text += `${partOf(inForm.field)}; filename="${quoted(inForm.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
  return [Buffer.from(text), ...bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
}

const partOf = (name: string): string => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${quoted(name)}"`;
const written = (value: Json): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** As browsers write names (WHATWG HTML, multipart/form-data encoding). */
const quoted = (text: string): string =>
  text.replace(/["\r\n]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);
