import { encodeAwsFrame } from '../../base/aws-event-stream.ts';
import { type FaultCode, faultRow } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { objectOf, parseJson } from '../../base/json.ts';
import type { Event } from '../../call/event.ts';
import type { FinishReason } from '../../call/finish.ts';
import type { AssistantPart } from '../../call/message.ts';
import { completionTokens, promptTokens, type Usage } from '../../call/usage.ts';
import { readConverse } from './bedrock-call.ts';
import type { Format } from './format.ts';

/** AWS Bedrock's Converse and ConverseStream (API_runtime_Converse, read 2026-11-22). */
export const bedrockFormat: Format = {
  decodeCall: readConverse,
  encodeReply: (reply) => {
    const choice = reply.choices[0];
    return {
      output: { message: { role: 'assistant', content: (choice?.parts ?? []).flatMap(blockOf) } },
      stopReason: WORDS[choice?.finish ?? 'stop'],
      usage: usageOf(reply.usage),
      metrics: { latencyMs: 1 },
    };
  },
  encodeEvents,
  encodeFault: (fault) => {
    const exception = EXCEPTIONS[fault.code];
    const headers = exception === undefined ? {} : { 'x-amzn-errortype': exception };
    return { status: faultRow(fault).status, headers, body: { message: fault.message } };
  },
  streamContentType: 'application/vnd.amazon.eventstream',
  reasoningFormat: 'anthropic-claude-v1',
  brokenEvent: encodeAwsFrame({ event: 'contentBlockDelta', data: '{"contentBlockIndex":0,"del' }),
};

const WORDS: { readonly [reason in FinishReason]: string } = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'content_filtered',
  error: 'malformed_model_output',
};

/** There is none for an empty account. */
const EXCEPTIONS: { readonly [code in FaultCode]?: string } = {
  invalid_request: 'ValidationException',
  context_length_exceeded: 'ValidationException',
  content_policy_violation: 'ValidationException',
  authentication: 'UnrecognizedClientException',
  permission_denied: 'AccessDeniedException',
  not_found: 'ResourceNotFoundException',
  rate_limit_exceeded: 'ThrottlingException',
  overloaded: 'ServiceUnavailableException',
  server: 'InternalServerException',
};

function usageOf(usage: Usage | undefined): JsonObject {
  if (!usage) return {};
  const inputTokens = promptTokens(usage);
  const outputTokens = completionTokens(usage);
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function blockOf(part: AssistantPart): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [{ text: part.text }];
    case 'reasoning':
      return [{ reasoningContent: { reasoningText: { text: part.text, signature: part.signature } } }];
    case 'tool-call':
      return [{ toolUse: { toolUseId: part.id, name: part.name, input: objectOf(parseJson(part.arguments)) } }];
    default:
      return [];
  }
}

type Open = { readonly key: string; readonly index: number } | null;

/** Blocks are numbered as they begin: reasoning, text, each tool call. */
function encodeEvents(): (event: Event) => string | Uint8Array {
  let open: Open = null;
  let blocks = 0;
  const frame = (event: string, data: JsonObject): Uint8Array => encodeAwsFrame({ event, data: JSON.stringify(data) });
  const close = (): Uint8Array[] => {
    const frames = open ? [frame('contentBlockStop', { contentBlockIndex: open.index })] : [];
    open = null;
    return frames;
  };
  /** The frames that make `key` the open block. */
  const enter = (key: string, start?: JsonObject): Uint8Array[] => {
    if (open?.key === key) return [];
    const frames = close();
    open = { key, index: blocks++ };
    if (start) frames.push(frame('contentBlockStart', { contentBlockIndex: open.index, start }));
    return frames;
  };
  const delta = (value: JsonObject): Uint8Array =>
    frame('contentBlockDelta', { contentBlockIndex: open?.index ?? 0, delta: value });
  return (event) => {
    switch (event.type) {
      case 'start':
        return frame('messageStart', { role: 'assistant' });
      case 'text':
        return Buffer.concat([...enter('text'), delta({ text: event.text })]);
      case 'reasoning': {
        const { text, signature } = event;
        return Buffer.concat([
          ...enter('reasoning'),
          delta({ reasoningContent: signature === undefined ? { text } : { signature } }),
        ]);
      }
      case 'tool-start': {
        const toolUse = { toolUseId: event.id, name: event.name };
        return Buffer.concat(enter(`tool:${event.index}`, { toolUse }));
      }
      case 'tool-arguments':
        return delta({ toolUse: { input: event.text } });
      case 'finish':
        return Buffer.concat([...close(), frame('messageStop', { stopReason: WORDS[event.reason] })]);
      case 'usage':
        return frame('metadata', { usage: usageOf(event.usage), metrics: { latencyMs: 1 } });
      default:
        return '';
    }
  };
}
