import { arrayOf, isObject, type JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { Loss } from '../../../call/loss.ts';
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolMessage,
  UserPart,
} from '../../../call/message.ts';
import type { Target } from '../../../facts/target.ts';
import { breakpointOf, takesBreakpoints } from '../../cache-breakpoint.ts';
import { inputOfArguments, isFreeform } from '../../freeform.ts';
import { urlOfSource } from '../../source-url.ts';
import { familyOf, joinsItem, reasoningMembers } from '../reasoning.ts';
import { DIALECT } from '../tools.ts';

type Writing = {
  readonly call: Call;
  readonly target: Target;
  readonly losses: Loss[];
  /** Ids of calls of free-form tools: their results are `custom_tool_call_output`. */
  readonly freeformCalls: Set<string>;
};

/** The conversation as input items, in order. */
export function encodeInput(call: Call, target: Target, losses: Loss[]): JsonObject[] {
  const writing: Writing = { call, target, losses, freeformCalls: new Set() };
  const items = call.messages.flatMap((message, at) => encodeMessage(writing, message, `messages[${at}]`));
  const nonEmpty = items.filter((item) => !(Array.isArray(item.content) && item.content.length === 0));
  return nonEmpty.length > 0 ? nonEmpty : items;
}

function encodeMessage(writing: Writing, message: Message, path: string): JsonObject[] {
  switch (message.role) {
    case 'system':
    case 'developer':
      return [
        {
          type: 'message',
          role: message.role,
          content: message.parts.flatMap((part) => userPart(writing, part, path)),
        },
      ];
    case 'user': {
      const item = ownItem(message.parts[0]);
      if (item) return [item];
      return [
        { type: 'message', role: 'user', content: message.parts.flatMap((part) => userPart(writing, part, path)) },
      ];
    }
    case 'assistant':
      return encodeAssistant(writing, message, path);
    case 'tool':
      return [encodeToolResult(writing, message, path)];
    default:
      return message satisfies never;
  }
}

/** The item that a message was, in this dialect's own words. */
function ownItem(part: UserPart | undefined): JsonObject | undefined {
  const item = part?.native?.dialect === DIALECT ? part.native.fields.item : undefined;
  return isObject(item) ? item : undefined;
}

function userPart(writing: Writing, part: UserPart, path: string): JsonObject[] {
  const {
    prompt_cache_breakpoint: _,
    path: _path,
    ...told
  } = part.native?.dialect === DIALECT ? part.native.fields : {};
  const native = { ...told, ...(takesBreakpoints(writing.target) && breakpointOf(part)) };
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ ...native, type: 'input_text', text: part.text }];
    case 'image': {
      const { source } = part;
      const where = source.kind === 'file-id' ? { file_id: source.id } : { image_url: urlOfSource(source) };
      return [{ ...native, type: 'input_image', detail: part.detail ?? 'auto', ...where }];
    }
    case 'file': {
      const name = part.filename === undefined ? {} : { filename: part.filename };
      if (part.source.kind === 'file-id') return [{ ...native, type: 'input_file', file_id: part.source.id }];
      if (part.source.kind === 'url') return [{ ...native, type: 'input_file', ...name, file_url: part.source.url }];
      const data = { filename: 'document.pdf', ...name, file_data: urlOfSource(part.source) };
      return [{ ...native, type: 'input_file', ...data }];
    }
    case 'audio':
      if (part.source.kind !== 'base64') return lose(writing, path, 'audio must be inline here');
      return [{ ...native, type: 'input_audio', input_audio: { data: part.source.data, format: part.format } }];
    case 'video':
      return lose(writing, path, 'this dialect has no video input');
    default:
      return part satisfies never;
  }
}

function lose(writing: Writing, field: string, reason: string): [] {
  writing.losses.push({ field, reason });
  return [];
}

function encodeAssistant(writing: Writing, message: AssistantMessage, path: string): JsonObject[] {
  const items: JsonObject[] = [];
  let content: JsonObject[] = [];
  let thought: ReasoningPart[] = [];
  let phase: JsonObject = {};
  const closeContent = (): void => {
    if (content.length > 0) items.push({ type: 'message', role: 'assistant', content, ...phase });
    content = [];
  };
  const closeThought = (): void => {
    if (thought.length > 0) items.push(...encodeThought(writing, thought, path));
    thought = [];
  };
  const natives = arrayOf(message.native?.dialect === DIALECT ? message.native.fields.items : undefined);
  message.parts.forEach((part, at) => {
    if (part.type !== 'text' && part.type !== 'refusal') closeContent();
    if (part.type !== 'reasoning' || !joinsItem(thought, part)) closeThought();
    const between = natives.flatMap((entry) =>
      isObject(entry) && entry.at === at && isObject(entry.item) ? [entry.item] : [],
    );
    if (between.length > 0) {
      closeContent();
      closeThought();
      items.push(...between);
    }
    if (part.type === 'reasoning') thought.push(part);
    else if (part.type === 'text' || part.type === 'refusal') {
      const partPhase = phaseOf(part);
      if (partPhase.phase !== phase.phase) closeContent();
      phase = partPhase;
      if (part.text !== '') content.push(encodeText(part));
    } else items.push(...encodeOutput(writing, part, path));
  });
  closeContent();
  const after = natives.flatMap((entry) =>
    isObject(entry) && isObject(entry.item) && Number(entry.at) >= message.parts.length ? [entry.item] : [],
  );
  // A reasoning item without the item it led to is refused.
  if (thought.length > 0 && after.length === 0) lose(writing, path, 'reasoning that led to no answer');
  else closeThought();
  items.push(...after);
  return items;
}

const encodeText = (part: TextPart | RefusalPart): JsonObject =>
  part.type === 'text' ? { type: 'output_text', text: part.text } : { type: 'refusal', refusal: part.text };

function phaseOf(part: TextPart | RefusalPart): JsonObject {
  const phase = part.native?.dialect === DIALECT ? part.native.fields.phase : undefined;
  return phase === undefined ? {} : { phase };
}

/** Reasoning goes back only to the family that wrote it, and only with its encrypted datum: nothing is stored there. */
function encodeThought(writing: Writing, parts: readonly ReasoningPart[], path: string): JsonObject[] {
  const family = familyOf(writing.target);
  const datum = parts.find((part) => part.kind === 'encrypted' && part.format === family);
  if (!datum)
    return lose(writing, `${path}.reasoning_details`, `only reasoning that ${family} encrypted can be replayed`);
  const { summary, content } = reasoningMembers(parts, 'text');
  const id = datum.id?.startsWith('rs_') ? { id: datum.id } : {};
  return [{ type: 'reasoning', ...id, summary, ...(content && { content }), encrypted_content: datum.text }];
}

type OutputPart = Exclude<AssistantPart, { type: 'text' | 'refusal' | 'reasoning' }>;

function encodeOutput(writing: Writing, part: OutputPart, path: string): JsonObject[] {
  switch (part.type) {
    case 'tool-call': {
      if (part.native?.dialect === DIALECT) {
        if (part.native.fields.type === 'custom_tool_call') writing.freeformCalls.add(part.id);
        return [part.native.fields];
      }
      const call = { call_id: part.id, name: part.name };
      if (!isFreeform(writing.call.tools, part.name))
        return [{ type: 'function_call', ...call, arguments: part.arguments === '' ? '{}' : part.arguments }];
      writing.freeformCalls.add(part.id);
      return [{ type: 'custom_tool_call', ...call, input: inputOfArguments(part.arguments) }];
    }
    case 'image':
      if (part.source.kind !== 'base64') return lose(writing, path, 'an answer’s image must be inline to be replayed');
      return [{ type: 'message', role: 'user', content: userPart(writing, part, path) }];
    case 'audio':
      return lose(writing, path, 'this dialect has no audio output to replay');
    default:
      return part satisfies never;
  }
}

function encodeToolResult(writing: Writing, message: ToolMessage, path: string): JsonObject {
  const item = ownItem(message.parts[0]);
  if (item) return item;
  const type = writing.freeformCalls.has(message.callId) ? 'custom_tool_call_output' : 'function_call_output';
  const plain = message.parts.every((part) => part.type === 'text');
  const output = plain
    ? message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
    : message.parts.flatMap((part) => userPart(writing, part, path));
  return { type, call_id: message.callId, output };
}
