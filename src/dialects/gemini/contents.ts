import type { Fault } from '../../base/fault.ts';
import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { Message, SystemMessage, ToolMessage, UserMessage } from '../../call/message.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import { mediaPart } from '../gemini-media.ts';
import { callId, GEMINI, isGemini3, takesInstructions } from '../gemini-names.ts';
import { modelParts } from './model-parts.ts';

export type Content = { readonly role: 'user' | 'model'; readonly parts: JsonObject[] };
export type Contents = { readonly contents: readonly Content[]; readonly system: readonly JsonObject[] };

export type ContentsContext = {
  readonly target: Target;
  readonly assets: Assets;
  readonly losses: Loss[];
  /** Names of the functions by call id: a result names its function. */
  readonly names: ReadonlyMap<string, string>;
};

/**
 * `contents` and the system instruction. Neighbours with one role become one content, but the results of a turn's calls
 * stay by themselves: their number must equal that of the calls.
 */
export function geminiContents(call: Call, target: Target, assets: Assets, losses: Loss[]): Result<Contents, Fault> {
  const context = { target, assets, losses, names: namesOf(call.messages) };
  const contents: Content[] = [];
  const system: JsonObject[] = [];
  let before: Message['role'] | undefined;
  let empty: JsonObject[] | undefined;
  const places = isGemini3(target.endpoint) ? null : new Map([...context.names.keys()].map((id, at) => [id, at]));
  const messages = resultsFirst(call.messages, places);
  for (const [at, message] of messages.entries()) {
    noteMarks(message, at, losses);
    if (isSystem(message)) {
      if (contents.length > 0)
        losses.push({
          field: `messages[${at}]`,
          reason: 'Gemini has one system instruction: it was moved to the front',
        });
      for (const part of message.parts) if (part.text !== '') system.push({ text: part.text });
      continue;
    }
    const parts = partsOf(message, at, context);
    if (!parts.ok) return parts;
    if (parts.value.length === 0) continue;
    if (message.role === 'user' && parts.value.every(isEmptyText)) {
      empty = parts.value;
      continue;
    }
    const last = contents.at(-1);
    if (last && before === message.role) for (const part of parts.value) last.parts.push(part);
    else contents.push({ role: message.role === 'assistant' ? 'model' : 'user', parts: parts.value });
    before = message.role;
  }
  // "Please ensure that function call turn comes immediately after a user turn": a conversation may have been cut there.
  if (contents[0]?.role === 'model' && contents[0].parts.some(({ functionCall }) => functionCall))
    contents.unshift({ role: 'user', parts: [{ text: '…' }] });
  if (!takesInstructions(target) && contents[0]?.role === 'user')
    contents[0] = { role: 'user', parts: [...system.splice(0), ...contents[0].parts] };
  // Nothing but empty words was said: the vendor may say what it thinks of them.
  if (empty && contents.length === 0) contents.push({ role: 'user', parts: empty });
  // A request without contents is refused; alone, an instruction is the prompt.
  if (contents.length === 0)
    return ok({ contents: [{ role: 'user', parts: system.length > 0 ? system : [{ text: '' }] }], system: [] });
  return ok({ contents, system });
}

const isEmptyText = ({ text }: JsonObject): boolean => text === '';

const isSystem = (message: Message): message is SystemMessage =>
  message.role === 'system' || message.role === 'developer';

function partsOf(
  message: Exclude<Message, SystemMessage>,
  at: number,
  context: ContentsContext,
): Result<JsonObject[], Fault> {
  switch (message.role) {
    case 'user':
      return userParts(message, context);
    case 'assistant':
      return modelParts(message, at, context);
    case 'tool':
      return functionResponse(message, context);
    default:
      return message satisfies never;
  }
}

function userParts(message: UserMessage, context: ContentsContext): Result<JsonObject[], Fault> {
  const parts: JsonObject[] = [];
  for (const part of message.parts) {
    if (part.type === 'text') {
      // An empty part is refused, unless it is all there is.
      const native = part.native?.dialect === GEMINI ? part.native.fields : {};
      if (part.text !== '' || message.parts.length === 1) parts.push({ ...native, text: part.text });
      continue;
    }
    const media = mediaPart(part, context.assets);
    if (!media.ok) return media;
    parts.push(media.value);
  }
  return ok(parts);
}

/**
 * One result. A text that is a JSON object is the response itself, other text goes under `output`, an error's under
 * `error` (FunctionResponse reference, read 2026-11-22). Media stand inside the response from the third generation on,
 * before it beside the response.
 */
function functionResponse(message: ToolMessage, context: ContentsContext): Result<JsonObject[], Fault> {
  const media: JsonObject[] = [];
  let text = '';
  for (const part of message.parts) {
    if (part.type === 'text') {
      text += part.text;
      continue;
    }
    const written = mediaPart(part, context.assets);
    if (!written.ok) return written;
    media.push(written.value);
  }
  const isInside = isGemini3(context.target.endpoint);
  const response = {
    ...callId(message.callId, context.target),
    name: context.names.get(message.callId) ?? message.name ?? 'unknown',
    response: message.isError ? { error: text } : responseOf(text),
    ...(isInside && media.length > 0 && { parts: media }),
  };
  return ok([{ functionResponse: response }, ...(isInside ? [] : media)]);
}

function responseOf(text: string): JsonObject {
  const value = text.startsWith('{') ? parseJson(text) : undefined;
  return isObject(value) ? value : { output: text };
}

/**
 * Results follow their calls at once, whatever was said in between. Without ids, those of calls to one function are told
 * apart by their order only: it must be that of the calls.
 */
function resultsFirst(messages: readonly Message[], byOrder: ReadonlyMap<string, number> | null): readonly Message[] {
  const placeOf = ({ callId }: ToolMessage): number => byOrder?.get(callId) ?? byOrder?.size ?? 0;
  const ordered: Message[] = [];
  let results: ToolMessage[] = [];
  let others: Message[] = [];
  const settle = (): void => {
    for (const result of results.sort((a, b) => placeOf(a) - placeOf(b))) ordered.push(result);
    for (const other of others) ordered.push(other);
    results = [];
    others = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') results.push(message);
    else if (message.role !== 'assistant') others.push(message);
    else {
      settle();
      ordered.push(message);
    }
  }
  settle();
  return ordered;
}

function namesOf(messages: readonly Message[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const message of messages)
    if (message.role === 'assistant')
      for (const part of message.parts) if (part.type === 'tool-call') names.set(part.id, part.name);
  return names;
}

function noteMarks(message: Message, at: number, losses: Loss[]): void {
  const parts: readonly { readonly cache?: unknown }[] = message.parts;
  const isMarked = parts.some((part) => part.cache !== undefined) || (message.role === 'tool' && message.cache);
  if (isMarked)
    losses.push({ field: `messages[${at}].cache_control`, reason: 'Gemini caches prompts without breakpoints' });
}
