import type { Fault } from '../../../base/fault.ts';
import type { Json, JsonObject } from '../../../base/json.ts';
import { ok, type Result } from '../../../base/result.ts';
import { entryOf } from '../../../base/table.ts';
import type { Call, OutputFormat } from '../../../call/call.ts';
import type { Parameter } from '../../../call/parameters.ts';
import type { Tool, ToolChoice } from '../../../call/tool.ts';
import type { Assets } from '../../../facts/asset.ts';
import type { Target } from '../../../facts/target.ts';
import type { EncodedCall } from '../../dialect.ts';
import { isFreeform } from '../../freeform.ts';
import { gatewayFields, isGatewayTool, pluginsOf } from '../../gateway-options.ts';
import { outputInWords } from '../../structured-output.ts';
import { writeCustomTool } from '../custom.ts';
import { lose, nativeFieldsOf, newWriter, type Writer, writeCache } from './messages.ts';
import { writeReasoningRequest } from './reasoning.ts';
import { fitToolChoice } from './tool-choice.ts';
import { writeMessages } from './turns.ts';

/** Writes a call for an endpoint that speaks this dialect. What cannot be carried over is in `losses`. */
export function encodeCall(asked: Call, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const writer = newWriter(target, assets, asked.tools);
  const call = fitToolChoice(writer, asked);
  const reasoning = writeReasoningRequest(writer, call);
  const tools = writeTools(writer, call.tools);
  // Field by field: copying one literal of all members, most of them undefined, takes several times as long.
  const written: Body = { ...nativeFieldsOf(call.native), model: target.endpoint.upstreamId };
  written.messages = [...schemaInWords(writer, call.output), ...writeMessages(writer, call.messages)];
  if (call.stream) {
    written.stream = true;
    written.stream_options = { include_usage: true };
  }
  writeSampling(writer, call, written);
  put(written, 'max_tokens', call.maxOutputTokens);
  put(written, 'stop', writeStop(writer, call.stop));
  if (tools) {
    written.tools = tools;
    put(written, 'parallel_tool_calls', call.parallelToolCalls);
    put(written, 'tool_choice', call.toolChoice && writeToolChoice(writer, call.toolChoice));
  }
  put(written, 'response_format', writeOutput(writer, call.output));
  if (reasoning) Object.assign(written, reasoning);
  put(written, 'verbosity', known(writer, 'verbosity', call.verbosity));
  put(written, 'modalities', call.modalities);
  put(written, 'audio', call.audio);
  put(written, 'image_config', call.imageConfig);
  put(written, 'prediction', call.prediction);
  put(written, 'prompt_cache_key', call.promptCacheKey);
  put(written, 'service_tier', writeTier(writer, call.serviceTier));
  const plugins = writer.has('reasoning-details') ? pluginsOf(call) : [];
  if (plugins.length > 0) written.plugins = plugins;
  put(written, 'user', call.user);
  Object.assign(written, gatewayFields(call, target));
  if (call.cache) Object.assign(written, writeCache(writer, call.cache, ''));
  if (call.native && call.native.dialect !== 'openai-chat')
    for (const field of Object.keys(call.native.fields)) lose(writer, field, "no such field in the endpoint's dialect");
  const path = (target.endpoint.dialect.path ?? '/chat/completions').replace(
    '{model}',
    encodeURIComponent(target.endpoint.upstreamId),
  );
  return ok({ path, headers: {}, body: written as JsonObject, losses: writer.losses });
}

type Body = Record<string, Json | undefined>;

function put(body: Body, field: string, value: Json | undefined): void {
  if (value !== undefined) body[field] = value;
}

/** Parameters of OpenAI's own that any endpoint may be sent; the others only where the catalogue says so. */
const STANDARD: ReadonlySet<string> = new Set(['logit_bias', 'logprobs', 'top_logprobs', 'n']);

const REFUSED_BY_BARE: ReadonlySet<string> = new Set(['logit_bias', 'logprobs', 'top_logprobs']);

/** A reasoning model of a provider whose reasoning models refuse more than sampling. */
const isBare = (writer: Writer): boolean =>
  writer.has('bare-reasoning-models') && !writer.target.endpoint.parameters.has('temperature');

function writeSampling(writer: Writer, call: Call, written: Body): void {
  for (const [field, value] of Object.entries(call.sampling)) {
    if (REFUSED_BY_BARE.has(field) && isBare(writer)) {
      lose(writer, field, 'the model does not take this parameter');
      continue;
    }
    const taken = STANDARD.has(field) ? value : known(writer, field as Parameter, value);
    if (taken !== undefined) written[field] = field === 'temperature' ? writeTemperature(writer, taken) : taken;
  }
}

function writeTemperature(writer: Writer, asked: Json): Json {
  if (!writer.has('unit-temperature') || typeof asked !== 'number' || asked <= 1) return asked;
  lose(writer, 'temperature', 'cut to 1, the most that the provider takes');
  return 1;
}

/** `fast` is another word for priority (spec §1.1). */
function writeTier(writer: Writer, asked: string | undefined): string | undefined {
  const tier = asked === 'fast' ? 'priority' : asked;
  return writer.has('on-demand-tier') ? (entryOf(ON_DEMAND_WORDS, tier) ?? tier) : tier;
}
const ON_DEMAND_WORDS: { readonly [tier: string]: string } = { default: 'on_demand', priority: 'performance' };

const STOPS_MAX = { 'one-stop-sequence': 1, 'four-stop-sequences': 4 } as const;

function writeStop(writer: Writer, stop: readonly string[]): readonly string[] | undefined {
  if (stop.length === 0) return undefined;
  if (isBare(writer) || (writer.has('no-stop-with-reasoning') && writer.target.endpoint.reasoning))
    return lose(writer, 'stop', 'the model does not take this parameter');
  const limit = writer.has('one-stop-sequence') ? 'one-stop-sequence' : 'four-stop-sequences';
  const most = STOPS_MAX[limit];
  if (!writer.has(limit) || stop.length <= most) return stop;
  lose(writer, 'stop', `the provider takes no more than ${most}; the rest was left out`);
  return stop.slice(0, most);
}

function known<T>(writer: Writer, parameter: Parameter, value: T | undefined): T | undefined {
  if (value === undefined || writer.target.endpoint.parameters.has(parameter)) return value;
  return lose(writer, parameter, 'the endpoint does not take this parameter');
}

function writeTools(writer: Writer, tools: readonly Tool[]): JsonObject[] | undefined {
  if (tools.length === 0) return undefined;
  const written = tools
    .map((tool, index) => writeTool(writer, tool, `tools[${index}]`))
    .filter((tool) => tool !== undefined);
  return written.length > 0 ? written : undefined;
}

function writeTool(writer: Writer, tool: Tool, path: string): JsonObject | undefined {
  if (tool.type === 'native') {
    const ours = isGatewayTool(tool) && !writer.has('reasoning-details');
    if (tool.dialect !== 'openai-chat' || ours)
      return lose(writer, path, 'the provider does not know this kind of tool');
    return tool.value;
  }
  if (tool.freeform && writer.has('custom-tools')) return writeCustomTool(tool);
  if (tool.freeform?.format) lose(writer, `${path}.custom.format`, 'the provider cannot constrain free-form input');
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
  if (choice.type === 'function') {
    const type = isFreeform(writer.custom, choice.name) ? 'custom' : 'function';
    return { type, [type]: { name: choice.name } };
  }
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
      if (!isConstrained(writer))
        return writer.target.endpoint.parameters.has('response_format') ? { type: 'json_object' } : undefined;
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

const isConstrained = (writer: Writer): boolean => writer.target.endpoint.parameters.has('structured_outputs');

/** An endpoint that does not constrain by a schema refuses one, so the model reads it. */
function schemaInWords(writer: Writer, output: OutputFormat): JsonObject[] {
  if (output.type !== 'json-schema' || isConstrained(writer)) return [];
  lose(writer, 'response_format', 'this endpoint has no structured outputs: it is asked for JSON in words');
  return [{ role: 'system', content: outputInWords(output) }];
}
