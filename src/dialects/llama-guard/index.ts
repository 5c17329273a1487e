import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, countOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import type { UserPart } from '../../call/message.ts';
import type { Judgement } from '../../call/moderation.ts';
import { type Usage, usageOf } from '../../call/usage.ts';
import { dataWishes } from '../data-wishes.ts';
import type { WholeDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';
import { faultInside } from '../openai-fault-inside.ts';
import { urlOfSource } from '../source-url.ts';

/** The hazards of Llama Guard 3 and 4, S1 to S14 (model card of meta-llama/Llama-Guard-4-12B, read 2026-11-29). */
const HAZARDS = [
  'violent crimes',
  'non-violent crimes',
  'sex-related crimes',
  'child sexual exploitation',
  'defamation',
  'specialized advice',
  'privacy',
  'intellectual property',
  'indiscriminate weapons',
  'hate',
  'suicide & self-harm',
  'sexual content',
  'elections',
  'code interpreter abuse',
];

/** "unsafe", a line, and a list of up to fourteen hazards. */
export const VERDICT_TOKENS_MAX = 64;

/**
 * Models that judge by chatting: they answer a conversation with `safe`, or with `unsafe` and a line of hazards
 * (`S1,S10`). One conversation for each input, at whoever serves the model in OpenAI's chat format.
 */
export const llamaGuardUpstream: WholeDialect<'moderations'> = {
  id: 'llama-guard',
  entriesMax: () => 1,
  assets: () => [],
  encodeCall: (call, target) => {
    const losses: Loss[] = Object.keys(call.native?.fields ?? {}).map((field) => ({
      field,
      reason: "no such field in the endpoint's dialect",
    }));
    const [input] = call.inputs;
    const wishes = dataWishes(call.gateway, target);
    const body = {
      model: target.endpoint.upstreamId,
      messages: [{ role: 'user', content: (input?.parts ?? []).map(writePart) }],
      max_tokens: VERDICT_TOKENS_MAX,
      temperature: 0,
      ...(wishes && { provider: wishes }),
    };
    return ok({ path: target.endpoint.dialect.path ?? '/chat/completions', headers: {}, body, losses });
  },
  decodeReply: (body, { target }) => {
    const answer = objectOf(body);
    const { name, slug } = target.endpoint.provider;
    const error = faultInside(answer, 'choices', { provider: name, raw: () => JSON.stringify(body) });
    if (error) return failed(error);
    const words = stringOf(objectOf(objectOf(arrayOf(answer.choices)[0]).message).content);
    const judgement = readVerdict(words, name, slug);
    if (!judgement.ok) return judgement;
    const id = stringOf(answer.id);
    const usage = usageIn(answer.usage);
    return ok({ results: [judgement.value], ...(id !== '' && { id }), ...(usage && { usage }) });
  },
  decodeFault,
};

const writePart = (part: UserPart): JsonObject =>
  part.type === 'text'
    ? { type: 'text', text: part.text }
    : { type: 'image_url', image_url: { url: urlOfSource(part.source) ?? '' } };

/** A verdict knows no doubt, so its scores are 0 and 1. */
function readVerdict(words: string, name: string, slug: string): Result<Judgement, Fault> {
  const verdict = /^\s*(safe|unsafe)\b(.*)/is.exec(words);
  if (!verdict) {
    const message = `${name} answered with no verdict: ${words.slice(0, 200)}`;
    return failed(fault('upstream_malformed', message, { upstream: { provider: slug } }));
  }
  const flagged = verdict[1]?.toLowerCase() === 'unsafe';
  const named = new Set(flagged ? verdict[2]?.match(/\bS\d{1,2}\b/gi)?.map((code) => Number(code.slice(1))) : []);
  const judged = HAZARDS.map((hazard, at): [string, boolean] => [hazard, named.has(at + 1)]);
  return ok({
    flagged,
    categories: Object.fromEntries(judged),
    scores: Object.fromEntries(judged.map(([hazard, is]) => [hazard, is ? 1 : 0])),
  });
}

function usageIn(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = countOf(value.prompt_tokens);
  return input === 0 ? undefined : usageOf({ input, output: countOf(value.completion_tokens) });
}
