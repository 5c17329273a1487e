import type { Fault } from '../../../base/fault.ts';
import { arrayOf, type JsonObject } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Call, Sampling } from '../../../call/call.ts';
import type { Message } from '../../../call/message.ts';
import {
  type Complaints,
  newComplaints,
  present,
  readBoolean,
  readNumber,
  readObject,
  readString,
  readStrings,
} from '../../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../../call/read-gateway.ts';
import type { ClientRequest } from '../../dialect.ts';
import { nativeFields, readReasoning, readSampling, readStop, SAMPLING_FIELDS } from '../../openai-options.ts';
import { DIALECT } from '../tools.ts';
import { readInput } from './input.ts';
import { includes, readFormat, readStoring, readToolChoice, readTools } from './settings.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...SAMPLING_FIELDS,
  'input',
  'instructions',
  'include',
  'max_output_tokens',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'modalities',
  'store',
  'background',
  'previous_response_id',
  'conversation',
  'stop',
  'stream_options',
]);

/** Reads the body of `POST /responses`. The whole conversation stands in `input`, what was stored of it put there before. */
export function decodeCall(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const to = newComplaints();
  const storing = readStoring(to, body, request.stores === true);
  const text = readObject(to, body, 'text') ?? {};
  const native = readNative(body, text);
  const call: Call = {
    ...readCommon(to, body, request.headers),
    dialect: DIALECT,
    ...(body.store !== false && { refersToItems: true }),
    ...(storing && { storing }),
    ...(readsNumbers(request) && { numericCodes: true }),
    ...(repeatsRefusals(request) && { faultsInBand: true }),
    messages: readMessages(to, body, request),
    tools: readTools(to, body),
    output: readFormat(to, text),
    sampling: readSettings(to, body),
    stop: readStop(to, body),
    ...present({
      instructions: typeof body.instructions === 'string' ? body.instructions : undefined,
      toolChoice: readToolChoice(to, body),
      parallelToolCalls: readBoolean(to, body, 'parallel_tool_calls'),
      maxOutputTokens: readNumber(to, body, 'max_output_tokens', { min: 1, whole: true }),
      reasoning: readReasoning(to, { reasoning: body.reasoning }),
      verbosity: readString(to, text, 'verbosity', 'text.verbosity'),
      modalities: readStrings(to, body, 'modalities'),
    }),
    ...(native && { native: { dialect: DIALECT, fields: native } }),
  };
  return to.first ? failed(to.first) : ok(call);
}

/** OpenRouter's own SDKs refuse an error whose code is a word (@openrouter/sdk 1.3.19, `z.int()`, seen 2026-11-29). */
const readsNumbers = ({ headers }: ClientRequest): boolean => /openrouter|speakeasy/i.test(headers['user-agent'] ?? '');

/** Codex asks five times more after 402, 404, 413 and thirty times after 503 (0.171, counted 2026-11-29). */
const repeatsRefusals = ({ headers }: ClientRequest): boolean =>
  /^codex/i.test(headers.originator ?? headers['user-agent'] ?? '');

function readMessages(to: Complaints, body: JsonObject, { recall }: ClientRequest): Message[] {
  const messages = readInput(to, body.input, recall);
  const instructions = readString(to, body, 'instructions');
  if (!instructions) return messages;
  return [{ role: 'system', parts: [{ type: 'text', text: instructions }] }, ...messages];
}

function readSettings(to: Complaints, body: JsonObject): Sampling {
  const sampling = readSampling(to, body);
  return includes(body, 'message.output_text.logprobs') ? { ...sampling, logprobs: true } : sampling;
}

/** Log probabilities are a parameter; encrypted reasoning always comes, since nothing is stored. */
const KNOWN_INCLUDE: ReadonlySet<unknown> = new Set(['reasoning.encrypted_content', 'message.output_text.logprobs']);
const KNOWN_TEXT: ReadonlySet<string> = new Set(['format', 'verbosity']);
const KNOWN_REASONING: ReadonlySet<string> = new Set(['effort', 'summary', 'max_tokens', 'enabled', 'exclude']);

/** What we do not model, also below `text` and `reasoning`. */
function readNative(body: JsonObject, text: JsonObject): JsonObject | undefined {
  const include = arrayOf(body.include).filter((word) => !KNOWN_INCLUDE.has(word));
  const fields = {
    ...nativeFields(body, KNOWN),
    ...(include.length > 0 && { include }),
    ...present({
      text: nativeFields(text, KNOWN_TEXT),
      reasoning: nativeFields((body.reasoning ?? {}) as JsonObject, KNOWN_REASONING),
    }),
  };
  return Object.keys(fields).length > 0 ? fields : undefined;
}
