import { type Fault, fault } from '../../base/fault.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { AssistantMessage, Message, ReasoningPart, Source } from '../../call/message.ts';
import type { Asset, Assets } from '../../facts/asset.ts';
import { base64Of } from '../inline-asset.ts';

/** Ollama takes images as bare base64 and fetches nothing (API reference, read 2026-11-22). */
export function ollamaAssets(call: Call): Asset[] {
  const assets: Asset[] = [];
  for (const message of call.messages) {
    const parts: readonly Message['parts'][number][] = message.parts;
    for (const part of parts)
      if (part.type === 'image' && part.source.kind === 'url') assets.push({ url: part.source.url, kind: 'image' });
  }
  return assets;
}

/** `messages`: text in one string, images beside it, tool calls with their arguments as objects. */
export function ollamaMessages(call: Call, assets: Assets, losses: Loss[]): Result<JsonObject[], Fault> {
  const names = new Map<string, string>();
  const written: JsonObject[] = [];
  for (const [at, message] of call.messages.entries()) {
    const images = imagesOf(message, at, assets, losses);
    if (!images.ok) return images;
    const base = { content: textOf(message), ...(images.value.length > 0 && { images: images.value }) };
    switch (message.role) {
      case 'system':
      case 'developer':
        written.push({ role: 'system', ...base });
        break;
      case 'user':
        written.push({ role: 'user', ...base });
        break;
      case 'assistant':
        for (const part of message.parts) if (part.type === 'tool-call') names.set(part.id, part.name);
        if (message.parts.some((part) => part.type === 'reasoning' && !isOpenThought(part)))
          losses.push({
            field: `messages[${at}].reasoning_details`,
            reason: 'Ollama takes no signed or encrypted reasoning',
          });
        written.push({ role: 'assistant', ...base, ...assistantFields(message) });
        break;
      case 'tool': {
        const name = names.get(message.callId) ?? message.name;
        written.push({
          role: 'tool',
          ...base,
          ...(name !== undefined && { tool_name: name }),
          tool_call_id: message.callId,
        });
        break;
      }
      default:
        message satisfies never;
    }
  }
  return ok(written);
}

const textOf = (message: Message): string => {
  const parts: readonly Message['parts'][number][] = message.parts;
  return parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
};

function imagesOf(message: Message, at: number, assets: Assets, losses: Loss[]): Result<string[], Fault> {
  const images: string[] = [];
  const parts: readonly Message['parts'][number][] = message.parts;
  for (const [index, part] of parts.entries()) {
    if (part.type === 'file' || part.type === 'audio' || part.type === 'video')
      losses.push({ field: `messages[${at}].content[${index}]`, reason: `Ollama takes no ${part.type}` });
    if (part.type !== 'image') continue;
    const data = inlineOf(part.source, assets);
    if (data === undefined)
      return failed(fault('image_download_failed', 'An image could not be fetched.', { param: `messages[${at}]` }));
    images.push(data);
  }
  return ok(images);
}

function inlineOf(source: Source, assets: Assets): string | undefined {
  if (source.kind === 'base64') return source.data;
  const asset = source.kind === 'url' ? assets.get(source.url) : undefined;
  return asset && base64Of(asset);
}

const isOpenThought = ({ kind, signature }: ReasoningPart): boolean => kind === 'text' && signature === undefined;

/** Open models take back the thinking of any model as plain text; opaque parts mean nothing to them. */
function assistantFields(message: AssistantMessage): JsonObject {
  const thinking: string[] = [];
  const calls: JsonObject[] = [];
  for (const part of message.parts) {
    if (part.type === 'reasoning' && isOpenThought(part)) thinking.push(part.text);
    if (part.type === 'tool-call')
      calls.push({ id: part.id, function: { name: part.name, arguments: argumentsOf(part.arguments) } });
  }
  return {
    ...(thinking.length > 0 && { thinking: thinking.join('') }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Arguments as the object that they are here; a text that was cut off is none and stands under `input`. */
export function argumentsOf(text: string): Json {
  const value = parseJson(text);
  if (isObject(value)) return value;
  return text.trim() === '' ? {} : { input: text };
}
