import { isUtf8 } from 'node:buffer';
import { parseJson } from '../base/json.ts';
import { sniffMediaType } from '../base/media-type.ts';

/** What is kept of a file to tell its kind by: its first and its last bytes. */
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 64 * 1024;
/** A text is looked through for structure as far as this. */
const LINES_MAX = 20;

/** Says of a file what it is, from its bytes as they pass. */
export type KindReader = {
  readonly push: (bytes: Uint8Array) => void;
  /** The media type; null = it is nothing that is kept here. */
  readonly end: (filename: string) => string | null;
};

/**
 * A file's kind is told by its contents alone, as the contract says: names and declared types lie. PDFs, pictures,
 * documents of Office, sound, films and UTF-8 text are kept.
 */
export function kindReader(): KindReader {
  const head: Uint8Array[] = [];
  const tail: Uint8Array[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let isText = true;
  let rest: Uint8Array = new Uint8Array();
  return {
    push: (bytes) => {
      if (headBytes < HEAD_BYTES) {
        const piece = bytes.subarray(0, HEAD_BYTES - headBytes);
        head.push(Buffer.from(piece));
        headBytes += piece.length;
      }
      tail.push(Buffer.from(bytes.subarray(-TAIL_BYTES)));
      tailBytes += tail.at(-1)?.length ?? 0;
      if (tailBytes > 2 * TAIL_BYTES) {
        tail.splice(0, tail.length, Buffer.concat(tail).subarray(-TAIL_BYTES));
        tailBytes = TAIL_BYTES;
      }
      if (!isText) return;
      const whole = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
      const cut = whole.length - unfinished(whole);
      isText = isUtf8(whole.subarray(0, cut)) && whole.indexOf(0) === -1;
      rest = Buffer.from(whole.subarray(cut));
    },
    end: (filename) => {
      const start = Buffer.concat(head);
      const known = sniffMediaType(start);
      const isWholeText = isText && rest.length === 0;
      // A text may begin like anything; a PDF may be one.
      if (known !== null && KEPT.test(known) && (!isWholeText || known === 'application/pdf')) return known;
      if (isMpeg(start)) return 'audio/mpeg';
      if (start.toString('latin1', 0, 4) === 'PK\x03\x04') return officeType(start, Buffer.concat(tail));
      return isWholeText ? textType(start.toString('utf8'), { filename, isCut: headBytes === HEAD_BYTES }) : null;
    },
  };
}

const KEPT = /^(?:image\/(?:png|jpeg|gif|webp)|application\/pdf|audio\/|video\/)/;

/** Frames of MPEG audio without ID3 begin with eleven set bits, a version, a layer and a bit rate that is not 15. */
const isMpeg = ([first = 0, second = 0, third = 0]: Uint8Array): boolean =>
  first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0 && (second & 0x18) !== 0x08 && third >> 4 !== 15;

/** How many bytes at the end are the beginning of a character that goes on. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

const OFFICE: { readonly [folder: string]: string } = {
  word: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xl: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ppt: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
};
/** The name of an entry of an archive that tells whose it is: behind a local head, or in the list at the archive's end. */
const ENTRY = /PK(?:\x03\x04[\s\S]{26}|\x01\x02[\s\S]{42})(word|xl|ppt)\//;

function officeType(head: Buffer, tail: Buffer): string | null {
  const [, folder = ''] = ENTRY.exec(head.toString('latin1')) ?? ENTRY.exec(tail.toString('latin1')) ?? [];
  return OFFICE[folder] ?? null;
}

/** A text by its structure, as far as it is seen. */
function textType(seen: string, { filename, isCut }: { readonly filename: string; readonly isCut: boolean }): string {
  const text = seen.replace(/^\ufeff/, '');
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const [first = ''] = lines;
  if (/^\s*[{[]/.test(text)) {
    const isRecord = /^\s*\{.*\}\s*$/.test(first) && parseJson(first) !== undefined;
    if (isRecord && lines.length > 1 && /^\s*\{/.test(lines[1] ?? '')) return 'application/x-ndjson';
    if (isRecord && /\.(?:jsonl|ndjson)$/i.test(filename)) return 'application/x-ndjson';
    if (isCut || parseJson(text) !== undefined) return 'application/json';
  }
  if (/\.(?:md|markdown)$/i.test(filename) || /^#{1,6} \S/m.test(text)) return 'text/markdown';
  return isTable(lines.slice(0, LINES_MAX)) ? 'text/csv' : 'text/plain';
}

/** Two lines at least, each with as many commas, one at least. */
function isTable(lines: readonly string[]): boolean {
  const [first = 0, ...others] = lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, '').split(',').length - 1);
  return first > 0 && others.length > 0 && others.every((commas) => commas === first);
}
