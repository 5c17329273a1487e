import type { Fault } from '../../base/fault.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { UserPart } from '../../call/message.ts';
import type { ModerationCall } from '../../call/moderation.ts';
import { type Complaints, complain, newComplaints, present, readString, wrongType } from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import { promptTokens } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import type { ClientRequest, OperationClient } from '../dialect.ts';
import { encodeFault } from '../openai-client-fault.ts';
import { nativeFields } from '../openai-options.ts';
import { sourceOfUrl } from '../source-url.ts';
import { OPENAI_MODERATIONS } from './name.ts';

const KNOWN: ReadonlySet<string> = new Set([...COMMON_FIELDS, 'input']);
/** What OpenAI takes a call to mean that names no model (its API reference, read 2026-11-29). */
const MODEL = 'omni-moderation-latest';
const INPUTS_MAX = 2_048;

/** OpenAI's `POST /moderations`, as programs speak it to us. */
export const openaiModerationsClient: OperationClient<'moderations'> = {
  id: OPENAI_MODERATIONS,
  decodeCall,
  encodeReply: ({ results, usage, bill }, { id, model, provider, extra }) => ({
    id,
    model,
    provider,
    results: results.map(({ flagged, categories, scores, about }) => ({
      flagged,
      categories,
      category_scores: scores,
      ...(about && { category_applied_input_types: about }),
    })),
    ...(usage && {
      usage: {
        prompt_tokens: promptTokens(usage),
        total_tokens: promptTokens(usage),
        ...(bill && encodeBill(bill)),
      },
    }),
    ...extra,
  }),
  encodeFault,
};

function decodeCall(body: JsonObject, request: ClientRequest): Result<ModerationCall, Fault> {
  const to = newComplaints();
  const { model, models, gateway, user, sessionId } = readCommon(to, body, request.headers);
  const native = nativeFields(body, KNOWN);
  const call: ModerationCall = {
    model: model ?? (models.length > 0 ? null : MODEL),
    models,
    gateway,
    inputs: readInputs(to, body.input).map((parts) => ({ type: 'content', parts })),
    ...present({ user, sessionId, native: native && { dialect: OPENAI_MODERATIONS, fields: native } }),
  };
  return to.first ? failed(to.first) : ok(call);
}

/** A text, several texts, or the parts of one input. */
function readInputs(to: Complaints, input: Json | undefined): readonly (readonly UserPart[])[] {
  if (typeof input === 'string') return [[{ type: 'text', text: input }]];
  if (input === undefined || input === null) {
    complain(to, 'input', "Missing required parameter: 'input'.");
    return [];
  }
  if (!Array.isArray(input)) {
    wrongType(to, 'input', 'a string or an array', input);
    return [];
  }
  if (input.length === 0 || input.length > INPUTS_MAX) {
    complain(to, 'input', `Invalid 'input': expected 1 to ${INPUTS_MAX} entries, but got ${input.length} instead.`);
    return [];
  }
  if (input.every((entry) => typeof entry === 'string')) return input.map((text) => [{ type: 'text', text }]);
  return [input.flatMap((entry, at) => readPart(to, entry, `input[${at}]`) ?? [])];
}

function readPart(to: Complaints, entry: Json, path: string): UserPart | undefined {
  if (!isObject(entry)) return wrongType(to, path, 'an object with a text or an image_url', entry);
  if (entry.type === 'text') return { type: 'text', text: readString(to, entry, 'text', `${path}.text`) ?? '' };
  if (entry.type === 'image_url') {
    const url = isObject(entry.image_url) ? entry.image_url.url : entry.image_url;
    if (typeof url === 'string' && url !== '') return { type: 'image', source: sourceOfUrl(url) };
    complain(to, `${path}.image_url.url`, `Missing required parameter: '${path}.image_url.url'.`);
    return undefined;
  }
  complain(to, `${path}.type`, `Invalid value for '${path}.type': ${JSON.stringify(entry.type)?.slice(0, 100)}.`);
  return undefined;
}
