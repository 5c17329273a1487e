import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  optionalString,
  stringOf,
} from '../../../base/json.ts';
import type { Event } from '../../../call/event.ts';
import type { ReasoningPart } from '../../../call/message.ts';
import { GEMINI_REASONING } from '../../gemini-names.ts';
import { sourceOfUrl } from '../../source-url.ts';
import { readAnnotation } from '../annotation.ts';
import { readDetail } from '../reasoning-details.ts';
import { thoughtSignatureOf } from '../thought-signature.ts';
import type { ToolCalls } from './tool-calls.ts';

type OpenReasoning = { readonly index: number; id: string | undefined };

/** One choice of an answer while it is read. `whole`: a `message` of a non-streamed answer instead of deltas. */
export type ChoiceState = {
  readonly choice: number;
  readonly whole: boolean;
  readonly tools: ToolCalls;
  readonly reasoning: Map<string, OpenReasoning>;
  reasoningCount: number;
  /** Entries of `reasoning_details` of a type that is not modelled: they pass as they are. */
  readonly otherDetails: JsonObject[];
  /** The part that thinking inside `content` continues; content text closes it. */
  thinking: number | null;
  /** Deltas that carried text of any kind: compared with the vendor's own count when a frame was lost. */
  textDeltas: number;
  annotated: boolean;
  /** Why it ended, in the word to be understood and in the vendor's own (OpenRouter gives both); null while open. */
  finish: string | null;
  nativeFinish: string | null;
};

export const newChoiceState = (choice: number, whole: boolean, tools: ToolCalls): ChoiceState => ({
  choice,
  whole,
  tools,
  reasoning: new Map(),
  reasoningCount: 0,
  otherDetails: [],
  thinking: null,
  textDeltas: 0,
  annotated: false,
  finish: null,
  nativeFinish: null,
});

/** Reads one delta, or one whole message: they have the same members. */
export function readDelta(state: ChoiceState, delta: JsonObject, out: Event[]): void {
  readReasoningFields(state, delta, out);
  const content = delta.content;
  if (typeof content === 'string') addText(state, content, out);
  else if (content) for (const part of listOf(content)) readContentPart(state, part, out);
  if (typeof delta.refusal === 'string' && delta.refusal !== '')
    out.push({ type: 'refusal', choice: state.choice, text: delta.refusal });
  if (delta.images) for (const image of arrayOf(delta.images)) addImage(state, objectOf(image), out);
  if (isObject(delta.audio) && !isBlank(delta.audio)) addAudio(state, delta.audio, out);
  if (delta.tool_calls) for (const call of listOf(delta.tool_calls)) addToolCall(state, call, out);
  if (isObject(delta.function_call) && !isBlank(delta.function_call))
    state.tools.push({ index: 0, function: delta.function_call }, out);
  if (delta.annotations) addAnnotations(state, arrayOf(delta.annotations), out);
}

/** Servers that write every member of their structs: empty texts and zeros say nothing (seen in clients, read 2026-11-29). */
const isBlank = (value: JsonObject): boolean => Object.values(value).every((member) => !member);

/** A signed call's thought goes before it, as Gemini's own format has it. */
function addToolCall(state: ChoiceState, call: Json, out: Event[]): void {
  const before = out.length;
  state.tools.push(call, out);
  const signature = thoughtSignatureOf(call);
  if (signature === undefined) return;
  const start = out.slice(before).find((event) => event.type === 'tool-start');
  const id = start?.id ?? stringOf(objectOf(call).id);
  const thought: ReasoningPart = {
    type: 'reasoning',
    kind: 'encrypted',
    text: signature,
    id,
    format: GEMINI_REASONING,
  };
  out.splice(before, 0, { ...thought, choice: state.choice, index: state.reasoningCount++ });
}

/** One alone may stand without its list: Text Generation Inference once wrote tool calls so. */
const listOf = (value: Json): readonly Json[] => (isObject(value) ? [value] : arrayOf(value));

function addAnnotations(state: ChoiceState, entries: readonly Json[], out: Event[]): void {
  for (const entry of entries) {
    const annotation = readAnnotation(entry);
    if (!annotation) continue;
    state.annotated = true;
    out.push({ type: 'annotation', choice: state.choice, annotation });
  }
}

function addText(state: ChoiceState, text: string, out: Event[]): void {
  if (text === '') return;
  state.textDeltas++;
  state.thinking = null;
  out.push({ type: 'text', choice: state.choice, text });
}

/** `reasoning_details` say more than `reasoning` or `reasoning_content`, which repeat what of them can be read. */
function readReasoningFields(state: ChoiceState, delta: JsonObject, out: Event[]): void {
  const details = delta.reasoning_details ? arrayOf(delta.reasoning_details).filter(isObject) : NONE;
  const text = delta.reasoning || delta.reasoning_content || delta.reasoning_text;
  if (typeof text === 'string' && text !== '' && !details.some(isReadable))
    addReasoning(state, openPart(state, 'plain'), plain(text), out);
  for (const entry of details) addDetail(state, entry, out);
}

const NONE: readonly JsonObject[] = [];

const isReadable = (entry: JsonObject): boolean => stringOf(entry.text) !== '' || stringOf(entry.summary) !== '';

const plain = (text: string): ReasoningPart => ({ type: 'reasoning', kind: 'text', text, format: 'unknown' });

function openPart(state: ChoiceState, key: string): OpenReasoning {
  let open = state.reasoning.get(key);
  if (!open) {
    open = { index: state.reasoningCount++, id: undefined };
    state.reasoning.set(key, open);
  }
  return open;
}

/** Fragments belong together by type and index; in a whole message every entry is its own part. */
function addDetail(state: ChoiceState, entry: JsonObject, out: Event[]): void {
  const part = readDetail(entry);
  if (!part) {
    state.otherDetails.push(entry);
    return;
  }
  const key = `${part.kind}:${typeof entry.index === 'number' ? entry.index : 0}`;
  const openThought = state.reasoning.get(key);
  const another = state.whole || (openThought?.id !== undefined && part.id !== undefined && openThought.id !== part.id);
  if (another) state.reasoning.delete(key);
  const open = openPart(state, key);
  open.id ??= part.id;
  addReasoning(state, open, part, out);
}

function addReasoning(state: ChoiceState, open: OpenReasoning, part: ReasoningPart, out: Event[]): void {
  if (part.text === '' && part.signature === undefined && part.id === undefined) return;
  if (part.kind !== 'encrypted') state.textDeltas++;
  out.push({ ...part, choice: state.choice, index: open.index });
}

/** Content as a list of parts: thinking (Mistral), reasoning (Databricks), and text in OpenAI's request shape. */
function readContentPart(state: ChoiceState, part: Json, out: Event[]): void {
  if (typeof part === 'string') {
    addText(state, part, out);
    return;
  }
  const { type, text, thinking, summary, refusal, image_url: image } = objectOf(part);
  if (type === 'thinking') think(state, thinking ?? text, out);
  // docs.databricks.com, "Query reasoning models", read 2026-11-24.
  else if (type === 'reasoning') think(state, summary ?? text, out);
  else if (type === 'refusal') out.push({ type: 'refusal', choice: state.choice, text: stringOf(refusal) });
  else if (image !== undefined) addImage(state, objectOf(part), out);
  else addText(state, stringOf(text), out);
}

/** A thought among content, as text or as parts of it; one of them may carry a signature. */
function think(state: ChoiceState, thought: Json | undefined, out: Event[]): void {
  const parts = typeof thought === 'string' ? [{ text: thought }] : arrayOf(thought).map(objectOf);
  for (const part of parts) {
    const signature = optionalString(part.signature);
    if (stringOf(part.text) === '' && !signature) continue;
    state.thinking ??= state.reasoningCount++;
    const partFields = { ...plain(stringOf(part.text)), ...(signature && { signature }) };
    addReasoning(state, { index: state.thinking, id: undefined }, partFields, out);
  }
}

function addImage(state: ChoiceState, image: JsonObject, out: Event[]): void {
  const url = optionalString(isObject(image.image_url) ? image.image_url.url : image.image_url);
  if (url !== undefined) out.push({ type: 'image', choice: state.choice, source: sourceOfUrl(url) });
}

function addAudio(state: ChoiceState, audio: JsonObject, out: Event[]): void {
  const id = optionalString(audio.id);
  const data = optionalString(audio.data);
  const transcript = optionalString(audio.transcript);
  const expiresAt = typeof audio.expires_at === 'number' ? audio.expires_at : undefined;
  out.push({
    type: 'audio',
    choice: state.choice,
    ...(id !== undefined && { id }),
    ...(data !== undefined && { data }),
    ...(transcript !== undefined && { transcript }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
}
