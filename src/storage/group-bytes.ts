import type { Owner } from '../facts/scope.ts';
import type { LeaseName, Scope } from '../ledger/store.ts';
import type { Entry } from './entry.ts';
import type { Closing, Group } from './group.ts';
import { columnsOf, HOLD } from './tables.ts';
import type { Value } from './work.ts';

/** Raised with every change of what follows it; a journal is read by the version that wrote it or a later one. */
const FORMAT = 3;
const FORMATS_READ: readonly number[] = [1, 2, 3];

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
  /** Absent from what was written in formats 1 and 2. */
  details?: Entry['counted']['details'],
];
type ClosingHead = readonly [
  id: string,
  accountId: string,
  model: string,
  state: string,
  counted: CountedCells,
  app: readonly [id: string, origin: string, title: string, categories: readonly string[]] | null,
  receipt: number,
  isKnown: 0 | 1,
  leases: readonly Scope[],
];
/** `also` is absent where it is empty, and from what was written in format 1. */
type ClosingCells = readonly [...ClosingHead, also?: readonly Owner[]];
type GroupCells = readonly [
  format: number,
  process: string,
  seq: number,
  opens: readonly (readonly Cell[])[],
  touches: readonly (readonly Cell[])[],
  closes: readonly ClosingCells[],
  returns: readonly (readonly [LeaseName, Integer])[],
  relets: readonly (readonly [Scope, Integer])[],
];

/**
 * A group as bytes: what a process hands to its store, and what stands in the journal. The length of a head, the head,
 * JSON of nested arrays, and behind it the long texts, which are JSON themselves and would have to be escaped within it.
 * The engine writes and reads this several times faster than it clones the same objects, bigints above all.
 */
export function groupToBytes(group: Group): Uint8Array<ArrayBuffer> {
  const texts: string[] = [];
  const cells: GroupCells = [
    FORMAT,
    group.process,
    group.seq,
    group.opens.map((row) => {
      const open = cellsOf(row);
      open[ABOUT] = keep(texts, open[ABOUT]);
      return open;
    }),
    group.touches.map(cellsOf),
    group.closes.map((closing) => closingCells(closing, keep(texts, closing.entry.text))),
    group.returns.map(([scope, amount]) => [scope, integer(amount)]),
    group.relets.map(([scope, amount]) => [scope, integer(amount)]),
  ];
  const head = JSON.stringify(cells);
  return ENCODER.encode(`${head.length}:${head}${texts.join('')}`);
}
const ENCODER = new TextEncoder();
/** Where the long text of an intent stands in its row. */
const ABOUT = columnsOf(HOLD).indexOf('about');

/** Puts a text behind the head; what stands for it there is its length. */
function keep(texts: string[], text: unknown): number {
  const kept = typeof text === 'string' ? text : '';
  texts.push(kept);
  return kept.length;
}

/** Throws if it is not what `groupToBytes` wrote. Integers of rows are numbers where they may be. */
export function groupFromBytes(bytes: Uint8Array): Group {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const from = text.indexOf(':') + 1;
  let at = from + Number(text.slice(0, from - 1));
  const cells = JSON.parse(text.slice(from, at)) as GroupCells;
  const [format, process, seq, opens, touches, closes, returns, relets] = cells;
  if (!FORMATS_READ.includes(format)) throw new Error(`a group in format ${format}, which this version does not know`);
  const next = (length: unknown): string => {
    const end = at + Number(length);
    if (!(end >= at && end <= text.length)) throw new Error('a group without its texts');
    const found = text.slice(at, end);
    at = end;
    return found;
  };
  return {
    process,
    seq,
    opens: opens.map((open) => {
      const row = valuesOf(open);
      row[ABOUT] = next(row[ABOUT]);
      return row;
    }),
    touches: touches.map(valuesOf),
    closes: closes.map((closing) => closingOf(closing, next(closing[6]))),
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
/** SQLite makes integers of numbers in columns of integers: nothing is gained by making bigints of them first. */
const valuesOf = (row: readonly Cell[]): Value[] =>
  row.map((cell) => (typeof cell === 'object' && cell !== null ? BigInt(cell[0]) : cell));

function closingCells({ entry, isKnown, leases, also }: Closing, receipt: number): ClosingCells {
  const { counted, app } = entry;
  const cells: ClosingHead = [
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
      counted.details,
    ],
    app && [app.id, app.origin, app.title, app.categories],
    receipt,
    isKnown ? 1 : 0,
    leases,
  ];
  return also.length === 0 ? cells : [...cells, also];
}

const NONE: readonly Owner[] = [];

function closingOf(cells: ClosingCells, text: string): Closing {
  const [id, accountId, model, state, counted, app, , isKnown, leases, also = NONE] = cells;
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
        details: counted[13] ?? undefined,
      },
      app: app && { id: app[0], origin: app[1], title: app[2], categories: app[3] },
      text,
    },
    isKnown: isKnown === 1,
    leases,
    also,
  };
}
