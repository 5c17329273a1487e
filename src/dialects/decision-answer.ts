import { type Fault, fault } from '../base/fault.ts';
import { countOf, isObject, type Json, type JsonObject, optionalNumber } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Certainty, DecisionAnswer, DecisionCall, DecisionReply } from '../call/decision.ts';
import type { Loss } from '../call/loss.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import type { WholeContext } from './dialect.ts';
import { faultInside } from './openai-fault-inside.ts';

/** The caller's own fields of the same dialect; those of another one are lost. */
export function nativeOf({ native }: DecisionCall, dialect: string, losses: Loss[]): JsonObject {
  if (!native || native.dialect === dialect) return native?.fields ?? {};
  for (const field of Object.keys(native.fields))
    losses.push({ field, reason: "no such field in the endpoint's dialect" });
  return {};
}

/** An error in the answer counts as one, whatever the HTTP status was. */
export const errorIn = (answer: JsonObject, { target }: WholeContext<'decisions'>): Fault | undefined =>
  faultInside(answer, 'answers', { provider: target.endpoint.provider.name, raw: () => JSON.stringify(answer) });

/** The reply of these answers; one that cannot be read, or that does not fit its question, is no answer. */
export function decisionReply(
  answers: readonly (DecisionAnswer | null)[],
  answer: JsonObject,
  { target, call }: WholeContext<'decisions'>,
): Result<DecisionReply, Fault> {
  const read = answers.filter((one) => one !== null);
  if (read.length === call.questions.length) {
    const usage = usageIn(answer.usage);
    return ok({
      answers: read,
      ...(typeof answer.id === 'string' && answer.id !== '' && { id: answer.id }),
      ...(usage && { usage }),
    });
  }
  const { name, slug } = target.endpoint.provider;
  const at = answers.indexOf(null);
  const which = call.questions[at]?.name ?? String(at);
  const message = `${name} answered without an answer to question ${which.slice(0, 100)} that can be read.`;
  const raw = JSON.stringify(answer).slice(0, 4_096);
  return failed(fault('upstream_malformed', message, { upstream: { provider: slug, raw } }));
}

/** TypeSafe counts `input_tokens`, Fireworks `cached_input_tokens` among them, OpenAI tells of caches in details. */
function usageIn(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const all = countOf(value.input_tokens) || countOf(value.prompt_tokens);
  const output = countOf(value.output_tokens) || countOf(value.completion_tokens);
  if (all === 0 && output === 0) return undefined;
  const details = isObject(value.input_tokens_details) ? value.input_tokens_details : {};
  const inputCacheRead = Math.min(countOf(details.cached_tokens) || countOf(value.cached_input_tokens), all);
  const inputCacheWrite = Math.min(countOf(details.cache_write_tokens), all - inputCacheRead);
  return usageOf({ input: all - inputCacheRead - inputCacheWrite, inputCacheRead, inputCacheWrite, output });
}

/** Between 0 and 1; null = it is no probability. */
export const probabilityIn = (value: Json | undefined): number | null =>
  typeof value === 'number' && value >= 0 && value <= 1 ? value : null;

/** What surrounds an answer, where the vendor tells it; probabilities are told for all options or for none. */
export function certaintyOf(confidence: Json | undefined, probabilities: readonly (Json | undefined)[]): Certainty {
  const sure = optionalNumber(confidence);
  const read = probabilities.map(probabilityIn).filter((one) => one !== null);
  return {
    ...(sure !== undefined && { confidence: sure }),
    ...(read.length > 0 && read.length === probabilities.length && { probabilities: read }),
  };
}
