import type { Readable } from 'node:stream';
import { type Blob, LENGTH_MIN, markOf } from '../base/blobs.ts';
import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { MemoryAllowance } from '../base/memory.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { CallOf, OperationId } from '../call/operation.ts';
import type { StoredContent, StoredContents } from '../call/stored-file.ts';
import type { Caller } from '../facts/caller.ts';
import type { FileRecord } from '../files/store.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Answering } from './answering.ts';
import { contain } from './answers.ts';
import { FULL, type RoomKept } from './room.ts';
import { bothOf } from './stored/reading.ts';

/** How an operation's calls name files that are kept here. */
export type FileNaming<O extends OperationId> = {
  readonly idsIn: (call: CallOf<O>) => readonly string[];
  readonly filled: (call: CallOf<O>, contents: StoredContents) => Result<CallOf<O>, Fault>;
};

type Filling<O extends OperationId> = Parameters<typeof contain<O>>[0] & {
  readonly gateway: Gateway;
  readonly caller: Caller;
  readonly response: Answering;
  readonly room: RoomKept | null;
  readonly naming: FileNaming<O>;
};
type Hearing<O extends OperationId> = {
  readonly refuse: (value: Fault) => void;
  readonly done: (call: CallOf<O>, room: RoomKept | null) => void;
};
type Filled<O extends OperationId> = { readonly call: CallOf<O>; readonly room: RoomKept };

/** Goes on with the call as soon as it holds what the files that it names hold: at once, if it names none. */
export function whenFilled<O extends OperationId>(
  filling: Omit<Filling<O>, 'naming'> & { readonly naming: FileNaming<O> | undefined },
  call: CallOf<O>,
  { refuse, done }: Hearing<O>,
): void {
  const { naming, room } = filling;
  const ids = naming?.idsIn(call) ?? [];
  if (!naming || ids.length === 0) return done(call, room);
  fillFiles({ ...filling, naming }, call, ids).then(
    (filled) => contain(filling, () => (filled.ok ? done(filled.value.call, filled.value.room) : refuse(filled.error))),
    (cause) =>
      contain(filling, () => {
        throw cause;
      }),
  );
}

/** As base64 a file is a third longer. */
const weightOf = ({ size }: FileRecord): number => Math.ceil(size / 3) * 4;

/**
 * A call with the bytes of the files that it names, before anything is planned or counted: every vendor takes them inline,
 * and none knows our ids. Their memory is the call's, until its answer is over.
 */
async function fillFiles<O extends OperationId>(
  { gateway, caller, response, room, naming }: Filling<O>,
  call: CallOf<O>,
  ids: readonly string[],
): Promise<Result<Filled<O>, Fault>> {
  const files = gateway.files;
  const found = (await files?.findAll(caller.workspaceId, ids)) ?? [];
  const missing = ids.find((id) => !found.some((file) => file.id === id));
  if (!files || missing !== undefined) return failed(fault('not_found', `There is no file ${missing ?? ids[0]}.`));
  const excess = excessOf(found);
  if (excess) return failed(excess);
  const allowance = gateway.memory.open(caller.keyId);
  response.on('close', allowance.close);
  const isGranted = await taken(
    allowance,
    found.reduce((sum, file) => sum + weightOf(file), 0),
  );
  if (!isGranted) return failed(FULL);
  const blobs = [...(call.blobs ?? [])];
  const contents = new Map<string, StoredContent>();
  for (const { id, mediaType, filename, size } of found) {
    if (response.destroyed) return failed(fault('cancelled', 'The client is gone.'));
    const base64 = await base64Of(await files.read(id));
    const isLong = size >= LENGTH_MIN;
    const data = isLong ? markOf(blobs.push(base64) - 1) : Buffer.concat(base64).toString('latin1');
    contents.set(id, { mediaType, filename, data });
  }
  const filled = naming.filled(call, contents);
  if (!filled.ok) return filled;
  const isLarge = call.isLarge === true || blobs.length > 0;
  return ok({
    call: { ...filled.value, ...(isLarge && { blobs, isLarge }) },
    room: bothOf(room, allowance) ?? allowance,
  });
}

function excessOf(files: readonly FileRecord[]): Fault | null {
  if (files.length > LIMITS.asset_count_max)
    return fault('invalid_request', `A call may name ${LIMITS.asset_count_max} files at most.`);
  const large = files.find(({ size }) => size > LIMITS.asset_bytes_max);
  if (large)
    return fault(
      'payload_too_large',
      `The file ${large.id} is larger than the ${megabytes('asset_bytes_max')} that models take.`,
    );
  const all = files.reduce((sum, { size }) => sum + size, 0);
  return all > LIMITS.assets_bytes_max
    ? fault('payload_too_large', `The files of this call are larger than ${megabytes('assets_bytes_max')} together.`)
    : null;
}

const megabytes = (limit: 'asset_bytes_max' | 'assets_bytes_max'): string => `${LIMITS[limit] / 1024 / 1024} MB`;

const taken = (allowance: MemoryAllowance, bytes: number): Promise<boolean> =>
  new Promise((resolve) => allowance.take(bytes, resolve));

/** In pieces; each but the last of a length that three divides, so that they can stand one behind the other. */
async function base64Of(bytes: Readable): Promise<Blob> {
  const pieces: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of bytes as AsyncIterable<Buffer>) {
    const whole = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const cut = whole.length - (whole.length % 3);
    pieces.push(Buffer.from(whole.toString('base64', 0, cut), 'latin1'));
    rest = Buffer.from(whole.subarray(cut));
  }
  if (rest.length > 0) pieces.push(Buffer.from(rest.toString('base64'), 'latin1'));
  return pieces;
}
