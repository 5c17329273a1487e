import { type Fault, fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY, nano } from '../../base/money.ts';
import type { Call } from '../../call/call.ts';
import type { Message } from '../../call/message.ts';
import type { ChatStep } from '../../call/text-run.ts';
import { completionTokens, NO_USAGE, promptTokens } from '../../call/usage.ts';
import type { Candidate } from '../../facts/plan.ts';
import { NO_BILL } from '../../metering/cost.ts';
import { type Run, type RunListener, type RunOutcome, type RunRequest, startRun } from '../../upstream/run.ts';
import type { Ended } from '../receipt.ts';
import { workAhead } from './ahead.ts';
import { joined, keepStep, lastWords, wholeReply } from './answer.ts';
import { askFor } from './ask.ts';
import { createPurse, type Provided } from './money.ts';
import { type Turn, turnOf } from './reading.ts';
import { runTools, type Use } from './run-tools.ts';
import { readingFor } from './shown.ts';
import type { Growing, State } from './state.ts';
import { legOfAnswer, NO_USE, wholeOf } from './sum.ts';

/**
 * A call of several legs: work ahead, answers of its model, tools between them. To those above it is one run whose steps
 * are those of one answer: delivery and settlement stand above the legs, and one hold covers them all.
 */
export type Tree = Run & {
  /** The end of the whole call, from that of its last exchange. */
  readonly ended: (outcome: RunOutcome, ended: (outcome: RunOutcome) => Ended) => Ended;
  /** What of one read the client sees. */
  readonly shown: (steps: readonly ChatStep[]) => readonly ChatStep[];
};

export function growTree(growing: Growing): Tree {
  const { context, carrying } = growing;
  const { call } = context.request;
  const state: State = {
    ...growing,
    purse: createPurse(context, carrying.hold, growing.exposing),
    names: new Set(growing.offered.map(({ name }) => name)),
    call,
    run: null,
    reading: null,
    isLast: false,
    steps: [],
    legs: [],
    toolCost: NO_MONEY,
    askedBill: NO_BILL,
    asking: new Set(),
    use: NO_USE,
    attempts: [],
    losses: [],
    pages: [],
    resultsLength: 0,
    textLength: 0,
    before: { parts: [], tools: [], annotations: [] },
    target: null,
    hasShown: false,
    thoughts: 0,
    told: null,
    begunAt: context.gateway.world.elapsed(),
    isBetween: false,
    cancels: new Set(),
    isPaused: false,
    isOver: false,
  };
  begin(state);
  return {
    pause: () => {
      state.isPaused = true;
      state.run?.pause();
    },
    resume: () => {
      state.isPaused = false;
      state.run?.resume();
    },
    cancel: () => cancel(state),
    ended: (outcome, ended) => endedOf(state, outcome, ended),
    shown: (steps) => {
      const seen = state.reading?.take(steps) ?? [];
      if (seen.length > 0) state.hasShown = true;
      return seen;
    },
  };
}

function begin(state: State): void {
  if (state.works.length === 0) {
    exchange(state, state.carrying.request);
    return;
  }
  state.isBetween = true;
  guarded(state, async () => {
    const prepared = await workAhead(state);
    if (state.isOver) return;
    if (!prepared.ok) return finish(state, { kind: 'failed', fault: prepared.error });
    if (prepared.value === state.call) exchange(state, state.carrying.request);
    else await goOn(state, prepared.value, state.context.decided.candidates);
  });
}

/** A bug in here ends the call, and no more. */
function guarded(state: State, work: () => Promise<void>): void {
  work().catch((cause) => {
    state.context.gateway.log('a call of several legs failed', cause);
    finish(state, { kind: 'failed', fault: fault('server', 'Internal Server Error') });
  });
}

function exchange(state: State, request: RunRequest<'chat'>): void {
  const { gateway } = state.context;
  const { listener } = state.carrying;
  state.isBetween = false;
  state.begunAt = gateway.world.elapsed();
  state.reading = readingFor(state);
  const hearing: RunListener<'chat'> = {
    ...listener,
    events: (steps, target) => {
      state.target = target;
      listener.events(steps, target);
    },
    done: (outcome) => exchanged(state, outcome),
  };
  state.run = startRun(gateway.upstream, request, hearing);
  if (state.isPaused) state.run.pause();
}

/** One exchange is over: its tools run, or the call has ended. */
function exchanged(state: State, outcome: RunOutcome): void {
  state.run = null;
  state.told = outcome;
  state.attempts.push(...outcome.attempts);
  state.losses = joined(state.losses, outcome.losses);
  if (outcome.kind !== 'failed' && outcome.target) state.target = outcome.target;
  const { isLast, names } = state;
  const turn =
    outcome.kind === 'replied'
      ? turnOf(outcome.reply.choices[0], { names, isLast })
      : outcome.kind === 'streamed'
        ? (state.reading?.turn() ?? null)
        : null;
  if (!turn?.goesOn || state.isOver) return finish(state, outcome);
  outcome.release?.();
  const step = state.delivery.ended(outcome);
  state.steps.push(step);
  state.legs.push(legOfAnswer(step, outcome.attempts.length, sinceBegun(state)));
  state.purse.spend(step.bill.cost);
  writeDown(state);
  state.use = { ...state.use, requested: state.use.requested + turn.calls.length };
  state.isBetween = true;
  guarded(state, () => useTools(state, turn));
}

/** What the legs so far have cost, where a crash finds it: it adds the prompt, which is among that already. */
function writeDown({ carrying: { hold }, purse, isOver }: State): void {
  const beyond = purse.spent() - hold.promptCost;
  if (!isOver) hold.checkpoint(nano(beyond > 0n ? beyond : 0n));
}

const sinceBegun = ({ context, begunAt }: State): number => Math.round(context.gateway.world.elapsed() - begunAt);

async function useTools(state: State, turn: Turn): Promise<void> {
  const { gateway } = state.context;
  const placed = keepStep(state, turn);
  state.thoughts = state.reading?.thoughts() ?? 0;
  const uses = await runTools(turn.calls, {
    gateway,
    purse: state.purse,
    offered: state.offered,
    asking: { call: state.call, ask: (asker) => askFor(state, asker) },
    watch: state.context.request.watch,
    room: LIMITS.server_tool_results_length_max - state.resultsLength,
    cancels: state.cancels,
    tell: (call) => {
      if (state.isOver) return;
      placed(call);
      if (state.call.stream && state.target)
        state.delivery.show([{ type: 'server-tool', choice: 0, call }], state.target);
    },
  });
  for (const use of uses) count(state, use);
  writeDown(state);
  if (state.isOver) return;
  state.isLast = state.stop(progressOf(state, turn));
  const call = withResults(state.call, turn, uses, state.isLast);
  await goOn(state, call, winnerFirst(state));
}

function count(state: State, { offered, outcome, ms }: Use): void {
  const { isFailed, result, pages, cost = NO_MONEY, counts, by } = outcome;
  const { use } = state;
  state.resultsLength += result.length;
  state.toolCost = nano(state.toolCost + cost);
  state.use = {
    requested: use.requested,
    executed: use.executed + (isFailed ? 0 : 1),
    searches: use.searches + (counts === 'search' ? 1 : 0),
    fetches: use.fetches + (counts === 'fetch' ? 1 : 0),
  };
  if (pages) state.pages.push(...pages);
  state.legs.push({
    purpose: 'tool',
    name: offered.tool.id,
    ...(by !== undefined && { by }),
    cost,
    ms,
    ...(isFailed && { reason: result.slice(0, REASON_MAX) }),
  });
}
const REASON_MAX = 200;

function progressOf({ steps, offered, purse }: State, { calls, choice }: Turn) {
  const called = new Set<string>();
  for (const { name } of calls) {
    const id = offered.find((one) => one.name === name)?.tool.id ?? name;
    for (const word of [name, id, `openrouter:${id}`]) called.add(word);
  }
  const tokens = steps.reduce((sum, { usage }) => sum + promptTokens(usage) + completionTokens(usage), 0);
  return { steps: steps.length, called, tokens, cost: purse.spent(), finish: choice?.finish ?? '' };
}

/** The conversation with what the model asked for and what came of it; in the last exchange it must answer. */
function withResults(call: Call, { choice, calls }: Turn, uses: readonly Use[], isLast: boolean): Call {
  const results = calls.map(({ id, name }): Message => {
    const outcome = uses.find(({ part }) => part.id === id)?.outcome;
    const text = outcome?.result ?? JSON.stringify({ error: 'There is no such tool.' });
    return {
      role: 'tool',
      callId: id,
      name,
      parts: [{ type: 'text', text }],
      ...(outcome?.isFailed && { isError: true }),
    };
  });
  const messages: Message[] = [...call.messages, { role: 'assistant', parts: choice?.parts ?? [] }, ...results];
  const isForced = call.toolChoice !== undefined && call.toolChoice.type !== 'none' && call.toolChoice.type !== 'auto';
  const toolChoice = isLast ? ({ type: 'none' } as const) : isForced ? ({ type: 'auto' } as const) : undefined;
  return { ...call, messages, ...(toolChoice && { toolChoice }) };
}

/** Whoever has begun goes on, as long as it can. */
function winnerFirst({ context, target }: State): readonly Candidate[] {
  const { candidates } = context.decided;
  const isWinner = ({ endpoint, payer }: Candidate): boolean =>
    endpoint.id === target?.endpoint.id && payer?.id === target.payer?.id;
  return [...candidates.filter(isWinner), ...candidates.filter((one) => !isWinner(one))];
}

/** Another exchange, where money and windows allow it; else the call ends in words. */
async function goOn(state: State, call: Call, candidates: readonly Candidate[]): Promise<void> {
  const provided = await state.purse.provide(call, candidates);
  if (state.isOver) return;
  if (typeof provided === 'string') return stopShort(state, provided);
  state.call = call;
  const { plan, allowance, promptTokens: size } = provided;
  state.delivery.next({ call, promptTokens: size, allowance, spent: state.purse.spent() });
  exchange(state, { ...state.carrying.request, plan, errand: state.errandOf(call, allowance) });
}

/** Nothing was answered yet: an error. Else what was answered stands, with a word on why it ends. */
function stopShort(state: State, why: Exclude<Provided | 'no-money' | 'no-room', Provided>): void {
  if (state.steps.length === 0) return finish(state, { kind: 'failed', fault: SHORT[why].fault });
  const { target } = state;
  if (!target) return finish(state, { kind: 'failed', fault: SHORT[why].fault });
  const words = SHORT[why].words;
  if (state.call.stream) {
    state.delivery.show(lastWords(state, words, 'length'), target);
    finish(state, { kind: 'streamed', target });
  } else finish(state, { kind: 'replied', target, reply: wholeReply(state, null, words) });
}

const SHORT: { readonly [why in 'no-money' | 'no-room']: { readonly fault: Fault; readonly words: string } } = {
  'no-money': {
    fault: fault(
      'payment_required',
      'What is left of the credit does not pay for this call with what was found for it.',
    ),
    words: 'What is left of the credit does not pay for another step of this answer, so it ends here.',
  },
  'no-room': {
    fault: fault('context_length_exceeded', 'With what was found for it the prompt fits no model of this call.'),
    words: 'What the tools have found fits no model of this call any more, so the answer ends here.',
  },
};

type Ending = RunOutcome extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'attempts' | 'losses'>
    : never
  : never;

/** Tells those above once how the whole run ended. */
function finish(state: State, ending: Ending): void {
  if (state.isOver) return;
  state.isOver = true;
  for (const give of state.cancels) give();
  for (const { open } of state.offered) open.close?.();
  // What is asked of other models is on the bill, too, however far it came.
  if (state.asking.size === 0) tell(state, ending);
  else Promise.allSettled(state.asking).then(() => tell(state, ending));
}

function tell(state: State, ending: Ending): void {
  const { attempts, losses, target, hasShown, isLast, names } = state;
  const beside = { attempts, losses };
  const { done } = state.carrying.listener;
  switch (ending.kind) {
    case 'failed':
      // Who has seen the beginning of an answer is told in its stream.
      if (hasShown && target && state.call.stream) done({ ...beside, kind: 'broken', target, fault: ending.fault });
      else done({ ...beside, kind: 'failed', fault: ending.fault });
      return;
    case 'replied': {
      const turn = turnOf(ending.reply.choices[0], { names, isLast });
      const reply = state.isBetween ? ending.reply : wholeReply(state, { reply: ending.reply, turn }, null);
      done({ ...ending, ...beside, reply });
      return;
    }
    case 'streamed':
    case 'broken':
    case 'cancelled':
      done({ ...ending, ...beside });
      return;
    default:
      ending satisfies never;
  }
}

function cancel(state: State): void {
  if (state.isOver) return;
  if (state.run) state.run.cancel();
  else finish(state, { kind: 'cancelled', target: state.target });
}

/** Between two exchanges nothing is under way that would have to be counted. */
function endedOf(state: State, outcome: RunOutcome, ended: (outcome: RunOutcome) => Ended): Ended {
  const { steps, legs, toolCost, askedBill, use, isBetween } = state;
  if (steps.length + legs.length === 0) return ended(outcome);
  // What was merged of several exchanges must not be counted as one.
  const last = ended(isBetween ? outcome : (state.told ?? outcome));
  const taken = { steps, legs, toolCost, askedBill, use };
  if (!isBetween) {
    const before = legs.reduce((sum, { attempts = 0 }) => sum + attempts, 0);
    const leg = legOfAnswer(last, state.attempts.length - before, sinceBegun(state));
    return wholeOf(last, { ...taken, legs: [...legs, leg] });
  }
  const finishReason = last.state === 'completed' ? { reason: 'length' as const, native: null } : last.finish;
  return wholeOf({ ...last, usage: NO_USAGE, bill: NO_BILL, finish: finishReason }, taken);
}
