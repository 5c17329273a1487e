import { LIMITS } from './limits.ts';
import type { World } from './world.ts';

/**
 * The memory of this process that callers can make it hold: bodies in flight, what was fetched for them, answers that
 * wait to be read. Taken before it is filled, in bytes as they are estimated to weigh, and given back when the call is over.
 */
export type Memory = {
  /**
   * One call's part of it, for whoever pays for it: a key's id. Calls that are under way come before new ones, so that
   * what they hold comes back; a new one is under way as soon as it holds something.
   */
  readonly open: (who: string, place?: CallStage) => MemoryAllowance;
  /** Takes so much at once where it is there and nobody waits, for what is too small to be worth an allowance. */
  readonly takeAtOnce: (who: string, bytes: number) => boolean;
  /** Gives that back. */
  readonly giveBack: (who: string, bytes: number) => void;
  readonly used: () => number;
};

/** Calls under way come before calls that have not begun. */
export type CallStage = 'under way' | 'new';
const PLACES: readonly CallStage[] = ['under way', 'new'];

/** What one holder has taken of the memory for large bodies, and how it takes more. */
export type MemoryAllowance = {
  /** Takes so much, at once if it is there, else in turn. False = the line is too long, the wait was in vain, or all holders have let go. Never called after the end. */
  readonly take: (bytes: number, done: (isGranted: boolean) => void) => void;
  /** Takes what is held already, such as an answer that came; others wait until it is back. */
  readonly force: (bytes: number) => void;
  readonly give: (bytes: number) => void;
  /** Gives so much back and takes so much else: what comes back is there for who takes before others. */
  readonly exchange: (back: number, bytes: number, done: (isGranted: boolean) => void) => void;
  /** One more holder: it ends with the last. */
  readonly keep: () => void;
  /** A holder lets go; after the last everything is back, once, and nothing is waited for. */
  readonly close: () => void;
};

/** `mine`: what the one who waits holds already, in bytes. */
type Waiter = { readonly bytes: number; readonly mine: () => number; readonly settle: (isGranted: boolean) => void };
type Account = { held: number; readonly lines: { readonly [place in CallStage]: Waiter[] } };
type State = {
  readonly bytes: number;
  readonly world: Pick<World, 'after'>;
  readonly accounts: Map<string, Account>;
  readonly waiting: { [place in CallStage]: number };
  readonly filled: (level: 'much' | 'little') => void;
  used: number;
  level: 'much' | 'little';
};

/** Much of the memory is taken from a quarter on, and no more below an eighth. */
const MUCH = 1 / 4;
const LITTLE = 1 / 8;

/**
 * `bytes`: how much there is. One key may have half of it, or a single call of any size that fits at all.
 * `filled`: hears when much of it is taken, and when no more.
 */
export function createMemory(
  bytes: number,
  world: Pick<World, 'after'>,
  filled: (level: 'much' | 'little') => void = () => {},
): Memory {
  const waiting = { 'under way': 0, new: 0 };
  const state: State = { bytes, world, filled, accounts: new Map(), used: 0, level: 'little', waiting };
  return {
    open: (who, place = 'new') => openAllowance(state, who, place),
    takeAtOnce: (who, amount) => {
      const isTaken = isFree(state, who, { bytes: amount, mine: 0 });
      if (isTaken) add(state, who, amount);
      return isTaken;
    },
    giveBack: (who, amount) => {
      add(state, who, -amount);
      serve(state);
    },
    used: () => state.used,
  };
}

function openAllowance(state: State, who: string, begun: CallStage): MemoryAllowance {
  let mine = 0;
  let holders = 1;
  /** What gives up each wait that goes on. */
  const waits = new Set<() => void>();
  const lose = (amount: number): void => {
    const back = Math.min(amount, mine);
    if (back <= 0) return;
    mine -= back;
    add(state, who, -back);
  };
  const give = (amount: number): void => {
    lose(amount);
    serve(state);
  };
  const grant = (amount: number): void => {
    mine += amount;
    add(state, who, amount);
  };
  const place = (): CallStage => (mine > 0 ? 'under way' : begun);
  const stand = (amount: number, done: (isGranted: boolean) => void): void => {
    const settle = (isGranted: boolean): void => {
      waits.delete(leave);
      if (isGranted) grant(amount);
      done(isGranted);
    };
    const leave = standInLine(state, { who, place: place() }, { bytes: amount, mine: () => mine, settle });
    waits.add(leave);
    serve(state);
  };
  const take = (amount: number, done: (isGranted: boolean) => void): void => {
    if (holders <= 0) done(false);
    else if (isFree(state, who, { bytes: amount, mine })) {
      grant(amount);
      done(true);
    } else if (mine + amount > state.bytes || isLineFull(state, who, place())) done(false);
    else stand(amount, done);
  };
  return {
    take,
    force: grant,
    give,
    exchange: (back, amount, done) => {
      lose(back);
      take(amount, done);
      serve(state);
    },
    keep: () => void holders++,
    close: () => {
      if (--holders !== 0) return;
      for (const leave of waits) leave();
      waits.clear();
      give(mine);
    },
  };
}

function accountOf({ accounts }: State, who: string): Account {
  let account = accounts.get(who);
  if (!account) {
    account = { held: 0, lines: { 'under way': [], new: [] } };
    accounts.set(who, account);
  }
  return account;
}

function add(state: State, who: string, amount: number): void {
  const account = accountOf(state, who);
  account.held += amount;
  state.used += amount;
  tidy(state, who, account);
  const level = state.used >= state.bytes * (state.level === 'much' ? LITTLE : MUCH) ? 'much' : 'little';
  if (level === state.level) return;
  state.level = level;
  state.filled(level);
}

function tidy({ accounts }: State, who: string, { held, lines }: Account): void {
  if (held === 0 && PLACES.every((place) => lines[place].length === 0)) accounts.delete(who);
}

/** What the one who asks holds itself is part of what it asks for, which may be more than half. */
const isWithinShare = ({ bytes }: State, held: number, wanted: { readonly bytes: number; readonly mine: number }) =>
  held === wanted.mine || held + wanted.bytes <= bytes / 2;

const isFree = (state: State, who: string, wanted: { readonly bytes: number; readonly mine: number }): boolean =>
  PLACES.every((place) => state.waiting[place] === 0) &&
  state.used + wanted.bytes <= state.bytes &&
  isWithinShare(state, state.accounts.get(who)?.held ?? 0, wanted);

const isLineFull = ({ waiting, accounts }: State, who: string, place: CallStage): boolean =>
  waiting[place] >= LIMITS.memory_line_max ||
  (accounts.get(who)?.lines[place].length ?? 0) >= LIMITS.memory_line_each_max;

/** Waits for its turn, so long and no longer. The function that is returned leaves the line without a word. */
function standInLine(
  state: State,
  { who, place }: { readonly who: string; readonly place: CallStage },
  { settle, ...wanted }: Waiter,
): () => void {
  const account = accountOf(state, who);
  const line = account.lines[place];
  const end = (): void => {
    stop();
    state.waiting[place]--;
    const at = line.indexOf(waiter);
    if (at !== -1) line.splice(at, 1);
    tidy(state, who, account);
  };
  const stop = state.world.after(LIMITS.memory_wait_ms, () => {
    end();
    settle(false);
    serve(state);
  });
  const waiter: Waiter = {
    ...wanted,
    settle: (isGranted) => {
      end();
      settle(isGranted);
    },
  };
  state.waiting[place]++;
  line.push(waiter);
  return end;
}

/** Whoever waits for the whole, not for its own share, is overtaken by nobody. */
function serve(state: State): void {
  for (let next = nextOf(state); next; next = nextOf(state)) next.settle(true);
}

/** Who is to be served now, each key in its turn. */
function nextOf(state: State): Waiter | null {
  for (const place of PLACES) {
    if (state.waiting[place] === 0) continue;
    for (const [who, account] of state.accounts) {
      const next = account.lines[place][0];
      if (!next || !isWithinShare(state, account.held, { bytes: next.bytes, mine: next.mine() })) continue;
      if (state.used + next.bytes > state.bytes) return null;
      state.accounts.delete(who); // to the end of the order
      state.accounts.set(who, account);
      return next;
    }
  }
  return null;
}
