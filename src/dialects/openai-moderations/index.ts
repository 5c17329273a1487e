import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, countOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import type { UserPart } from '../../call/message.ts';
import type { Judgement, ModerationCall } from '../../call/moderation.ts';
import { type Usage, usageOf } from '../../call/usage.ts';
import type { WholeDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';
import { faultInside } from '../openai-fault-inside.ts';
import { urlOfSource } from '../source-url.ts';
import { OPENAI_MODERATIONS } from './name.ts';

/** As many texts as one request is sent with; nobody states a limit. */
const INPUTS_MAX = 2_048;

/** OpenAI's `POST /moderations`, which Mistral has too, without `flagged` (docs.mistral.ai/api/endpoint/classifiers, read 2026-11-29). */
export const openaiModerationsUpstream: WholeDialect<'moderations'> = {
  id: OPENAI_MODERATIONS,
  entriesMax: () => INPUTS_MAX,
  assets: () => [],
  encodeCall: (call, target) => {
    const losses: Loss[] = [];
    const input = inputOf(call, target.endpoint.provider.name);
    if (!input.ok) return input;
    const body = { ...nativeOf(call, losses), model: target.endpoint.upstreamId, input: input.value };
    return ok({ path: target.endpoint.dialect.path ?? '/moderations', headers: {}, body, losses });
  },
  decodeReply: (body, context) => {
    const answer = objectOf(body);
    const { name, slug } = context.target.endpoint.provider;
    const error = faultInside(answer, 'results', { provider: name, raw: () => JSON.stringify(body) });
    if (error) return failed(error);
    const results = arrayOf(answer.results).map(readJudgement);
    const read = results.filter((result) => result !== null);
    if (read.length !== results.length || read.length !== context.call.inputs.length)
      return failed(
        fault(
          'upstream_malformed',
          `${name} answered with ${read.length} judgements of ${context.call.inputs.length}.`,
          {
            upstream: { provider: slug, raw: JSON.stringify(body).slice(0, 4_096) },
          },
        ),
      );
    const id = stringOf(answer.id);
    const usage = usageIn(answer.usage);
    return ok({ results: read, ...(id !== '' && { id }), ...(usage && { usage }) });
  },
  decodeFault,
};

/** Texts as a list of them; what has other parts must be the only input, which OpenAI judges as one. */
function inputOf({ inputs }: ModerationCall, provider: string): Result<Json, Fault> {
  const [first] = inputs;
  const texts = inputs.map(({ parts }) => textIn(parts));
  if (texts.every((text) => text !== undefined)) return ok(texts);
  if (first && inputs.length === 1) return ok(first.parts.map(writePart));
  return failed(
    fault('upstream_not_implemented', `${provider} judges one input with images at a time.`, { param: 'input' }),
  );
}

function textIn(parts: readonly UserPart[]): string | undefined {
  const [only] = parts;
  return parts.length === 1 && only?.type === 'text' ? only.text : undefined;
}

const writePart = (part: UserPart): JsonObject =>
  part.type === 'text'
    ? { type: 'text', text: part.text }
    : { type: 'image_url', image_url: { url: urlOfSource(part.source) ?? '' } };

function nativeOf({ native }: ModerationCall, losses: Loss[]): JsonObject {
  if (!native || native.dialect === OPENAI_MODERATIONS) return native?.fields ?? {};
  for (const field of Object.keys(native.fields))
    losses.push({ field, reason: "no such field in the endpoint's dialect" });
  return {};
}

/** Null = it cannot be read. Where nobody says whether it is flagged, one category is enough. */
function readJudgement(value: Json): Judgement | null {
  if (!isObject(value) || !isObject(value.categories)) return null;
  const categories: Record<string, boolean> = {};
  for (const [name, is] of Object.entries(value.categories)) categories[name] = is === true;
  const scores: Record<string, number> = {};
  for (const [name, score] of Object.entries(objectOf(value.category_scores)))
    if (typeof score === 'number') scores[name] = score;
  const about: Record<string, readonly string[]> = {};
  for (const [name, kinds] of Object.entries(objectOf(value.category_applied_input_types)))
    about[name] = arrayOf(kinds).map(stringOf);
  const flagged = typeof value.flagged === 'boolean' ? value.flagged : Object.values(categories).includes(true);
  return { flagged, categories, scores, ...(isObject(value.category_applied_input_types) && { about }) };
}

function usageIn(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = countOf(value.prompt_tokens) || countOf(value.input_tokens) || countOf(value.total_tokens);
  return input === 0 ? undefined : usageOf({ input });
}
