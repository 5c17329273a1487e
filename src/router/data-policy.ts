import type { Endpoint } from '../catalog/model.ts';
import type { Question } from '../facts/question.ts';
import { isDeclaredZdr } from './payers.ts';

/** What is asked of a host's dealings with prompts: by a request, or by a rule that holds for it. */
export type DataWish = { readonly data_collection?: 'allow' | 'deny'; readonly zdr?: boolean };

/** Whose keys may be used there. */
export type DataQuestion = Pick<Question, 'operation' | 'ownKeys'>;

/**
 * `data_collection: "deny"` is about training; who trains on nothing may still keep prompts, which is `zdr`'s matter
 * (openrouter.ai/docs, Python SDK: VideoGenerationRequestDataCollection, read 2026-11-25). A host that states nothing is
 * taken to do both (openrouter.ai/docs/features/zdr, read 2026-11-25).
 */
export function dataPolicy(endpoint: Endpoint, wish: DataWish, question: DataQuestion): string | undefined {
  const { trainsOnData, trainingStated, retainsDays, perRequest } = endpoint.provider.policy;
  if (perRequest) return undefined; // the wish goes along, and whoever gets it keeps it or refuses
  if (wish.data_collection === 'deny' && trainsOnData)
    return trainingStated === false ? 'does not state that it trains on no prompts' : 'may train on prompts';
  if (wish.zdr && retainsDays !== 0 && !isDeclaredZdr(endpoint, question)) return 'does not state zero data retention';
  return undefined;
}
