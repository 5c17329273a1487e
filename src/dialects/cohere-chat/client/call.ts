import type { Fault } from '../../../base/fault.ts';
import { isObject, type JsonObject, objectOf } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Call, OutputFormat, ReasoningRequest, Sampling } from '../../../call/call.ts';
import {
  type Complaints,
  complain,
  newComplaints,
  present,
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readOneOf,
  readStrings,
} from '../../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../../call/read-gateway.ts';
import type { Tool, ToolChoice } from '../../../call/tool.ts';
import type { ClientRequest } from '../../dialect.ts';
import { nativeFields } from '../../openai-options.ts';
import { COHERE_CHAT } from '../names.ts';
import { readMessages } from './messages.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...['messages', 'documents', 'tools', 'strict_tools', 'tool_choice', 'response_format', 'thinking'],
  ...['max_tokens', 'stop_sequences', 'temperature', 'p', 'k', 'seed'],
  ...['frequency_penalty', 'presence_penalty', 'logprobs'],
]);

/** Reads a body of `POST /v2/chat` (Chat reference and cohere-ai 8.1, read 2026-11-29). */
export function decodeCall(body: JsonObject, { headers }: ClientRequest): Result<Call, Fault> {
  const to = newComplaints();
  const native = nativeFields(body, KNOWN);
  const call: Call = {
    ...readCommon(to, body, headers),
    dialect: COHERE_CHAT,
    messages: readMessages(to, body),
    tools: readTools(to, body),
    output: readFormat(to, body),
    sampling: readSettings(to, body),
    stop: readStrings(to, body, 'stop_sequences') ?? [],
    ...present({
      toolChoice: readToolChoice(to, body),
      maxOutputTokens: readNumber(to, body, 'max_tokens', { min: 1, whole: true }),
      reasoning: readThinking(to, body),
      native: native && { dialect: COHERE_CHAT, fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

function readTools(to: Complaints, body: JsonObject): Tool[] {
  const strict = readBoolean(to, body, 'strict_tools');
  return (readObjects(to, body, 'tools') ?? []).flatMap((entry, at): Tool[] => {
    const { name, description, parameters } = objectOf(entry.function);
    if (typeof name !== 'string' || name === '') {
      complain(to, `tools[${at}].function.name`, `Missing required parameter: 'tools[${at}].function.name'.`);
      return [];
    }
    return [
      {
        type: 'function',
        name,
        ...(typeof description === 'string' && { description }),
        ...(isObject(parameters) && { parameters }),
        ...(strict !== undefined && { strict }),
      },
    ];
  });
}

function readToolChoice(to: Complaints, body: JsonObject): ToolChoice | undefined {
  const choice = readOneOf(to, body, 'tool_choice', ['REQUIRED', 'NONE']);
  return choice && { type: choice === 'NONE' ? 'none' : 'required' };
}

/** `schema` is what the field was called before (cohere-ai 7). */
function readFormat(to: Complaints, body: JsonObject): OutputFormat {
  const format = readObject(to, body, 'response_format');
  if (!format) return { type: 'text' };
  const type = readOneOf(to, format, 'type', ['text', 'json_object'], 'response_format.type');
  if (type !== 'json_object') return { type: 'text' };
  const schema =
    readObject(to, format, 'json_schema', 'response_format.json_schema') ??
    readObject(to, format, 'schema', 'response_format.schema');
  return schema ? { type: 'json-schema', name: 'response', schema } : { type: 'json' };
}

const readSettings = (to: Complaints, body: JsonObject): Sampling =>
  present({
    temperature: readNumber(to, body, 'temperature', { min: 0 }),
    top_p: readNumber(to, body, 'p', { min: 0, max: 1 }),
    top_k: readNumber(to, body, 'k', { min: 0, whole: true }),
    seed: readNumber(to, body, 'seed', { whole: true }),
    frequency_penalty: readNumber(to, body, 'frequency_penalty'),
    presence_penalty: readNumber(to, body, 'presence_penalty'),
    logprobs: readBoolean(to, body, 'logprobs'),
  });

function readThinking(to: Complaints, body: JsonObject): ReasoningRequest | undefined {
  const thinking = readObject(to, body, 'thinking');
  const type = thinking && readOneOf(to, thinking, 'type', ['enabled', 'disabled'], 'thinking.type');
  if (!thinking || !type) return undefined;
  const budgetTokens = readNumber(to, thinking, 'token_budget', { min: 1, whole: true }, 'thinking.token_budget');
  return type === 'disabled' ? { enabled: false } : { enabled: true, ...present({ budgetTokens }) };
}
