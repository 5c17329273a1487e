import { EFFORTS, type ReasoningRequest } from '../call/call.ts';
import type { ReasoningPart } from '../call/message.ts';
import type { Prompt } from './prompt.ts';
import { isOwnSignature, type Speech } from './speech.ts';

const STEPS = [
  'First I read the question once more, to be sure what is asked.',
  'Then I set aside what I do not know and keep what I do.',
  'One way is to answer at once; another is to look for a catch.',
  'I check the obvious answer against a small example.',
  'The example agrees, so the obvious answer may stand.',
  'I ask myself whether a shorter answer would do as well.',
  'I weigh the tone: plain words are best here.',
  'Now I can write the answer down.',
];

/** Thinks in steps, more of them with more effort, and tells whether earlier thoughts came back unharmed. */
export function speakReasoner({ call, text }: Prompt): Speech {
  const steps = stepsOf(call.reasoning);
  const returned = call.messages.flatMap((message): ReasoningPart[] =>
    message.role === 'assistant' ? message.parts.filter((part) => part.type === 'reasoning') : [],
  );
  const answer = `The answer to “${text.slice(0, 200)}” is 42.${rememberedOf(returned)}`;
  return steps === 0 ? { text: answer } : { reasoning: STEPS.slice(0, steps).join(' '), text: answer };
}

function stepsOf(reasoning: ReasoningRequest | undefined): number {
  if (reasoning?.enabled === false || reasoning?.effort === 'none' || reasoning?.budgetTokens === 0) return 0;
  if (reasoning?.effort === undefined) return 4;
  return Math.min(STEPS.length, 1 + EFFORTS.indexOf(reasoning.effort));
}

function rememberedOf(parts: readonly ReasoningPart[]): string {
  if (parts.length === 0) return '';
  const opaque = parts.flatMap((part) => (part.kind === 'encrypted' ? [part.text] : (part.signature ?? [])));
  const intact = opaque.filter(isOwnSignature).length;
  return ` Earlier reasoning came back: ${parts.length} part(s), ${intact} of ${opaque.length} signature(s) intact.`;
}
