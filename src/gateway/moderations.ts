import { VERDICT_TOKENS_MAX } from '../dialects/llama-guard/index.ts';
import { estimateEach } from '../metering/estimate.ts';
import { exposuresOfRead } from '../metering/read-size.ts';
import { moderationErrand } from '../upstream/moderation-errand.ts';
import type { Operation } from './operation.ts';
import { modalitiesIn, plainQuestion } from './question.ts';
import { readDelivery } from './whole.ts';

/** Texts and images are judged by a model's categories. */
export const moderations: Operation<'moderations'> = {
  id: 'moderations',
  isStreamed: () => false,
  sizeOf: ({ inputs, blobs }) => {
    const sizes = estimateEach(
      inputs.map(({ parts }) => parts),
      blobs,
    );
    return {
      promptTokens: sizes.reduce((sum, size) => sum + size, 0),
      longestPromptTokens: sizes.reduce((most, size) => Math.max(most, size), 0),
    };
  },
  questionOf: (call, surroundings) => ({
    ...plainQuestion(call, surroundings),
    operation: 'moderations',
    inputModalities: modalitiesIn(call.inputs.map(({ parts }) => parts)),
    // A model that chats, too, may judge: its operation says so, not what it puts out.
    outputModalities: [],
  }),
  exposedOf: ({ inputs, blobs }) => {
    const exposures = exposuresOfRead(
      inputs.map(({ parts }) => parts),
      blobs,
      VERDICT_TOKENS_MAX,
    );
    return { exposures, call: null, times: 1 };
  },
  outputOf: () => ({ tokens: 0, answers: 1 }),
  begin: (context, means) => ({
    errand: moderationErrand(context.gateway, context.request.call),
    delivery: readDelivery(context, means),
  }),
};
