import { LIMITS } from '../../base/limits.ts';
import type { Call } from '../../call/call.ts';
import type { Plan } from '../../facts/plan.ts';
import { estimatePrompt } from '../../metering/estimate.ts';
import { answersOf, exposuresOf } from '../../metering/exposure.ts';
import { chatErrand } from '../../upstream/chat-errand.ts';
import type { Operation } from '../operation.ts';
import { conversationOf } from './conversation.ts';
import { createDelivery } from './delivery.ts';
import { goesOn, restOf } from './go-on.ts';
import { questionOf } from './question.ts';

/** A chat that is one exchange with its model, unless an answer that is cut is gone on with. */
export const plainChat: Operation<'chat'> = {
  id: 'chat',
  isStreamed: ({ stream }) => stream,
  sizeOf: (call) => {
    const promptTokens = estimatePrompt(call);
    return { promptTokens, longestPromptTokens: promptTokens };
  },
  conversationOf,
  questionOf,
  exposedOf: (call, { promptTokens }, gateway) => ({
    exposures: exposuresOf(call, promptTokens),
    call,
    times: goesOn(gateway, call) ? 2 : 1,
  }),
  outputOf: (call, decided) => ({ tokens: heldOutput(call, decided), answers: answersOf(call) }),
  begin: (context, means) => {
    const { gateway, request } = context;
    const { call } = request;
    const delivery = createDelivery(context, means);
    const rest = goesOn(gateway, call) ? restOf(call, delivery, means.allowance) : undefined;
    return { errand: chatErrand(gateway, call, { limited: means.allowance?.limited, rest }), delivery };
  },
};

/** Output tokens of one answer that an estimate of its cost covers: the caller's limit, else a fixed number. */
function heldOutput(call: Call, decided: Plan): number {
  const limit = decided.candidates[0]?.endpoint.maxOutput ?? Number.POSITIVE_INFINITY;
  return Math.min(call.maxOutputTokens ?? LIMITS.held_output_tokens, limit);
}
