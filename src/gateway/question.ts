import type { UserPart } from '../call/message.ts';
import type { CommonCall } from '../call/operation.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Modality } from '../catalog/model.ts';
import type { HealthView } from '../facts/health.ts';
import type { OwnKey } from '../facts/own-key.ts';
import type { Policy } from '../facts/policy.ts';
import type { Expected, Question } from '../facts/question.ts';

export type QuestionContext = {
  readonly catalog: Catalog;
  readonly enabled: ReadonlySet<string>;
  readonly ownKeys?: readonly OwnKey[];
  readonly policy?: Policy;
  readonly health: HealthView;
  readonly home?: () => string | null;
  readonly seed: number;
  readonly expected?: Expected;
  /** Tokens of the longest text that must fit into a context window by itself. */
  readonly promptTokens: number;
};

/** The models in the caller's order, as written. */
export const modelsOf = ({ model, models }: Pick<CommonCall, 'model' | 'models'>): readonly string[] =>
  model === null ? models : [model, ...models];

/** What the router is asked about a call that is no chat: such a call has no length, no tools and no tier. */
export const plainQuestion = (
  call: CommonCall,
  surroundings: QuestionContext,
): Omit<Question, 'operation' | 'inputModalities' | 'outputModalities'> => ({
  ...surroundings,
  models: modelsOf(call),
  preferences: call.gateway.provider ?? {},
  tier: null,
  parameters: [],
  maxOutputTokens: null,
  usesTools: false,
  asksReasoning: false,
  clientDialect: null,
  completes: 'conversation',
});

/** What kinds of content these things have. */
export function modalitiesIn(things: readonly (readonly UserPart[])[]): Modality[] {
  const found = new Set<Modality>();
  for (const parts of things) for (const part of parts) found.add(part.type);
  return [...found];
}
