import { closeSync, existsSync, fstatSync, openSync, readSync, writeFileSync, writeSync, writevSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { StoreError } from '../ledger/trouble.ts';

/** Beyond this everything must be applied before more is taken: so long a start may have to catch up. */
export const JOURNAL_BYTES = 16 * 1024 * 1024;
/** What a journal begins with; `store` ties it to its file. */
const MAGIC = 'SWJOURN1';
const HEAD_BYTES = 64;
/** Length and checksum of the payload, and its position: how many records the store has ever had before it, and one. */
const FRAME_BYTES = 16;
const STORE_CHARACTERS = 32;

export type JournalContent = {
  /** Records that stand in it, in order, those that are applied already included. */
  readonly records: readonly JournalRecord[];
  /** Bytes behind them are no torn end but damage: whole records lie beyond. */
  readonly isDamaged: boolean;
};
export type JournalRecord = { readonly position: bigint; readonly bytes: Uint8Array };

/**
 * A log in front of a store's tables: what is appended is as durable as a commit of theirs, for one `write` for any
 * number of groups. It has its full size from the beginning, so that a disk which fills up later leaves room for the ends
 * of what has begun, and is written over from the start when all of it is applied.
 */
export type Journal = {
  /** Writes the payloads, all or none. False = there is no room: apply, then `restart`. Throws if the disk fails. */
  readonly append: (payloads: readonly Uint8Array[]) => boolean;
  /** The last one that was appended. */
  readonly position: () => bigint;
  /** Everything in it is applied, and the tables are on disk. */
  readonly restart: () => void;
  readonly close: () => void;
};

export type JournalOptions = {
  readonly file: string;
  /** The store's own name, made with its tables. */
  readonly store: string;
  /** The last position that the tables contain. */
  readonly applied: bigint;
};

/** Opens or makes the journal of a store. Throws, in words for the operator, if it belongs to another one or has a gap. */
export function openJournal({ file, store, applied }: JournalOptions): { journal: Journal; replay: JournalContent } {
  const replay = existsSync(file) ? readJournal(file, store) : EMPTY;
  const [first] = replay.records;
  if (first && first.position > applied + 1n)
    throw new Error(
      `${file} begins at ${first.position}, but its store ends at ${applied}: what lies between is missing. ` +
        'If the store was restored from a copy, move the journal away, too.',
    );
  if (replay.isDamaged) keepAside(file, replay);
  const handle = openSync(file, existsSync(file) ? 'r+' : 'w+', 0o600);
  try {
    reserve(handle, file);
  } catch (cause) {
    closeSync(handle);
    throw cause;
  }
  const last = replay.records.at(-1)?.position ?? 0n;
  return { journal: writerOf(handle, store, last > applied ? last : applied), replay };
}

/** The records of a journal, for whoever only looks. Throws if it belongs to another store. */
export function readJournal(file: string, store: string): JournalContent {
  return recordsOf(readWhole(file), { file, store });
}

/** The same of its bytes. */
export function recordsOf(bytes: Buffer, { file, store }: Pick<JournalOptions, 'file' | 'store'>): JournalContent {
  if (bytes.length < HEAD_BYTES || bytes.every((byte) => byte === 0)) return EMPTY; // cut off while it was made
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error(`${file} is no journal of this program.`);
  const owner = bytes.toString('latin1', MAGIC.length, MAGIC.length + STORE_CHARACTERS);
  if (owner !== store)
    throw new Error(`${file} belongs to another store. If the store was restored from a copy, move the journal away.`);
  return scan(bytes);
}

const EMPTY: JournalContent = { records: [], isDamaged: false };

/** From the first record on, as far as each is whole and follows the one before. */
function scan(bytes: Buffer): JournalContent {
  const records: JournalRecord[] = [];
  let at = HEAD_BYTES;
  for (;;) {
    const record = recordAt(bytes, at);
    const before = records.at(-1)?.position;
    if (!record || (before !== undefined && record.position !== before + 1n)) break;
    records.push(record);
    at += FRAME_BYTES + record.bytes.length;
  }
  const last = records.at(-1)?.position ?? bytes.readBigUInt64LE(MAGIC.length + STORE_CHARACTERS);
  return { records, isDamaged: hasLater(bytes, at, last) };
}

function recordAt(bytes: Buffer, at: number): JournalRecord | null {
  if (at + FRAME_BYTES > bytes.length) return null;
  const length = bytes.readUInt32LE(at);
  const end = at + FRAME_BYTES + length;
  if (length === 0 || end > bytes.length) return null;
  if (crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) return null;
  const position = bytes.readBigUInt64LE(at + 8);
  return { position, bytes: bytes.subarray(at + FRAME_BYTES, end) };
}

/** So many records that follow are looked for behind what cannot be read. */
const SOUGHT = 16n;

/** Whether whole records of this round, rather than of an earlier one, lie behind what cannot be read. */
function hasLater(bytes: Buffer, from: number, last: bigint): boolean {
  const sought = Buffer.alloc(8);
  for (let position = last + 1n; position <= last + SOUGHT; position++) {
    sought.writeBigUInt64LE(position);
    for (let at = bytes.indexOf(sought, from + 9); at !== -1; at = bytes.indexOf(sought, at + 1))
      if (recordAt(bytes, at - 8)) return true;
  }
  return false;
}

function keepAside(file: string, { records }: JournalContent): void {
  const copy = `${file}.damaged`;
  writeFileSync(copy, readWhole(file), { mode: 0o600 });
  console.error(
    `${file} is damaged behind record ${records.at(-1)?.position ?? 'none'}: what stands before it counts, a copy is ${copy}.`,
  );
}

function readWhole(file: string): Buffer {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(fstatSync(handle).size);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(handle, bytes, at, bytes.length - at, at);
      if (read === 0) return bytes.subarray(0, at);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

/** Takes the whole size from the disk, by zeros behind what is there: a hole would be filled when there is no room any more. */
function reserve(handle: number, file: string): void {
  const zeros = Buffer.alloc(1024 * 1024);
  try {
    for (let at = fstatSync(handle).size; at < JOURNAL_BYTES; )
      at += writeSync(handle, zeros, 0, Math.min(zeros.length, JOURNAL_BYTES - at), at);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${file} cannot be given its ${JOURNAL_BYTES / 1024 / 1024} MB: ${words}`, { cause });
  }
}

function writerOf(handle: number, store: string, last: bigint): Journal {
  let position = last;
  /** Where the next record goes; only `restart` says where that is after opening. */
  let end = JOURNAL_BYTES;
  return {
    append: (payloads) => {
      const pieces: Uint8Array[] = [];
      let used = 0;
      let place = position;
      for (const payload of payloads) {
        pieces.push(frameOf(payload, ++place), payload);
        used += FRAME_BYTES + payload.length;
      }
      if (end + used > JOURNAL_BYTES) return false;
      writeAll(handle, pieces, { at: end, length: used });
      end += used;
      position = place;
      return true;
    },
    position: () => position,
    restart: () => {
      const head = Buffer.alloc(HEAD_BYTES + FRAME_BYTES); // and the end of records behind it
      head.write(MAGIC + store.padEnd(STORE_CHARACTERS).slice(0, STORE_CHARACTERS), 'latin1');
      head.writeBigUInt64LE(position, MAGIC.length + STORE_CHARACTERS);
      writeAll(handle, [head], { at: 0, length: head.length });
      end = HEAD_BYTES;
    },
    close: () => closeSync(handle),
  };
}

function frameOf(payload: Uint8Array, position: bigint): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_BYTES);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeBigUInt64LE(position, 8);
  frame.writeUInt32LE(crc32(payload, crc32(frame.subarray(8))), 4);
  return frame;
}

/** One system call, as a rule; a disk that takes only a part is asked for the rest, and says why it will not. */
function writeAll(
  handle: number,
  pieces: readonly Uint8Array[],
  place: { readonly at: number; readonly length: number },
): void {
  const { at, length } = place;
  let done = writevSync(handle, pieces as Uint8Array[], at);
  if (done === length) return;
  for (const rest = Buffer.concat(pieces, length); done < length; ) {
    const written = writeSync(handle, rest, done, length - done, at + done);
    if (written === 0) throw new StoreError('full', 'the journal cannot be written to');
    done += written;
  }
}
