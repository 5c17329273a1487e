import { LIMITS } from '../../base/limits.ts';
import type { Event } from '../../call/event.ts';
import { checkEventGrammar } from '../../dialects/grammar.ts';
import type { Receipt } from '../../facts/receipt.ts';
import type { CallResult } from '../../gateway/operation.ts';
import { textOf } from './answers.ts';
import { textIn } from './caller.ts';
import type { Network } from './network.ts';

/** Everything that was seen of one call. */
export type SeenCall = {
  readonly id: string;
  readonly process: string;
  readonly keyId: string;
  readonly streamed: boolean;
  readonly choices: number;
  readonly events: Event[];
  batches: number;
  receipt: Receipt | null;
  result: CallResult<'chat'> | null;
  /** The client has hung up. */
  left: boolean;
  /** The process died under it. */
  lost: boolean;
  /** The store failed for a while under it. */
  shaken: boolean;
};

/** What is wrong with a call that is over; null if nothing is. */
export function checkCall(seen: SeenCall, network: Network): string | null {
  const { result, receipt, events } = seen;
  if (!result) return 'it is not over';
  if (receipt) {
    const wrong = checkReceipt(seen, receipt);
    if (wrong) return wrong;
  }
  switch (result.kind) {
    case 'failed': {
      if (receipt?.state === 'completed') return `it failed, but its receipt says ${receipt.state}`;
      if (receipt?.state === 'interrupted' && receipt.bill.cost !== 0n) return 'it was told nothing and charged for it';
      if (events.length > 0 && !seen.left) return 'it failed although something was delivered';
      if (!result.fault.message) return 'its fault has no message';
      return result.fault.code === 'server' && !seen.shaken ? `a bug: ${result.fault.message}` : null;
    }
    case 'replied': {
      if (seen.streamed) return 'a stream was answered whole';
      if (!receipt) return 'it was answered without a receipt';
      for (const [at, choice] of result.reply.choices.entries()) {
        const text = choice.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
        const wrong = checkText(text, network, receipt, at);
        if (wrong) return wrong;
      }
      return null;
    }
    case 'streamed':
      if (!seen.streamed) return 'a whole answer was streamed';
      if (!receipt && !(seen.shaken && (seen.left || events.at(-1)?.type === 'fault')))
        return 'it was streamed without a receipt';
      return checkStream(seen, receipt, network);
    default:
      return result satisfies never;
  }
}

/** Whatever a host says that it counted: $100. */
const COST_MAX = 100_000_000_000n;

function checkReceipt(seen: SeenCall, receipt: Receipt): string | null {
  if (receipt.id !== seen.id) return 'it has the receipt of another';
  const { cost, inputCost, outputCost } = receipt.bill;
  if (cost < 0n || inputCost < 0n || outputCost < 0n) return `it cost ${cost}`;
  if (cost > COST_MAX) return `it cost ${cost}`;
  if (receipt.state === 'failed' && cost !== 0n) return `it failed and cost ${cost}`;
  if (receipt.attempts.length > LIMITS.attempts_max) return `it took ${receipt.attempts.length} attempts`;
  if (receipt.totalMs < 0) return `it took ${receipt.totalMs} ms`;
  return null;
}

function checkStream(seen: SeenCall, receipt: Receipt | null, network: Network): string | null {
  const { events, left } = seen;
  if (events.length === 0) return left ? null : 'its end was never told';
  // A client that left saw the beginning of an answer; any end would do.
  const last = events.at(-1)?.type;
  const isWhole = last === 'end' || last === 'fault';
  if (!isWhole && !left) return `the last it heard was ${last}`;
  if (receipt?.state === 'completed' && last === 'fault') return 'it broke off, but its receipt says completed';
  if (receipt?.state === 'interrupted' && last === 'end') return 'it was broken off and told as whole';
  const wrong = checkEventGrammar(isWhole ? events : [...events, CUT]);
  if (wrong) return wrong;
  for (let choice = 0; choice < seen.choices; choice++) {
    const broken = checkText(textIn(events, choice), network, last === 'end' ? receipt : null, choice);
    if (broken) return broken;
  }
  const usage = events.find((event) => event.type === 'usage');
  if ((last === 'end' || usage) && usage?.bill?.cost !== receipt?.bill.cost)
    return 'it was told another cost than it was charged';
  return null;
}

const CUT: Event = { type: 'fault', fault: { code: 'cancelled', message: '' } };

/** A text is the beginning of one host's answer; with a receipt that says it stopped by itself, all of it. */
function checkText(text: string, network: Network, receipt: Receipt | null, choice: number): string | null {
  if (text === '') return null;
  const mark = text.slice(0, text.indexOf('.'));
  const script = network.scriptOf(mark);
  if (!script || script.name === 'huge') return null;
  const whole = textOf(script.saying);
  // A frame that nobody can read leaves a gap, which the fault at the end tells; an answer told as whole has none.
  if (script.name === 'malformed frame' && receipt?.finish !== 'stop') return null;
  if (!whole.startsWith(text))
    return `choice ${choice} of "${script.name}" mixes or garbles its words: ${around(text, whole)}`;
  if (receipt?.finish === 'stop' && text !== whole)
    return `choice ${choice} of "${script.name}" was cut and told as whole`;
  return null;
}

function around(text: string, whole: string): string {
  let at = 0;
  while (text[at] === whole[at]) at++;
  return `…${text.slice(Math.max(0, at - 20), at + 20)}… instead of …${whole.slice(Math.max(0, at - 20), at + 20)}…`;
}
