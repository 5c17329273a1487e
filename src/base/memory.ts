import { LIMITS } from './limits.ts';
import type { World } from './world.ts';

/**
 * The memory of this process that callers can make it hold: bodies in flight, what was fetched for them, answers that
 * wait to be read. Taken before it is filled, in bytes as they are estimated to weigh, and given back when the call is over.
 */
export type Memory = {
  /** One call's part of it, for whoever pays for it: a key's id. */
  readonly open: (who: string) => Allowance;
  readonly used: () => number;
};

export type Allowance = {
  /** Takes so much, at once if it is there, else in turn. False = the line is too long, the wait was in vain, or all holders have let go. Never called after the end. */
  readonly take: (bytes: number, done: (isGranted: boolean) => void) => void;
  /** Takes what is held already, such as an answer that came; others wait until it is back. */
  readonly force: (bytes: number) => void;
  readonly give: (bytes: number) => void;
  /** One more holder: it ends with the last. */
  readonly keep: () => void;
  /** A holder lets go; after the last everything is back, once, and nothing is waited for. */
  readonly close: () => void;
};

type Waiter = { readonly bytes: number; readonly settle: (isGranted: boolean) => void };
type Account = { held: number; readonly line: Waiter[] };
type State = {
  readonly bytes: number;
  readonly world: Pick<World, 'after'>;
  readonly accounts: Map<string, Account>;
  used: number;
  waiting: number;
};

/** `bytes`: how much there is. One key may have half of it, or a single call of any size that fits at all. */
export function createMemory(bytes: number, world: Pick<World, 'after'>): Memory {
  const state: State = { bytes, world, accounts: new Map(), used: 0, waiting: 0 };
  return { open: (who) => openAllowance(state, who), used: () => state.used };
}

function openAllowance(state: State, who: string): Allowance {
  let mine = 0;
  let holders = 1;
  /** What gives up each wait that goes on. */
  const waits = new Set<() => void>();
  const give = (amount: number): void => {
    const back = Math.min(amount, mine);
    if (back <= 0) return;
    mine -= back;
    add(state, who, -back);
    serve(state);
  };
  const grant = (amount: number): void => {
    mine += amount;
    add(state, who, amount);
  };
  const stand = (amount: number, done: (isGranted: boolean) => void): void => {
    const leave = standInLine(state, who, amount, (isGranted) => {
      waits.delete(leave);
      if (isGranted) grant(amount);
      done(isGranted);
    });
    waits.add(leave);
    serve(state);
  };
  return {
    take: (amount, done) => {
      if (holders <= 0) done(false);
      else if (isFree(state, who, amount)) {
        grant(amount);
        done(true);
      } else if (amount > state.bytes || isLineFull(state, who)) done(false);
      else stand(amount, done);
    },
    force: grant,
    give,
    keep: () => void holders++,
    close: () => {
      if (--holders !== 0) return;
      for (const leave of waits) leave();
      waits.clear();
      give(mine);
      serve(state);
    },
  };
}

function accountOf({ accounts }: State, who: string): Account {
  let account = accounts.get(who);
  if (!account) {
    account = { held: 0, line: [] };
    accounts.set(who, account);
  }
  return account;
}

function add(state: State, who: string, amount: number): void {
  const account = accountOf(state, who);
  account.held += amount;
  state.used += amount;
  tidy(state, who, account);
}

function tidy({ accounts }: State, who: string, account: Account): void {
  if (account.held === 0 && account.line.length === 0) accounts.delete(who);
}

const isWithinShare = ({ bytes }: State, held: number, wanted: number): boolean =>
  held === 0 || held + wanted <= bytes / 2;

const isFree = (state: State, who: string, amount: number): boolean =>
  state.waiting === 0 &&
  state.used + amount <= state.bytes &&
  isWithinShare(state, state.accounts.get(who)?.held ?? 0, amount);

const isLineFull = ({ waiting, accounts }: State, who: string): boolean =>
  waiting >= LIMITS.memory_line_max || (accounts.get(who)?.line.length ?? 0) >= LIMITS.memory_line_each_max;

/** Waits for its turn, so long and no longer. The function that is returned leaves the line without a word. */
function standInLine(state: State, who: string, bytes: number, settle: (isGranted: boolean) => void): () => void {
  const account = accountOf(state, who);
  const end = (): void => {
    stop();
    state.waiting--;
    const at = account.line.indexOf(waiter);
    if (at !== -1) account.line.splice(at, 1);
    tidy(state, who, account);
  };
  const stop = state.world.after(LIMITS.memory_wait_ms, () => {
    end();
    settle(false);
    serve(state);
  });
  const waiter: Waiter = {
    bytes,
    settle: (isGranted) => {
      end();
      settle(isGranted);
    },
  };
  state.waiting++;
  account.line.push(waiter);
  return end;
}

/** Each key in its turn; whoever waits for the whole, not for its own share, is overtaken by nobody. */
function serve(state: State): void {
  for (let isMoving = state.waiting > 0; isMoving; ) {
    isMoving = false;
    for (const [who, account] of [...state.accounts]) {
      const next = account.line[0];
      if (!next || !isWithinShare(state, account.held, next.bytes)) continue;
      if (state.used + next.bytes > state.bytes) return;
      state.accounts.delete(who); // to the end of the order
      state.accounts.set(who, account);
      next.settle(true);
      isMoving = true;
    }
  }
}
