import type { Fault } from '../../base/fault.ts';
import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { AssistantMessage, ReasoningPart, ToolCallPart } from '../../call/message.ts';
import type { Target } from '../../facts/target.ts';
import { mediaPart } from '../gemini-media.ts';
import { callId, GEMINI, GEMINI_REASONING, isGemini3 } from '../gemini-names.ts';
import type { ContentsContext } from './contents.ts';

/**
 * Gemini 3 refuses the first function call of a step without a thought signature. For history that another model wrote
 * Google documents this stand-in, which skips the check (ai.google.dev/gemini-api/docs/thought-signatures, FAQ, read
 * 2026-11-22).
 */
const UNSIGNED = 'skip_thought_signature_validator';

/** A model turn. Signatures return to the part they came on; other vendors' reasoning stays behind. */
export function modelParts(
  message: AssistantMessage,
  at: number,
  context: ContentsContext,
): Result<JsonObject[], Fault> {
  const { losses } = context;
  const signatures = new Map<string, string>();
  const callIds = new Set(message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])));
  const parts: JsonObject[] = [];
  let waiting: string | undefined;
  let foreign = 0;

  for (const part of message.parts)
    if (part.type === 'reasoning' && isSignature(part) && part.id !== undefined && callIds.has(part.id))
      signatures.set(part.id, part.text);

  const push = (part: JsonObject, signature: string | undefined): void => {
    parts.push(signature === undefined ? part : { ...part, thoughtSignature: signature });
  };
  for (const part of message.parts) {
    switch (part.type) {
      case 'text':
      case 'refusal':
        if (part.text === '' && waiting === undefined && !part.native) break;
        push({ ...nativeOf(part), ...(part.text !== '' || !part.native ? { text: part.text } : {}) }, waiting);
        waiting = undefined;
        break;
      case 'tool-call':
        push(functionCall(part, context.target), signatures.get(part.id));
        break;
      case 'reasoning':
        if (isSignature(part)) {
          if (part.id === undefined || !callIds.has(part.id)) waiting = part.text;
        } else if (part.format === GEMINI_REASONING) push({ text: part.text, thought: true }, part.signature);
        else foreign++;
        break;
      case 'image':
      case 'audio': {
        const media = mediaPart(part, context.assets);
        if (!media.ok) return media;
        push(media.value, waiting);
        waiting = undefined;
        break;
      }
      default:
        part satisfies never;
    }
  }
  // A stream carries its last signature on an empty text; it goes back the same way.
  if (waiting !== undefined) push({ text: '' }, waiting);
  if (foreign > 0)
    losses.push({ field: `messages[${at}].reasoning_details`, reason: 'reasoning of another vendor is not replayed' });
  return ok(isGemini3(context.target.endpoint) ? withStandIn(parts, at, context) : parts);
}

const isSignature = (part: ReasoningPart): boolean => part.kind === 'encrypted' && part.format === GEMINI_REASONING;

const nativeOf = (part: AssistantMessage['parts'][number]): JsonObject =>
  part.native?.dialect === GEMINI ? part.native.fields : {};

/** Parallel calls are signed on the first only, so one signature among a turn's calls is enough. */
function withStandIn(parts: JsonObject[], at: number, context: ContentsContext): JsonObject[] {
  const first = parts.findIndex((part) => part.functionCall !== undefined);
  if (first < 0 || parts.some((part) => part.functionCall && part.thoughtSignature !== undefined)) return parts;
  context.losses.push({
    field: `messages[${at}].reasoning_details`,
    reason: 'its tool calls carry no thought signature; the documented stand-in was sent',
  });
  return parts.with(first, { ...parts[first], thoughtSignature: UNSIGNED });
}

function functionCall(part: ToolCallPart, target: Target): JsonObject {
  const value = parseJson(part.arguments);
  // Arguments that were cut off are no object; Gemini takes objects only.
  const args = isObject(value) ? value : part.arguments.trim() === '' ? {} : { input: part.arguments };
  return { ...nativeOf(part), functionCall: { ...callId(part.id, target), name: part.name, args } };
}
