import type { NanoUsd } from '../../base/money.ts';
import type { Call } from '../../call/call.ts';
import type { Bill } from '../../call/event.ts';
import type { Loss } from '../../call/loss.ts';
import type { Annotation, AssistantPart } from '../../call/message.ts';
import type { FoundPage, PlacedServerTool, ServerToolUse } from '../../call/server-tool.ts';
import type { Attempt } from '../../facts/attempt.ts';
import type { Leg } from '../../facts/receipt.ts';
import type { Target } from '../../facts/target.ts';
import type { Ahead } from '../../plugins/plugin.ts';
import type { Run, RunOutcome, RunRequest } from '../../upstream/run.ts';
import type { Allowance } from '../allowance.ts';
import type { ChatDelivery } from '../chat/delivery.ts';
import type { CallContext, Carrying } from '../operation.ts';
import type { Ended } from '../receipt.ts';
import type { AskedOperations } from './ask.ts';
import type { Exposing, Purse } from './money.ts';
import type { Nesting } from './nesting.ts';
import type { Offered } from './offered.ts';
import type { Reading } from './reading.ts';
import type { Stop } from './stop.ts';

/** Work of a plugin before the first exchange. */
export type Work = { readonly id: string; readonly ahead: Ahead };

/** What a tree of legs is made of, beside the ordinary parts of a call. */
export type Growing = {
  readonly context: CallContext<'chat'>;
  readonly carrying: Carrying<'chat'>;
  readonly delivery: ChatDelivery;
  readonly offered: readonly Offered[];
  readonly stop: Stop;
  /** Asked when money is set aside, in the order of plugins. */
  readonly works: readonly ((call: Call) => Work | null)[];
  readonly exposing: Exposing;
  /** What tools and plugins may ask models with, and where this call stands itself. */
  readonly operations: AskedOperations;
  readonly nesting: Nesting;
  /** The errand of another exchange of the same call. */
  readonly errandOf: (call: Call, allowance: Allowance | null) => RunRequest<'chat'>['errand'];
};

/** What of an answer in one piece stands before its last exchange. */
export type Before = {
  readonly parts: AssistantPart[];
  readonly tools: PlacedServerTool[];
  readonly annotations: Annotation[];
};

export type State = Growing & {
  readonly purse: Purse;
  readonly names: ReadonlySet<string>;
  /** The call as the exchange under way has it. */
  call: Call;
  run: Run | null;
  reading: Reading | null;
  /** No further tool is run: the exchange under way is the last. */
  isLast: boolean;
  /** Exchanges that led to tools, and all that was done. */
  readonly steps: Ended[];
  readonly legs: Leg[];
  toolCost: NanoUsd;
  /** What the models took that tools and plugins asked, and those that are being asked. */
  askedBill: Bill;
  readonly asking: Set<Promise<unknown>>;
  use: ServerToolUse;
  readonly attempts: Attempt[];
  losses: readonly Loss[];
  readonly pages: FoundPage[];
  /** Characters of results so far, and of text that was shown. */
  resultsLength: number;
  textLength: number;
  readonly before: Before;
  /** Who answered last. */
  target: Target | null;
  /** The client has seen something. */
  hasShown: boolean;
  /** Indices of thoughts that were shown. */
  thoughts: number;
  /** How the last exchange ended, as its run told it. */
  told: RunOutcome | null;
  /** When the exchange under way began, by the clock of durations. */
  begunAt: number;
  /** The call ended between two exchanges. */
  isBetween: boolean;
  readonly cancels: Set<() => void>;
  isPaused: boolean;
  isOver: boolean;
};
