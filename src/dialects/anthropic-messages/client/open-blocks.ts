import type { JsonObject } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { ReasoningEvent } from '../../../call/event.ts';
import type { ServerToolCall } from '../../../call/server-tool.ts';
import type { AnswerContext } from '../../dialect.ts';
import { follow } from '../../open-arguments.ts';
import { citationOf } from '../citations.ts';
import { fieldsOf } from '../words.ts';
import { frameText } from './frame-text.ts';
import { type Hidden, hiddenThoughts, imageSource, omitsThoughts } from './reply.ts';
import { dataOf, signatureOf } from './seal.ts';
import { resultBlock, useBlock } from './server-tools.ts';
import {
  type ContentEvent,
  hold,
  holdArguments,
  holdTool,
  newWaiting,
  type OpenTool,
  openTool,
  type SaidEvent,
  type Waiting,
} from './waiting.ts';

type Thought = Pick<ReasoningEvent, 'kind' | 'format' | 'index'> & { signature?: string; id?: string; data: string };
type Current =
  | { readonly kind: 'text'; cited: boolean }
  | { readonly kind: 'plain' }
  | { readonly kind: 'tool'; readonly tool: OpenTool }
  | { readonly kind: 'thought'; readonly thought: { -readonly [K in keyof Thought]: Thought[K] } };

/**
 * Content blocks come one after the other, and none is opened twice: what is said while a call's arguments are not whole
 * waits for them. Anything else closes the block that is open.
 */
export type OpenBlocks = {
  readonly hidden: Hidden;
  /** Text was written. */
  hasText: boolean;
  readonly omitsThoughts: boolean;
  /** Tool calls so far. */
  toolCount: number;
  readonly waiting: Waiting;
  index: number;
  current: Current | null;
};

export const newBlocks = (answer: AnswerContext): OpenBlocks => ({
  hidden: hiddenThoughts(answer),
  hasText: false,
  omitsThoughts: omitsThoughts(answer),
  toolCount: 0,
  waiting: newWaiting(),
  index: -1,
  current: null,
});

/** More waits than an answer may hold back: a provider that never ends a call's arguments. */
export const isTooMuch = ({ waiting }: OpenBlocks): boolean => waiting.size > LIMITS.frame_bytes_max;

const isBusy = ({ current }: OpenBlocks): boolean => current?.kind === 'tool' && !current.tool.isWhole;

export function writeContent(blocks: OpenBlocks, event: ContentEvent): string {
  if (event.type === 'tool-arguments') return writeArguments(blocks, event.index, event.text);
  if (event.type === 'tool-start') {
    blocks.toolCount++;
    const tool = openTool(event);
    if (!isBusy(blocks)) return writeTool(blocks, tool);
    holdTool(blocks.waiting, tool);
    return '';
  }
  if (!isBusy(blocks)) return writeSaid(blocks, event);
  hold(blocks.waiting, event);
  return '';
}

const isHidden = ({ hidden, hasText }: OpenBlocks): boolean => hidden === 'all' || (hidden === 'leading' && !hasText);

function writeSaid(blocks: OpenBlocks, event: SaidEvent): string {
  switch (event.type) {
    case 'text':
    case 'refusal':
      return writeText(blocks, event.text);
    case 'audio':
      return writeText(blocks, event.transcript ?? '');
    case 'annotation': {
      const citation = citationOf(event.annotation);
      if (!citation || blocks.current?.kind !== 'text') return '';
      blocks.current.cited = true;
      return writeDelta(blocks.index, { type: 'citations_delta', citation });
    }
    case 'reasoning':
      return isHidden(blocks) ? '' : writeThought(blocks, event);
    case 'image':
      return writeBlock(blocks, { type: 'image', source: imageSource(event.source) });
    default:
      return event satisfies never;
  }
}

/** Opens a call's block, with the arguments that came while it waited. */
function writeTool(blocks: OpenBlocks, tool: OpenTool): string {
  const { id, name, held, native } = tool;
  const block = { type: 'tool_use', id, name, input: {}, ...fieldsOf(native) };
  const opened = openBlock(blocks, { kind: 'tool', tool }, block);
  tool.held = '';
  blocks.waiting.tools.delete(tool.index);
  return held === '' ? opened : opened + writeDelta(blocks.index, { type: 'input_json_delta', partial_json: held });
}

function writeArguments(blocks: OpenBlocks, index: number, text: string): string {
  const { current } = blocks;
  if (current?.kind !== 'tool' || current.tool.index !== index) {
    holdArguments(blocks.waiting, index, text);
    return '';
  }
  follow(current.tool, text);
  return writeDelta(blocks.index, { type: 'input_json_delta', partial_json: text }) + writeWaiting(blocks);
}

/** What waited for the open call, up to the next one that is not whole. */
function writeWaiting(blocks: OpenBlocks): string {
  const { waiting } = blocks;
  let written = '';
  let taken = 0;
  for (; taken < waiting.queue.length && !isBusy(blocks); taken++) written += writeWaited(blocks, taken);
  waiting.queue.splice(0, taken);
  if (waiting.queue.length === 0) waiting.size = 0;
  return written;
}

function writeWaited(blocks: OpenBlocks, at: number): string {
  const entry = blocks.waiting.queue[at];
  if (!entry) return '';
  return 'held' in entry ? writeTool(blocks, entry) : writeSaid(blocks, entry);
}

/** Text after a citation is of another block: the citation speaks of the whole block before it. */
function writeText(blocks: OpenBlocks, text: string): string {
  if (text === '') return '';
  blocks.hasText = true;
  const { current } = blocks;
  const goesOn = current?.kind === 'text' && !current.cited;
  const opened = goesOn
    ? ''
    : openBlock(blocks, { kind: 'text', cited: false }, { type: 'text', text: '', citations: [] });
  return opened + writeDelta(blocks.index, { type: 'text_delta', text });
}

/** The signature is whole, and can be sealed, only when the thought is over: it is written on closing. */
function writeThought(blocks: OpenBlocks, event: ReasoningEvent): string {
  const { current } = blocks;
  const goesOn = current?.kind === 'thought' && current.thought.index === event.index;
  let text = '';
  if (!goesOn) {
    const { kind, format, index } = event;
    const thought = { kind, format, index, data: '' };
    if (kind === 'encrypted') {
      text = closeBlock(blocks);
      blocks.index++;
      blocks.current = { kind: 'thought', thought };
    } else text = openBlock(blocks, { kind: 'thought', thought }, { type: 'thinking', thinking: '', signature: '' });
  }
  if (blocks.current?.kind !== 'thought') return text;
  const { thought } = blocks.current;
  if (event.signature !== undefined) thought.signature = (thought.signature ?? '') + event.signature;
  if (event.id !== undefined) thought.id = event.id;
  if (thought.format === 'unknown') thought.format = event.format;
  if (thought.kind === 'encrypted') {
    thought.data += event.text;
    return text;
  }
  if (event.text === '' || blocks.omitsThoughts) return text;
  return text + writeDelta(blocks.index, { type: 'thinking_delta', thinking: event.text });
}

/** A tool that the gateway runs: its call when it begins, what came of it when it is over. */
export function writeServerTool(blocks: OpenBlocks, call: ServerToolCall): string {
  return writeBlock(blocks, call.status === 'in_progress' ? useBlock(call) : resultBlock(call));
}

/** A block that is whole from the start. */
export function writeBlock(blocks: OpenBlocks, block: JsonObject): string {
  return openBlock(blocks, { kind: 'plain' }, block) + closeBlock(blocks);
}

function openBlock(blocks: OpenBlocks, current: Current, block: JsonObject): string {
  const closed = closeBlock(blocks);
  blocks.index++;
  blocks.current = current;
  return closed + startFrame(blocks.index, block);
}

/** The answer is over: ends the open block, and writes all that waited for it. */
export function closeBlocks(blocks: OpenBlocks): string {
  let written = closeBlock(blocks);
  for (let at = 0; at < blocks.waiting.queue.length; at++) written += writeWaited(blocks, at);
  blocks.waiting.queue.length = 0;
  return written + closeBlock(blocks);
}

/** Ends the open block, if any, with what was held back for its end. */
function closeBlock(blocks: OpenBlocks): string {
  const { current, index } = blocks;
  if (!current) return '';
  blocks.current = null;
  const stop = frameText('content_block_stop', { type: 'content_block_stop', index });
  if (current.kind !== 'thought') return stop;
  const { thought } = current;
  if (thought.kind === 'encrypted')
    return startFrame(index, { type: 'redacted_thinking', data: dataOf(thought, thought.data) }) + stop;
  const signature = signatureOf(thought);
  return (signature === '' ? '' : writeDelta(index, { type: 'signature_delta', signature })) + stop;
}

const startFrame = (index: number, block: JsonObject): string =>
  frameText('content_block_start', { type: 'content_block_start', index, content_block: block });

const writeDelta = (index: number, delta: JsonObject): string =>
  frameText('content_block_delta', { type: 'content_block_delta', index, delta });
