import { type Call, completesOnlyText } from '../call/call.ts';
import type { EmbeddingCall } from '../call/embedding.ts';
import { parametersOf } from '../call/parameters.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type Modality, TIERS, type Tier } from '../catalog/model.ts';
import type { HealthView } from '../facts/health.ts';
import type { Question } from '../facts/question.ts';

export type Surroundings = {
  readonly catalog: Catalog;
  readonly enabled: ReadonlySet<string>;
  readonly health: HealthView;
  readonly seed: number;
  readonly promptTokens: number;
};

/** The models in the caller's order, as written. */
export const modelsOf = ({ model, models }: Pick<Call, 'model' | 'models'>): readonly string[] =>
  model === null ? models : [model, ...models];

/** What the router is asked about a chat call. */
export function questionOf(call: Call, surroundings: Surroundings): Question {
  return {
    ...surroundings,
    operation: 'chat',
    models: modelsOf(call),
    preferences: call.gateway.provider ?? {},
    tier: tierOf(call),
    parameters: parametersOf(call),
    inputModalities: inputModalitiesOf(call),
    outputModalities: (call.modalities ?? ['text']) as readonly Modality[],
    maxOutputTokens: call.maxOutputTokens ?? null,
    usesTools: call.tools.length > 0,
    asksReasoning: asksReasoning(call),
    clientDialect: call.dialect ?? null,
    completes: completesOnlyText(call) ? 'text' : call.completion ? 'prompt' : 'conversation',
  };
}

const asksReasoning = ({ reasoning }: Call): boolean =>
  reasoning !== undefined &&
  reasoning.enabled !== false &&
  (reasoning.effort === undefined ? reasoning.budgetTokens !== 0 : reasoning.effort !== 'none');

/** `fast` is another word for the priority tier (spec §1.1). */
function tierOf({ serviceTier }: Call): Tier | null {
  const asked = serviceTier === 'fast' ? 'priority' : serviceTier;
  return TIERS.find((tier) => tier === asked) ?? null;
}

function inputModalitiesOf(call: Call): Modality[] {
  const found = new Set<Modality>(['text']);
  for (const message of call.messages) {
    if (message.role !== 'user' && message.role !== 'tool') continue;
    for (const part of message.parts) found.add(part.type);
  }
  return [...found];
}

/** What the router is asked about things to embed; `promptTokens` is the longest one's, since each stands alone. */
export function embeddingQuestionOf(call: EmbeddingCall, surroundings: Surroundings): Question {
  const found = new Set<Modality>();
  for (const input of call.inputs) {
    if (input.type === 'tokens') found.add('text');
    else for (const part of input.parts) found.add(part.type);
  }
  return {
    ...surroundings,
    operation: 'embeddings',
    models: modelsOf(call),
    preferences: call.gateway.provider ?? {},
    tier: null,
    parameters: [],
    inputModalities: [...found],
    outputModalities: ['embeddings'],
    maxOutputTokens: null,
    usesTools: false,
    asksReasoning: false,
    clientDialect: null,
    completes: 'conversation',
  };
}
