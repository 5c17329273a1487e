import { fault } from '../../base/fault.ts';
import { failed } from '../../base/result.ts';
import type { OperationId } from '../../call/operation.ts';
import type { Endpoint } from '../../catalog/model.ts';
import type { Plan } from '../../facts/plan.ts';
import type { Target } from '../../facts/target.ts';
import { exposuresOfRealtime } from '../../metering/realtime.ts';
import type { Errand } from '../../upstream/errand.ts';
import type { Operation } from '../operation.ts';
import { plainQuestion } from '../question.ts';

type Shared = Pick<Operation<'realtime'>, 'id' | 'isStreamed' | 'sizeOf' | 'questionOf' | 'exposedOf' | 'outputOf'>;

/** What all answers of realtime sessions have in common. */
export const REALTIME: Shared = {
  id: 'realtime',
  isStreamed: () => true,
  // A session drops what has become too long for its window by itself.
  sizeOf: ({ promptTokens }) => ({ promptTokens, longestPromptTokens: 0 }),
  questionOf: (call, surroundings) => ({
    ...plainQuestion(call, surroundings),
    operation: 'realtime',
    inputModalities: ['audio'],
    outputModalities: ['audio'],
  }),
  exposedOf: (call) => ({ exposures: exposuresOfRealtime(call), call: null, times: 1 }),
  outputOf: ({ maxOutputTokens }, { candidates }) => ({
    tokens: Math.min(maxOutputTokens ?? USUAL_TOKENS, outputMax(candidates[0]?.endpoint)),
    answers: 1,
  }),
};

/** What an answer is estimated to take where nothing is limited: most are a few sentences. */
const USUAL_TOKENS = 1_024;
const outputMax = (endpoint: Endpoint | undefined): number => endpoint?.maxOutput ?? USUAL_TOKENS;

/** Nothing is posted to anybody: the answer comes on a connection that stands already. */
export const noErrand = <O extends OperationId>(): Errand<O> => ({
  isStreamed: true,
  isContent: () => true,
  blobs: [],
  isLarge: false,
  parameters: () => [],
  translate: () => failed(fault('server', 'Internal Server Error')),
  join: ([only]) => only,
});

/** A session stays where it was opened: of the plan only that endpoint, paid by the same key. */
export function onlyAt(decided: Plan, { endpoint, payer }: Target): Plan {
  if (decided.fault) return decided;
  const candidates = decided.candidates.filter((one) => one.endpoint.id === endpoint.id && one.payer?.id === payer?.id);
  if (candidates.length > 0) return { ...decided, candidates };
  const reason = decided.rejected.find((one) => one.endpoint === endpoint.id)?.reason;
  const words = `This session may not go on at ${endpoint.provider.name}${reason === undefined ? '' : `: ${reason}`}.`;
  return { ...decided, candidates, fault: fault('no_endpoints', words) };
}
