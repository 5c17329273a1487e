import assert from 'node:assert/strict';
import type { Json } from '../../../src/base/json.ts';
import { framesOf } from '../client.ts';
import type { Billed } from './openai-chat.ts';

type Part =
  | {
      type: 'output_text';
      text: string;
      annotations: { url?: string; title?: string; filename?: string }[];
      logprobs?: { logprob: number }[];
    }
  | { type: 'refusal'; refusal: string };
type Words = { text: string };
export type Item =
  | { type: 'message'; id: string; content: Part[] }
  | { type: 'reasoning'; id: string; summary: Words[]; content?: Words[] }
  | { type: 'function_call'; id: string; call_id: string; name: string; arguments: string }
  | { type: 'image_generation_call'; id: string; result: string | null }
  | { type: 'web_search_call'; id: string };
export type ResponseBody = {
  status: string;
  output: Item[];
  incomplete_details: { reason: string } | null;
  error: { message: string; code: string | number; metadata?: { class?: string } } | null;
  metadata?: { class?: string } | null;
  usage:
    | ({
        input_tokens: number;
        input_tokens_details: { cached_tokens: number; cache_write_tokens: number };
        output_tokens: number;
        output_tokens_details: { reasoning_tokens: number };
      } & Billed)
    | null;
  service_tier: string | null;
};
type Frame = {
  type: string;
  sequence_number: number;
  output_index: number;
  item_id: string;
  content_index?: number;
  summary_index?: number;
  delta: string;
  text?: string;
  refusal?: string;
  arguments?: string;
  item: Item;
  response: ResponseBody;
};

const TERMINAL = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** Reads a stream as a strict client does: every item opened once, its pieces in order, closed as its pieces said. */
export function foldResponses(stream: string): Json {
  const frames = framesOf(stream);
  const items: { item: Item; pieces: Map<string, string>; closed: Item | null }[] = [];
  let terminal: ResponseBody | null = null;
  for (const [at, { event, data }] of frames.entries()) {
    if (data === '[DONE]') {
      assert.equal(at, frames.length - 1, 'nothing follows [DONE]');
      break;
    }
    assert.equal(terminal, null, 'nothing but [DONE] follows the terminal event');
    const frame = JSON.parse(data) as Frame;
    assert.equal(frame.type, event);
    assert.equal(frame.sequence_number, at, 'sequence numbers count up by one');
    if (at < 2) assert.equal(event, ['response.created', 'response.in_progress'][at]);
    else if (event === 'response.output_item.added') {
      assert.equal(frame.output_index, items.length, 'items take the next place');
      items.push({ item: frame.item, pieces: new Map(), closed: null });
    } else if (TERMINAL.has(frame.type)) terminal = frame.response;
    else if (event !== 'error') {
      const open = items[frame.output_index];
      assert(open && !open.closed, `${event} is of an open item`);
      readOfItem(open, frame);
    }
  }
  assert(terminal, 'the stream has a terminal event');
  assert(
    items.every(({ closed }) => closed),
    'every item is closed',
  );
  assert.deepEqual(
    terminal.output,
    items.map(({ closed }) => closed),
    'the terminal event repeats the items',
  );
  return terminal as unknown as Json;
}

function readOfItem(open: { item: Item; pieces: Map<string, string>; closed: Item | null }, frame: Frame): void {
  const key = `${frame.type.replace(/\.(delta|done)$/, '')} ${frame.summary_index ?? frame.content_index ?? ''}`;
  if (frame.type.endsWith('.delta')) {
    assert.equal(frame.item_id, open.item.id);
    open.pieces.set(key, (open.pieces.get(key) ?? '') + frame.delta);
  } else if (frame.type === 'response.output_item.done') {
    assert.equal(frame.item.id, open.item.id);
    checkPieces(frame.item, open.pieces);
    open.closed = frame.item;
  } else if (frame.type.endsWith('.done')) {
    const whole = frame.text ?? frame.refusal ?? frame.arguments;
    if (whole !== undefined) assert.equal(open.pieces.get(key) ?? '', whole, `${frame.type} repeats its pieces`);
  }
}

/** The closed item says what its pieces said. */
function checkPieces(item: Item, pieces: ReadonlyMap<string, string>): void {
  const said = [...pieces.values()].join('');
  if (item.type === 'message')
    assert.equal(item.content.map((part) => (part.type === 'refusal' ? part.refusal : part.text)).join(''), said);
  if (item.type === 'function_call') assert.equal(item.arguments, said);
  if (item.type === 'reasoning')
    assert.equal([...item.summary, ...(item.content ?? [])].map(({ text }) => text).join(''), said);
}
