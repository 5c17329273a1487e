import assert from 'node:assert/strict';
import type { Json } from '../../../src/base/json.ts';
import { framesOf } from '../client.ts';
import type { Billed } from './openai-chat.ts';

type Citation = { url?: string; title?: string; document_title?: string };
export type Block =
  | { type: 'text'; text: string; citations?: Citation[] }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; input: Json }
  | { type: 'image'; source: { data?: string; url?: string } }
  | { type: 'server_tool_use'; id: string; name: string; input: Json }
  | { type: 'web_search_tool_result'; tool_use_id: string };
type Usage = {
  input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation_input_tokens: number;
  output_tokens: number;
  output_tokens_details?: { thinking_tokens: number };
  service_tier?: string | null;
} & Billed;
export type MessageBody = {
  type: string;
  content?: Block[];
  stop_reason?: string | null;
  stop_sequence?: string | null;
  usage?: Usage;
  error?: { type: string; message: string; metadata?: { class?: string } };
};
type Delta =
  | { type: 'text_delta'; text: string }
  | { type: 'thinking_delta'; thinking: string }
  | { type: 'signature_delta'; signature: string }
  | { type: 'input_json_delta'; partial_json: string }
  | { type: 'citations_delta'; citation: Citation };
type Frame = {
  type: string;
  index: number;
  message: MessageBody;
  content_block: Block;
  delta: Delta & { stop_reason: string; stop_sequence: string | null };
  usage: Usage;
  error: MessageBody['error'];
};

/** Reads a stream as a strict client does: one start, blocks one after the other, one delta of the message, one stop. */
export function foldMessage(stream: string): Json {
  let message: MessageBody | null = null;
  let open = null as { index: number; block: Block; json: string } | null;
  let over = false;
  for (const { event, data } of framesOf(stream)) {
    const frame = JSON.parse(data) as Frame;
    assert.equal(frame.type, event);
    assert(!over, `nothing follows the end: ${event}`);
    if (event === 'ping') continue;
    if (event === 'error') {
      message = { ...(message ?? { type: 'error' }), ...(frame.error && { error: frame.error }) };
      over = true;
      continue;
    }
    if (event === 'message_start') {
      assert(!message, 'one start');
      message = frame.message;
      continue;
    }
    assert(message?.content, 'the start comes first');
    switch (event) {
      case 'content_block_start':
        assert(!open && !message.stop_reason, 'one block at a time');
        assert.equal(frame.index, message.content.length, 'blocks take the next place');
        open = { index: frame.index, block: frame.content_block, json: '' };
        message.content.push(frame.content_block);
        break;
      case 'content_block_delta':
        assert(open?.index === frame.index, 'a delta is of the open block');
        addDelta(open, frame.delta);
        break;
      case 'content_block_stop':
        assert(open?.index === frame.index, 'the open block is closed');
        if (open.block.type === 'tool_use') open.block.input = inputOf(open.json);
        open = null;
        break;
      case 'message_delta':
        assert(!open && !message.stop_reason, 'every block is closed, once');
        message.stop_reason = frame.delta.stop_reason;
        message.stop_sequence = frame.delta.stop_sequence;
        message.usage = frame.usage;
        break;
      case 'message_stop':
        assert(message.stop_reason, 'the stop reason comes before the stop');
        over = true;
        break;
      default:
        assert.fail(`a strange event: ${event}`);
    }
  }
  assert(over, 'the stream ends');
  return message as unknown as Json;
}

function addDelta(open: { block: Block; json: string }, delta: Delta): void {
  const { block } = open;
  if (delta.type === 'text_delta' && block.type === 'text') block.text += delta.text;
  else if (delta.type === 'citations_delta' && block.type === 'text')
    block.citations = [...(block.citations ?? []), delta.citation];
  else if (delta.type === 'thinking_delta' && block.type === 'thinking') block.thinking += delta.thinking;
  else if (delta.type === 'signature_delta' && block.type === 'thinking') block.signature = delta.signature;
  else if (delta.type === 'input_json_delta' && block.type === 'tool_use') open.json += delta.partial_json;
  else assert.fail(`a ${delta.type} within a ${block.type}`);
}

/** Arguments that were cut off are kept as they are. */
function inputOf(json: string): Json {
  try {
    return JSON.parse(json === '' ? '{}' : json);
  } catch {
    return { _raw: json };
  }
}
