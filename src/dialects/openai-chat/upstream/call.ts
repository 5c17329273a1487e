import { createHash } from 'node:crypto';
import type { Fault } from '../../../base/fault.ts';
import { type Json, type JsonObject, stringOf } from '../../../base/json.ts';
import { ok, type Result } from '../../../base/result.ts';
import type { Call, OutputFormat } from '../../../call/call.ts';
import type { Parameter } from '../../../call/parameters.ts';
import { present } from '../../../call/read.ts';
import type { Tool, ToolChoice } from '../../../call/tool.ts';
import type { Target } from '../../../facts/target.ts';
import type { EncodedCall, Quirk } from '../../dialect.ts';
import { lose, nativeFieldsOf, newWriter, type Writer, writeCache, writeMessage } from './messages.ts';
import { QUIRKS } from './quirks.ts';
import { writeReasoningRequest } from './reasoning.ts';

/** Writes a call for an endpoint that speaks this dialect. What cannot be carried over is in `losses`. */
export function encodeCall(call: Call, target: Target): Result<EncodedCall, Fault> {
  const writer = newWriter(target);
  const reasoning = writeReasoningRequest(writer, call);
  if (!reasoning.ok) return reasoning;
  const tools = call.tools
    .map((tool, index) => writeTool(writer, tool, `tools[${index}]`))
    .filter((tool) => tool !== undefined);
  const written: JsonObject = present({
    model: target.endpoint.upstreamId,
    messages: call.messages.map((message, index) => writeMessage(writer, message, `messages[${index}]`)),
    ...(call.stream && { stream: true, stream_options: { include_usage: true } }),
    ...writeSampling(writer, call),
    max_tokens: call.maxOutputTokens,
    stop: call.stop.length > 0 ? call.stop : undefined,
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: call.toolChoice && writeToolChoice(writer, call.toolChoice),
    parallel_tool_calls: tools.length > 0 ? call.parallelToolCalls : undefined,
    response_format: writeOutput(writer, call.output),
    ...reasoning.value,
    verbosity: known(writer, 'verbosity', call.verbosity),
    modalities: call.modalities,
    audio: call.audio,
    image_config: call.imageConfig,
    prediction: call.prediction,
    prompt_cache_key: call.promptCacheKey,
    service_tier: call.serviceTier === 'fast' ? 'priority' : call.serviceTier,
    user: call.user === undefined ? undefined : pseudonym(call.user),
    ...(call.cache && writeCache(writer, call.cache, '')),
  });
  const body = shape(writer, { ...nativeFieldsOf(call.native), ...written });
  if (call.native && call.native.dialect !== 'openai-chat')
    for (const field of Object.keys(call.native.fields)) lose(writer, field, "no such field in the endpoint's dialect");
  const path = (target.endpoint.dialect.path ?? '/chat/completions').replace(
    '{model}',
    encodeURIComponent(target.endpoint.upstreamId),
  );
  return ok({ path, headers: {}, body, losses: writer.losses });
}

/** Parameters of OpenAI's own that any endpoint may be sent; the others only where the catalogue says so. */
const STANDARD: ReadonlySet<string> = new Set(['logit_bias', 'logprobs', 'top_logprobs', 'n']);

function writeSampling(writer: Writer, call: Call): JsonObject {
  const written: Record<string, Json> = {};
  for (const [field, value] of Object.entries(call.sampling)) {
    const taken = STANDARD.has(field) ? value : known(writer, field as Parameter, value);
    if (taken !== undefined) written[field] = taken;
  }
  return written;
}

function known<T>(writer: Writer, parameter: Parameter, value: T | undefined): T | undefined {
  if (value === undefined || writer.target.endpoint.parameters.has(parameter)) return value;
  return lose(writer, parameter, 'the endpoint does not take this parameter');
}

function writeTool(writer: Writer, tool: Tool, path: string): JsonObject | undefined {
  if (tool.type === 'native') {
    const ours = stringOf(tool.value.type).startsWith('openrouter:') && !writer.has('reasoning-details');
    if (tool.dialect !== 'openai-chat' || ours)
      return lose(writer, path, 'the provider does not know this kind of tool');
    return tool.value;
  }
  const parameters = tool.parameters ?? (tool.freeform ? FREEFORM : undefined);
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description !== undefined && { description: tool.description }),
      ...(parameters && { parameters }),
      ...(tool.strict !== undefined && { strict: tool.strict }),
    },
    ...writeCache(writer, tool.cache, path),
  };
}

const FREEFORM: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
};

function writeToolChoice(writer: Writer, choice: ToolChoice): Json | undefined {
  if (choice.type === 'function') return { type: 'function', function: { name: choice.name } };
  if (choice.type !== 'native') return choice.type;
  if (choice.dialect === 'openai-chat') return choice.value;
  return lose(writer, 'tool_choice', 'the provider does not know this choice');
}

function writeOutput(writer: Writer, output: OutputFormat): JsonObject | undefined {
  switch (output.type) {
    case 'text':
      return undefined;
    case 'json':
      return { type: 'json_object' };
    case 'json-schema':
      return {
        type: 'json_schema',
        json_schema: {
          name: output.name,
          ...(output.description !== undefined && { description: output.description }),
          schema: output.schema,
          ...(output.strict !== undefined && { strict: output.strict }),
        },
      };
    case 'native':
      if (output.dialect === 'openai-chat') return output.value;
      return lose(writer, 'response_format', 'the provider does not know this format');
    default:
      return output satisfies never;
  }
}

/** Providers see that two calls have the same end user, never who it is (spec §1.1). */
const pseudonym = (user: string): string => createHash('sha256').update(user).digest('hex').slice(0, 32);

/** The provider's own ways: its quirks first, then what it refuses, then what it calls otherwise. */
function shape(writer: Writer, written: JsonObject): JsonObject {
  const { drop, rename, quirks } = writer.target.endpoint.dialect;
  let body = written;
  for (const name of quirks) {
    const quirk: Quirk | undefined = (QUIRKS as { readonly [name: string]: Quirk })[name];
    body = quirk?.call?.(body, writer.target) ?? body;
  }
  if (drop.length === 0 && Object.keys(rename).length === 0) return body;
  const shaped: Record<string, Json | undefined> = {};
  for (const [field, value] of Object.entries(body)) {
    if (!drop.includes(field)) shaped[rename[field] ?? field] = value;
    else if (field !== 'stream_options') lose(writer, field, 'the provider refuses this field');
  }
  return shaped;
}
