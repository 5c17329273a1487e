import { estimateEach } from '../metering/estimate.ts';
import { exposuresOfRead } from '../metering/read-size.ts';
import { decisionErrand } from '../upstream/decision-errand.ts';
import type { Operation } from './operation.ts';
import { modalitiesIn, plainQuestion } from './question.ts';
import { readDelivery } from './whole.ts';

/** Typed questions about something are answered with probabilities. */
export const decisions: Operation<'decisions'> = {
  id: 'decisions',
  isStreamed: () => false,
  sizeOf: ({ parts, blobs }) => {
    const [promptTokens = 0] = estimateEach([parts], blobs);
    return { promptTokens, longestPromptTokens: promptTokens };
  },
  questionOf: (call, surroundings) => ({
    ...plainQuestion(call, surroundings),
    operation: 'decisions',
    inputModalities: modalitiesIn([call.parts]),
    outputModalities: ['decisions'],
  }),
  exposedOf: ({ parts, blobs }) => ({ exposures: exposuresOfRead([parts], blobs), call: null, times: 1 }),
  outputOf: () => ({ tokens: 0, answers: 1 }),
  begin: (context, means) => ({
    errand: decisionErrand(context.gateway, context.request.call),
    delivery: readDelivery(context, means),
  }),
};
