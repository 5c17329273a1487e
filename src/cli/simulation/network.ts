import type { Cancel, Wire, WireHandler, WireRequest } from '../../base/world.ts';
import { askedOf } from './answers.ts';
import { type Script, type ScriptStep, scriptFor } from './behaviours.ts';
import type { Clock } from './clock.ts';
import type { Draws } from './draws.ts';

/** The hosts on the other side: each request meets a script, its bytes cut anywhere. */
export type Network = {
  readonly request: (owner: string, request: WireRequest, handler: WireHandler) => Wire;
  /** Drops every exchange of a process that died. */
  readonly forget: (owner: string) => void;
  /** Exchanges that are neither ended nor aborted. */
  readonly open: () => number;
  /** What the host with this mark meant to say. */
  readonly scriptOf: (mark: string) => Script | undefined;
};

const SCRIPTS_KEPT = 5_000;

export function createNetwork(clock: Clock, draws: Draws): Network {
  const open = new Map<Exchange, string>();
  const scripts = new Map<string, Script>();
  let asked = 0;
  return {
    request: (owner, request, handler) => {
      const mark = `w${asked++}`;
      const script = scriptFor(askedOf(request.url, String(request.body)), mark, draws);
      scripts.set(mark, script);
      if (scripts.size > SCRIPTS_KEPT) scripts.delete(scripts.keys().next().value ?? '');
      const exchange = startExchange(script.steps, handler, {
        after: (ms, task) => clock.after(owner, ms, task),
        pieces: (text) => pieces(text, draws),
        over: () => open.delete(exchange),
      });
      open.set(exchange, owner);
      return exchange;
    },
    forget: (owner) => {
      for (const [exchange, of] of open) if (of === owner) exchange.abort();
    },
    open: () => open.size,
    scriptOf: (mark) => scripts.get(mark),
  };
}

type Exchange = Wire;
type Means = {
  readonly after: (ms: number, task: () => void) => Cancel;
  readonly pieces: (text: string) => Uint8Array[];
  readonly over: () => void;
};

function startExchange(steps: readonly ScriptStep[], handler: WireHandler, { after, pieces, over }: Means): Exchange {
  let at = 0;
  let unread: Uint8Array[] = [];
  let cancel: Cancel | null = null;
  let isPaused = false;
  let isOver = false;
  const finish = (): void => {
    isOver = true;
    cancel?.();
    cancel = null;
    over();
  };
  const plan = (): void => {
    const step = steps[at];
    if (isOver || isPaused || cancel || (!step && unread.length === 0)) return;
    cancel = after(unread.length > 0 ? 0 : (step?.afterMs ?? 0), () => {
      cancel = null;
      if (unread.length === 0 && step) {
        at++;
        play(step);
      }
      while (unread[0] && !isOver && !isPaused) handler.data(unread.shift() ?? unread[0]);
      plan();
    });
  };
  const play = (step: ScriptStep): void => {
    if (step.kind === 'head') return handler.head(step.status, step.headers);
    if (step.kind === 'data') {
      unread = pieces(step.data);
      return;
    }
    finish();
    if (step.kind === 'end') handler.end();
    else handler.error(step.error);
  };
  plan();
  return {
    pause: () => {
      isPaused = true;
      cancel?.();
      cancel = null;
    },
    resume: () => {
      isPaused = false;
      plan();
    },
    abort: () => {
      if (!isOver) finish();
    },
  };
}

/** As a socket would hand it over: mostly in one read, sometimes cut anywhere, in the middle of a character too. */
function pieces(text: string, draws: Draws): Uint8Array[] {
  const bytes = Buffer.from(text);
  if (bytes.length < 2 || !draws.chance(0.2)) return [bytes];
  const at = draws.between(1, bytes.length - 1);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}
