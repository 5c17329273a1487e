import { audioTokensOf, exposuresOfSpeech, sizeOfSpeech } from '../metering/speech.ts';
import { speechErrand } from '../upstream/speech-errand.ts';
import type { Operation } from './operation.ts';
import { plainQuestion } from './question.ts';
import { createSpeechDelivery } from './speech-delivery.ts';

/** A text is spoken: the answer is audio, passed on as it comes. */
export const speech: Operation<'speech'> = {
  id: 'speech',
  isStreamed: () => true,
  sizeOf: (call) => {
    const { promptTokens, characters, seconds } = sizeOfSpeech(call);
    const pieces = { read: { inputCharacters: characters }, written: { outputSeconds: seconds } };
    return { promptTokens, longestPromptTokens: promptTokens, pieces };
  },
  questionOf: (call, surroundings) => ({
    ...plainQuestion(call, surroundings),
    operation: 'speech',
    inputModalities: ['text'],
    outputModalities: ['speech'],
  }),
  exposedOf: (call) => ({ exposures: exposuresOfSpeech(call), call: null, times: 1 }),
  outputOf: (call) => ({ tokens: audioTokensOf(sizeOfSpeech(call).seconds), answers: 1 }),
  begin: (context, means) => ({
    errand: speechErrand(context.gateway, context.request.call),
    delivery: createSpeechDelivery(context, means),
  }),
};
