import type { Fault } from '../../../base/fault.ts';
import { type JsonObject, objectOf } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Call, GatewayOptions } from '../../../call/call.ts';
import { newComplaints, present, readBoolean, readObject, readString, readStrings } from '../../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../../call/read-gateway.ts';
import type { ClientRequest } from '../../dialect.ts';
import {
  nativeFields,
  readMaxTokens,
  readOutputFormat,
  readReasoning,
  readSampling,
  readStop,
  SAMPLING_FIELDS,
} from '../../openai-options.ts';
import { readMessages } from './messages.ts';
import { readToolChoice, readTools } from './tools.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...SAMPLING_FIELDS,
  ...['messages', 'prompt', 'tools', 'functions', 'tool_choice', 'function_call', 'parallel_tool_calls'],
  ...['response_format', 'max_tokens', 'max_completion_tokens', 'stop', 'reasoning', 'reasoning_effort'],
  ...['include_reasoning', 'verbosity', 'modalities', 'audio', 'prediction'],
  // Usage is always sent; `stream_options` only says in which chunk.
  ...['stream_options', 'usage'],
]);

/** Reads a body of `POST /chat/completions`. The first field that is wrong is the fault's `param`. */
export function decodeCall(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const to = newComplaints();
  const native = nativeFields(body, KNOWN);
  const common = readCommon(to, body, request.headers);
  const options = objectOf(body.stream_options);
  const gateway: GatewayOptions =
    options.include_usage === true
      ? { ...common.gateway, extra: { ...common.gateway.extra, stream_options: options } }
      : common.gateway;
  const call: Call = {
    ...common,
    gateway,
    messages: readMessages(to, body),
    tools: readTools(to, body),
    output: readOutputFormat(to, body),
    sampling: readSampling(to, body),
    stop: readStop(to, body),
    ...present({
      toolChoice: readToolChoice(to, body),
      parallelToolCalls: readBoolean(to, body, 'parallel_tool_calls'),
      maxOutputTokens: readMaxTokens(to, body),
      reasoning: readReasoning(to, body),
      verbosity: readString(to, body, 'verbosity'),
      modalities: readStrings(to, body, 'modalities'),
      audio: readObject(to, body, 'audio'),
      prediction: readObject(to, body, 'prediction'),
      native: native && { dialect: 'openai-chat', fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}
