import type { Scope } from '../ledger/store.ts';
import type { Entry } from './entry.ts';
import type { Closing, Group } from './group.ts';
import type { Value } from './work.ts';

/** Raised with every change of what follows it; a journal is read by the version that wrote it or a later one. */
const FORMAT = 1;

/** An integer in JSON, which has none beyond 2^53: those are strings of digits. */
type Integer = number | string;
type Cell = number | string | null | readonly [digits: string];
type CountedCells = readonly [
  createdAt: number,
  model: string,
  endpoint: string,
  provider: string,
  app: string,
  keyId: string,
  workspaceId: string,
  isFailed: 0 | 1,
  latencyMs: number,
  tokens: Entry['counted']['tokens'],
  cost: Integer,
  byokCost: Integer,
  failures: Entry['counted']['failures'],
];
type ClosingCells = readonly [
  id: string,
  accountId: string,
  model: string,
  state: string,
  counted: CountedCells,
  app: readonly [id: string, origin: string, title: string, categories: readonly string[]] | null,
  receipt: string,
  isKnown: 0 | 1,
  leases: readonly Scope[],
];
type GroupCells = readonly [
  format: number,
  process: string,
  seq: number,
  opens: readonly (readonly Cell[])[],
  touches: readonly (readonly Cell[])[],
  closes: readonly ClosingCells[],
  returns: readonly (readonly [Scope, Integer])[],
  relets: readonly (readonly [Scope, Integer])[],
];

/**
 * A group as bytes: what a process hands to its store, and what stands in the journal. JSON of nested arrays: the
 * engine writes and reads it several times faster than it clones the same objects, bigints above all.
 */
export function groupToBytes(group: Group): Uint8Array<ArrayBuffer> {
  const cells: GroupCells = [
    FORMAT,
    group.process,
    group.seq,
    group.opens.map(cellsOf),
    group.touches.map(cellsOf),
    group.closes.map(closingCells),
    group.returns.map(([scope, amount]) => [scope, integer(amount)]),
    group.relets.map(([scope, amount]) => [scope, integer(amount)]),
  ];
  return ENCODER.encode(JSON.stringify(cells));
}
const ENCODER = new TextEncoder();

/** Throws if it is not what `groupToBytes` wrote. */
export function groupFromBytes(bytes: Uint8Array): Group {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const [format, process, seq, opens, touches, closes, returns, relets] = JSON.parse(text) as GroupCells;
  if (format !== FORMAT) throw new Error(`a group in format ${format}, which this version does not know`);
  return {
    process,
    seq,
    opens: opens.map(valuesOf),
    touches: touches.map(valuesOf),
    closes: closes.map(closingOf),
    returns: returns.map(([scope, amount]) => [scope, BigInt(amount)]),
    relets: relets.map(([scope, amount]) => [scope, BigInt(amount)]),
  };
}

const integer = (value: bigint): Integer =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
const cellsOf = (row: readonly Value[]): Cell[] =>
  row.map((value) => {
    if (typeof value !== 'bigint') return value;
    const short = integer(value);
    return typeof short === 'number' ? short : [short];
  });
/** Rows have texts and integers only. */
const valuesOf = (row: readonly Cell[]): Value[] =>
  row.map((cell) => {
    if (typeof cell === 'number') return BigInt(cell);
    return typeof cell === 'string' || cell === null ? cell : BigInt(cell[0]);
  });

function closingCells({ entry, isKnown, leases }: Closing): ClosingCells {
  const { counted, app } = entry;
  return [
    entry.id,
    entry.accountId,
    entry.model,
    entry.state,
    [
      counted.createdAt,
      counted.model,
      counted.endpoint,
      counted.provider,
      counted.app,
      counted.keyId,
      counted.workspaceId,
      counted.isFailed ? 1 : 0,
      counted.latencyMs,
      counted.tokens,
      integer(counted.cost),
      integer(counted.byokCost),
      counted.failures,
    ],
    app && [app.id, app.origin, app.title, app.categories],
    entry.text,
    isKnown ? 1 : 0,
    leases,
  ];
}

function closingOf([id, accountId, model, state, counted, app, text, isKnown, leases]: ClosingCells): Closing {
  return {
    entry: {
      id,
      accountId,
      model,
      state,
      counted: {
        createdAt: counted[0],
        model: counted[1],
        endpoint: counted[2],
        provider: counted[3],
        app: counted[4],
        keyId: counted[5],
        workspaceId: counted[6],
        isFailed: counted[7] === 1,
        latencyMs: counted[8],
        tokens: counted[9],
        cost: BigInt(counted[10]),
        byokCost: BigInt(counted[11]),
        failures: counted[12],
      },
      app: app && { id: app[0], origin: app[1], title: app[2], categories: app[3] },
      text,
    },
    isKnown: isKnown === 1,
    leases,
  };
}
