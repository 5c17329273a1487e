import { type Blob, partsOf, sizeOf } from '../base/blobs.ts';
import { type JsonObject, objectOf } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { EmbeddingCall } from '../call/embedding.ts';
import type { AssistantPart, Message, ToolResultPart, UserPart } from '../call/message.ts';
import type { Tool } from '../call/tool.ts';
import { mediaSize } from './media-size.ts';

/** What a prompt measures, by no tokenizer in particular: bounds in tokens that no vendor's count exceeds. */
export type PromptSize = {
  /** A token of text is at least one byte; media have bounds of their own. */
  tokens: number;
  /** Something in it takes as much as fits into the context window. */
  fillsWindow: boolean;
  /** Images read, for vendors with a price for each. */
  images: number;
  /** Seconds of audio and video read. */
  seconds: number;
  /** Bytes of text, for vendors that count characters. */
  bytes: number;
};

/** A mark before and one behind what is embedded, or a word for its purpose. */
const INPUT_TOKENS = 8;
/** What vendors write around a message and around a tool, and before both: roles, marks, how tools are to be used. */
const MESSAGE_TOKENS = 32;
const TOOL_TOKENS = 64;
/**
 * Anthropic puts some hundred tokens before tools: 530 at most for the models of an older page (docs.anthropic.com,
 * tool-use-pricing-and-tokens, read 2026-11-29), up to 804 for later ones as remembered. The larger bounds both.
 */
const PREAMBLE_TOKENS = 1_024;
/** A vendor's own tool brings its description: a text editor 700, a computer 735 (same page). */
const NATIVE_TOOL_TOKENS = 2_048;

/** Takes time by the prompt's length: only where a limit must hold. */
export function measurePrompt(call: Call): PromptSize {
  const size = newSize();
  const blobs = call.blobs ?? [];
  size.tokens += call.tools.length > 0 ? PREAMBLE_TOKENS : MESSAGE_TOKENS;
  for (const message of call.messages) addMessage(size, message, blobs);
  for (const tool of call.tools) addTool(size, tool);
  if (call.output.type !== 'text') addJson(size, call.output);
  if (call.native) addJson(size, call.native.fields);
  for (const prompt of call.completion?.prompts ?? []) if (typeof prompt !== 'string') size.tokens += prompt.length;
  if (call.completion?.suffix !== undefined) addText(size, call.completion.suffix);
  return size;
}

/** The same for each of the things to be embedded, which stand alone. */
export const measureInputs = (call: EmbeddingCall): PromptSize[] =>
  call.inputs.map((input) =>
    input.type === 'tokens'
      ? { ...newSize(), tokens: INPUT_TOKENS + input.tokens.length }
      : measureParts(input.parts, call.blobs ?? []),
  );

/** The same of one thing that stands alone. */
export function measureParts(parts: readonly UserPart[], blobs: readonly Blob[]): PromptSize {
  const size = newSize();
  size.tokens += INPUT_TOKENS;
  for (const part of parts) addPart(size, part, blobs);
  return size;
}

const newSize = (): PromptSize => ({ tokens: 0, fillsWindow: false, images: 0, seconds: 0, bytes: 0 });

export const sumOf = (sizes: readonly PromptSize[]): PromptSize =>
  sizes.reduce(
    (sum, size) => ({
      tokens: sum.tokens + size.tokens,
      fillsWindow: sum.fillsWindow || size.fillsWindow,
      images: sum.images + size.images,
      seconds: sum.seconds + size.seconds,
      bytes: sum.bytes + size.bytes,
    }),
    newSize(),
  );

/** What was set aside has as many bytes as its JSON or fewer. */
function addText(size: PromptSize, text: string, blobs: readonly Blob[] = []): void {
  const { text: own, kept } = partsOf(text, blobs);
  const bytes = kept.reduce((sum, blob) => sum + sizeOf(blob), Buffer.byteLength(own));
  size.bytes += bytes;
  size.tokens += bytes;
}

const addJson = (size: PromptSize, value: object): void => addText(size, JSON.stringify(value));

function addMessage(size: PromptSize, message: Message, blobs: readonly Blob[]): void {
  size.tokens += MESSAGE_TOKENS;
  if (message.name !== undefined) addText(size, message.name);
  if (message.role === 'assistant' && message.native) addJson(size, message.native.fields);
  if (message.role === 'tool') addText(size, message.callId);
  for (const part of message.parts) addPart(size, part, blobs);
}

function addPart(size: PromptSize, part: UserPart | AssistantPart | ToolResultPart, blobs: readonly Blob[]): void {
  if (part.native) addJson(size, part.native.fields);
  switch (part.type) {
    case 'text':
      addText(size, part.text, blobs);
      if (part.annotations) addJson(size, part.annotations);
      return;
    case 'refusal':
      addText(size, part.text, blobs);
      return;
    case 'reasoning':
      addText(size, part.text, blobs);
      addText(size, part.signature ?? '');
      return;
    case 'tool-call':
      size.tokens += MESSAGE_TOKENS;
      addText(size, part.id + part.name);
      addText(size, part.arguments);
      return;
    case 'image':
    case 'file':
    case 'audio':
    case 'video': {
      const { tokens, seconds } = mediaSize(part, blobs);
      if (tokens === 'everything') size.fillsWindow = true;
      else size.tokens += tokens;
      size.seconds += seconds;
      if (part.type === 'image') size.images++;
      return;
    }
    default:
      part satisfies never;
  }
}

function addTool(size: PromptSize, tool: Tool): void {
  size.tokens += tool.type === 'function' ? TOOL_TOKENS : NATIVE_TOOL_TOKENS;
  addJson(size, tool.type === 'function' ? descriptionOf(tool) : tool.value);
}

const descriptionOf = ({
  name,
  description,
  parameters,
  freeform,
}: Extract<Tool, { type: 'function' }>): JsonObject => ({
  name,
  ...(description !== undefined && { description }),
  ...(parameters && { parameters }),
  ...objectOf(freeform?.format),
});
