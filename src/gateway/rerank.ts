import type { RerankCall, RerankReply } from '../call/rerank.ts';
import { promptTokens, type Usage, usageOf } from '../call/usage.ts';
import type { Modality } from '../catalog/model.ts';
import type { Price } from '../catalog/price.ts';
import { isBelievableOf } from '../metering/believable.ts';
import { estimateRerank, exposuresOfRerank, type RerankSize } from '../metering/rerank-size.ts';
import { rerankErrand } from '../upstream/rerank-errand.ts';
import type { Operation } from './operation.ts';
import { plainQuestion } from './question.ts';
import { wholeDelivery } from './whole.ts';

/**
 * Documents are put in the order of their relevance to a query. The query must fit into the model's window; of documents
 * that do not, hosts read the beginning or the pieces.
 */
export const rerank: Operation<'rerank'> = {
  id: 'rerank',
  isStreamed: () => false,
  sizeOf: (call) => {
    const { promptTokens: tokens, queryTokens, searchUnits } = estimateRerank(call);
    return { promptTokens: tokens, longestPromptTokens: queryTokens, pieces: { read: { searchUnits }, written: {} } };
  },
  questionOf: (call, surroundings) => ({
    ...plainQuestion(call, surroundings),
    operation: 'rerank',
    inputModalities: modalitiesOf(call),
    outputModalities: ['rerank'],
  }),
  exposedOf: (call) => ({ exposures: exposuresOfRerank(call), call: null, times: 1 }),
  outputOf: () => ({ tokens: 0, answers: 1 }),
  begin: (context, means) => {
    const { call } = context.request;
    const size = { promptTokens: context.size.promptTokens, searchUnits: context.size.pieces?.read.searchUnits ?? 1 };
    return {
      errand: rerankErrand(context.gateway, call),
      delivery: wholeDelivery(context, means, {
        estimate: () => usageOf({ input: size.promptTokens, searchUnits: size.searchUnits, source: 'estimate' }),
        usageOf: (reply, { endpoint }) => usageOfReply(reply, size, endpoint.price),
      }),
    };
  },
};

function modalitiesOf({ documents }: RerankCall): Modality[] {
  const found = new Set<Modality>(['text']);
  for (const { parts } of documents) for (const part of parts) found.add(part.type);
  return [...found];
}

/** A slip of a comma in a vendor's count must not cost a thousand dollars. */
const SEARCH_UNITS_SLACK = 16;

/** What a vendor does not count, and its endpoint has a price for, is charged for by our estimate, which the usage says. */
function usageOfReply({ usage }: RerankReply, size: Omit<RerankSize, 'queryTokens'>, price: Price): Usage {
  const isTold =
    usage !== undefined &&
    isBelievableOf(usage, size.promptTokens) &&
    usage.searchUnits <= SEARCH_UNITS_SLACK * size.searchUnits;
  const told = isTold ? usage : usageOf({});
  const lacksUnits = price.searchUnit !== undefined && told.searchUnits === 0;
  const lacksTokens = price.input > 0n && promptTokens(told) === 0;
  if (isTold && !lacksUnits && !lacksTokens) return told;
  return {
    ...told,
    ...((lacksTokens || !isTold) && { input: size.promptTokens }),
    ...((lacksUnits || !isTold) && { searchUnits: size.searchUnits }),
    source: 'estimate',
  };
}
