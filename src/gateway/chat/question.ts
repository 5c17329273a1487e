import { optionalString } from '../../base/json.ts';
import { type Call, completesOnlyText } from '../../call/call.ts';
import type { AssistantMessage, Message } from '../../call/message.ts';
import { parametersOf } from '../../call/parameters.ts';
import { routerOptionsIn } from '../../call/router-options.ts';
import { type Modality, TIERS, type Tier } from '../../catalog/model.ts';
import type { Question } from '../../facts/question.ts';
import type { RoutingAsk } from '../../facts/routing.ts';
import { demandOf } from '../../router/demand/demand.ts';
import { modelsOf, type QuestionContext } from '../question.ts';

/** What the router is asked about a chat call. */
export function questionOf(call: Call, surroundings: QuestionContext): Question {
  return {
    ...surroundings,
    operation: 'chat',
    models: modelsOf(call),
    preferences: call.gateway.provider ?? {},
    tier: tierOf(call),
    parameters: parametersOf(call),
    inputModalities: inputModalitiesOf(call),
    outputModalities: (call.modalities ?? TEXT) as readonly Modality[],
    maxOutputTokens: call.maxOutputTokens ?? null,
    usesTools: call.tools.length > 0,
    asksReasoning: asksReasoning(call),
    clientDialect: call.dialect ?? null,
    routing: () => routingAsk(call, surroundings.promptTokens),
    completes: completesOnlyText(call) ? 'text' : call.completion ? 'prompt' : 'conversation',
  };
}

const routingAsk = (call: Call, promptTokens: number): RoutingAsk => ({
  demand: demandOf(call, promptTokens),
  answeredBy: optionalString(call.messages.findLast(isAnswer)?.native?.fields.model) ?? null,
  optionsOf: (plugin) => routerOptionsIn(call.gateway.plugins ?? [], plugin),
});
const isAnswer = (message: Message): message is AssistantMessage => message.role === 'assistant';

const asksReasoning = ({ reasoning }: Call): boolean =>
  reasoning !== undefined &&
  reasoning.enabled !== false &&
  (reasoning.effort === undefined ? reasoning.budgetTokens !== 0 : reasoning.effort !== 'none');

/** `fast` is another word for the priority tier (spec §1.1). */
function tierOf({ serviceTier }: Call): Tier | null {
  const asked = serviceTier === 'fast' ? 'priority' : serviceTier;
  return TIERS.find((tier) => tier === asked) ?? null;
}

const TEXT: readonly Modality[] = ['text'];

function inputModalitiesOf(call: Call): readonly Modality[] {
  let found = TEXT;
  for (const message of call.messages) {
    if (message.role !== 'user' && message.role !== 'tool') continue;
    for (const { type } of message.parts) if (!found.includes(type)) found = [...found, type];
  }
  return found;
}
