import type { JsonObject } from '../../../base/json.ts';
import type { Event, ReasoningEvent } from '../../../call/event.ts';
import type { AnswerContext } from '../../dialect.ts';
import { citationOf } from '../citations.ts';
import { fieldsOf } from '../words.ts';
import { frameText } from './frame-text.ts';
import { follow, type OpenTool, openTool } from './open-tool.ts';
import { imageSource, omitsThoughts } from './reply.ts';
import { dataOf, signatureOf } from './seal.ts';

type Thought = Pick<ReasoningEvent, 'kind' | 'format' | 'index'> & { signature?: string; id?: string; data: string };
type Current =
  | { readonly kind: 'text'; cited: boolean }
  | { readonly kind: 'plain' }
  | { readonly kind: 'tool'; readonly tool: OpenTool }
  | { readonly kind: 'thought'; readonly thought: { -readonly [K in keyof Thought]: Thought[K] } };

/** Content blocks come one after the other: what belongs to another block closes the one that is open. */
export type OpenBlocks = {
  readonly hidesThoughts: boolean;
  readonly omitsThoughts: boolean;
  /** Tool calls so far. */
  toolCount: number;
  /** Calls that began before the arguments of the open one were whole: pieces of parallel calls may alternate. */
  readonly waiting: OpenTool[];
  index: number;
  current: Current | null;
};

export const newBlocks = (answer: AnswerContext): OpenBlocks => ({
  hidesThoughts: answer.call.reasoning?.exclude === true,
  omitsThoughts: omitsThoughts(answer),
  toolCount: 0,
  waiting: [],
  index: -1,
  current: null,
});

type ContentEvent = Extract<
  Event,
  { type: 'text' | 'refusal' | 'reasoning' | 'tool-start' | 'tool-arguments' | 'image' | 'audio' | 'annotation' }
>;

export function writeContent(blocks: OpenBlocks, event: ContentEvent): string {
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
      return blocks.hidesThoughts ? '' : writeThought(blocks, event);
    case 'tool-start': {
      blocks.toolCount++;
      const tool = openTool(event);
      const { current } = blocks;
      if (current?.kind !== 'tool' || current.tool.isWhole) return writeTool(blocks, tool);
      blocks.waiting.push(tool);
      return '';
    }
    case 'tool-arguments':
      return writeArguments(blocks, event.index, event.text);
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
  return held === '' ? opened : opened + writeDelta(blocks.index, { type: 'input_json_delta', partial_json: held });
}

/** Arguments of a call whose block was closed already have no place: something else was said in between. */
function writeArguments(blocks: OpenBlocks, index: number, text: string): string {
  const { current, waiting } = blocks;
  if (current?.kind !== 'tool' || current.tool.index !== index) {
    const held = waiting.find((tool) => tool.index === index);
    if (held) {
      held.held += text;
      follow(held, text);
    }
    return '';
  }
  follow(current.tool, text);
  let written = writeDelta(blocks.index, { type: 'input_json_delta', partial_json: text });
  for (let last: OpenTool | undefined = current.tool; last?.isWhole; ) {
    last = waiting.shift();
    if (last) written += writeTool(blocks, last);
  }
  return written;
}

/** Text after a citation is of another block: the citation speaks of the whole block before it. */
function writeText(blocks: OpenBlocks, text: string): string {
  if (text === '') return '';
  const { current } = blocks;
  const goesOn = current?.kind === 'text' && !current.cited;
  const opened = goesOn
    ? ''
    : openBlock(blocks, { kind: 'text', cited: false }, { type: 'text', text: '', citations: null });
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

/** A block that is whole from the start. */
export function writeBlock(blocks: OpenBlocks, block: JsonObject): string {
  return openBlock(blocks, { kind: 'plain' }, block) + closeBlock(blocks);
}

function openBlock(blocks: OpenBlocks, current: Current, block: JsonObject): string {
  const closed = current.kind === 'tool' ? closeCurrent(blocks) : closeBlock(blocks);
  blocks.index++;
  blocks.current = current;
  return closed + startFrame(blocks.index, block);
}

/** Ends the open block, and writes the calls that waited for its end. */
export function closeBlock(blocks: OpenBlocks): string {
  let written = closeCurrent(blocks);
  for (let tool = blocks.waiting.shift(); tool; tool = blocks.waiting.shift())
    written += writeTool(blocks, tool) + closeCurrent(blocks);
  return written;
}

/** Ends the open block, if any, with what was held back for its end. */
function closeCurrent(blocks: OpenBlocks): string {
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
