import { fault } from '../../../base/fault.ts';
import { isObject, type JsonObject, objectOf } from '../../../base/json.ts';
import type { Bill, Event, FinishEvent, UsageEvent } from '../../../call/event.ts';
import type { Native } from '../../../call/message.ts';
import { NO_USAGE } from '../../../call/usage.ts';
import type { AnswerContext, EventEncoder } from '../../dialect.ts';
import { stopReasonOf } from '../finish.ts';
import { encodeUsage, wireTierOf } from '../usage.ts';
import { fieldsOf } from '../words.ts';
import { besideOf, placeOf } from './beside.ts';
import { faultBody } from './fault.ts';
import { frameText } from './frame-text.ts';
import {
  closeBlocks,
  isTooMuch,
  newBlocks,
  type OpenBlocks,
  writeBlock,
  writeContent,
  writeServerTool,
} from './open-blocks.ts';

type State = {
  readonly answer: AnswerContext;
  readonly blocks: OpenBlocks;
  started: boolean;
  over: boolean;
  tier: JsonObject;
  native: Native | undefined;
  finish: FinishEvent | undefined;
  usage: UsageEvent | undefined;
};

/** The named events of one streamed message. What is known of the prompt comes first; the count that is billed comes at the end, in `message_delta`. */
export function encodeEvents(answer: AnswerContext): EventEncoder {
  const state: State = {
    answer,
    blocks: newBlocks(answer),
    started: false,
    over: false,
    tier: {},
    native: undefined,
    finish: undefined,
    usage: undefined,
  };
  return (event) =>
    state.over || ('choice' in event && event.choice !== null && event.choice > 0) ? '' : write(state, event);
}

function write(state: State, event: Event): string {
  switch (event.type) {
    case 'start':
      tell(state, event);
      return begin(state, event.prompt);
    case 'text':
    case 'refusal':
    case 'reasoning':
    case 'tool-start':
    case 'tool-arguments':
    case 'image':
    case 'audio':
    case 'annotation':
      return begin(state) + writeContent(state.blocks, event) + (isTooMuch(state.blocks) ? giveUp(state) : '');
    case 'server-tool':
      return begin(state) + writeServerTool(state.blocks, event.call);
    case 'native':
      return begin(state) + writeNative(state, event);
    case 'logprobs':
      return '';
    case 'finish':
      state.finish = event;
      return '';
    case 'usage':
      state.usage = event;
      tell(state, event);
      return '';
    case 'end':
      return begin(state) + end(state);
    case 'fault':
      state.over = true;
      return frameText('error', { ...objectOf(faultBody(event.fault, state.answer)), ...countOfBroken(state) });
    default:
      return event satisfies never;
  }
}

function giveUp(state: State): string {
  state.over = true;
  const reason = fault('upstream_malformed', 'The provider never ended the arguments of a tool call.');
  return frameText('error', faultBody(reason, state.answer));
}

function tell(state: State, { serviceTier }: { readonly serviceTier?: string }): void {
  if (serviceTier !== undefined) state.tier = { service_tier: wireTierOf(serviceTier) };
}

function begin(state: State, prompt = NO_USAGE): string {
  if (state.started) return '';
  state.started = true;
  const { answer } = state;
  return frameText('message_start', {
    type: 'message_start',
    message: {
      id: answer.id,
      type: 'message',
      role: 'assistant',
      model: answer.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: encodeUsage(prompt, undefined, state.tier),
      provider: answer.provider,
    },
  });
}

function writeNative(state: State, { choice, native }: Extract<Event, { type: 'native' }>): string {
  if (choice === null) {
    const fields = { ...fieldsOf(state.native), ...fieldsOf(native) };
    state.native = { dialect: native.dialect, fields };
    return '';
  }
  let text = '';
  for (const [name, block] of Object.entries(fieldsOf(native)))
    if (placeOf(name) !== undefined && isObject(block)) text += writeBlock(state.blocks, block);
  return text;
}

/** What an answer has taken that breaks off is told with its error, for the block that is open must not seem whole. */
const countOfBroken = ({ usage, tier }: State): JsonObject =>
  usage ? { usage: encodeUsage(usage.usage, usage.bill, tier) } : {};

function end(state: State): string {
  const { answer, blocks, finish, native, usage } = state;
  state.over = true;
  const closed = closeBlocks(blocks);
  const stopReason = stopReasonOf({
    reason: finish?.reason ?? 'stop',
    native: finish?.native ?? null,
    stopSequence: finish?.stopSequence,
    hasToolCalls: blocks.toolCount > 0,
  });
  if (stopReason === null) {
    const failure = fault(
      'upstream_server_error',
      `The provider could not finish its answer (${finish?.native ?? 'error'}).`,
    );
    return closed + frameText('error', faultBody(failure, answer));
  }
  const beside = besideOf(native);
  const { context_management, ...delta } = beside.message;
  const bill: Bill | undefined = usage?.bill;
  const last = frameText('message_delta', {
    type: 'message_delta',
    delta: { stop_reason: stopReason, stop_sequence: finish?.stopSequence ?? null, ...delta },
    usage: encodeUsage(usage?.usage ?? NO_USAGE, bill, { ...state.tier, ...beside.usage }),
    ...(context_management !== undefined && { context_management }),
    ...answer.extra,
  });
  return closed + last + frameText('message_stop', { type: 'message_stop' });
}
