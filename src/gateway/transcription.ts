import { usageOf } from '../call/usage.ts';
import { priceAtInstant } from '../catalog/price.ts';
import { exposuresOfTranscription, lengthOf, promptTokensOf, transcriptionUsage } from '../metering/transcription.ts';
import { transcriptionErrand } from '../upstream/transcription-errand.ts';
import type { Operation } from './operation.ts';
import { plainQuestion } from './question.ts';
import { wholeDelivery } from './whole.ts';

/** A recording is written down, or translated into English. */
export const transcription: Operation<'transcription'> = {
  id: 'transcription',
  isStreamed: () => false,
  sizeOf: (call) => {
    const promptTokens = promptTokensOf(call);
    const pieces = { read: { inputSeconds: Math.ceil(lengthOf(call).seconds) }, written: {} };
    // Recordings are cut by whoever writes them down: their length is bounded by no context window.
    return { promptTokens, longestPromptTokens: 0, pieces };
  },
  questionOf: (call, surroundings) => ({
    ...plainQuestion(call, surroundings),
    operation: 'transcription',
    inputModalities: ['audio'],
    outputModalities: ['transcription'],
  }),
  exposedOf: (call) => ({ exposures: exposuresOfTranscription(call), call: null, times: 1 }),
  outputOf: (call) => ({ tokens: Math.ceil(4 * lengthOf(call).seconds), answers: 1 }),
  begin: (context, means) => {
    const { call, receivedAt } = context.request;
    return {
      errand: transcriptionErrand(context.gateway, call),
      delivery: wholeDelivery(context, means, {
        estimate: () => usageOf({ inputAudio: context.size.promptTokens, source: 'estimate' }),
        usageOf: (reply, { endpoint }) =>
          transcriptionUsage(call, reply, endpoint, priceAtInstant(endpoint.price, receivedAt)),
      }),
    };
  },
};
