import type { EmbeddingCall } from '../call/embedding.ts';
import { usageOf } from '../call/usage.ts';
import type { Modality } from '../catalog/model.ts';
import { isBelievableOf } from '../metering/believable.ts';
import { estimateInputs } from '../metering/estimate.ts';
import { exposuresOfInputs } from '../metering/exposure.ts';
import { asMessages, withPieces } from '../metering/pieces.ts';
import { embeddingErrand } from '../upstream/embedding-errand.ts';
import type { Operation } from './operation.ts';
import { plainQuestion } from './question.ts';
import { wholeDelivery } from './whole.ts';

/** Texts and other things become vectors. */
export const embeddings: Operation<'embeddings'> = {
  id: 'embeddings',
  isStreamed: () => false,
  sizeOf: (call) => {
    const sizes = estimateInputs(call);
    return {
      promptTokens: sizes.reduce((sum, size) => sum + size, 0),
      longestPromptTokens: sizes.reduce((most, size) => Math.max(most, size), 0),
    };
  },
  questionOf: (call, surroundings) => ({
    ...plainQuestion(call, surroundings),
    operation: 'embeddings',
    inputModalities: modalitiesOf(call),
    outputModalities: ['embeddings'],
  }),
  exposedOf: (call) => ({ exposures: exposuresOfInputs(call), call: null, times: 1 }),
  outputOf: () => ({ tokens: 0, answers: 1 }),
  begin: (context, means) => {
    const { call } = context.request;
    const { promptTokens } = context.size;
    const estimate = () => usageOf({ input: promptTokens, source: 'estimate' });
    const seen = { messages: asMessages(call.inputs), blobs: call.blobs ?? [], images: 0, textTokens: () => 0 };
    return {
      errand: embeddingErrand(context.gateway, call),
      delivery: wholeDelivery(context, means, {
        estimate,
        usageOf: ({ usage }, { endpoint }) =>
          withPieces(usage && isBelievableOf(usage, promptTokens) ? usage : estimate(), endpoint.price, seen),
      }),
    };
  },
};

function modalitiesOf({ inputs }: EmbeddingCall): Modality[] {
  const found = new Set<Modality>();
  for (const input of inputs) {
    if (input.type === 'tokens') found.add('text');
    else for (const part of input.parts) found.add(part.type);
  }
  return [...found];
}
