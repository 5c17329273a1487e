import { type Fault, fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Call } from '../../../call/call.ts';
import type { Message } from '../../../call/message.ts';
import { type Complaints, complain, newComplaints, present, readBoolean, readString } from '../../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../../call/read-gateway.ts';
import type { ClientRequest } from '../../dialect.ts';
import { OLLAMA } from '../names.ts';
import { readImages, readMessages, readTools } from './messages.ts';
import { readFormat, readOptions, readThink } from './options.ts';

/** What both routes read. */
const SHARED = [...COMMON_FIELDS, 'options', 'format', 'think', 'logprobs', 'top_logprobs'];
const OF_CHAT: ReadonlySet<string> = new Set([...SHARED, 'messages', 'tools']);
const OF_GENERATE: ReadonlySet<string> = new Set([...SHARED, 'prompt', 'system', 'images', 'suffix', 'raw']);

/** Reads a body of `POST /api/chat` (docs/api.md of ollama/ollama, and ollama 0.6.4 for JavaScript, read 2026-11-29). */
export function decodeChat(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const to = newComplaints();
  const messages = readMessages(to, body);
  const shared = readShared(to, body, request, { known: OF_CHAT, asks: messages.length > 0 });
  const call: Call = { ...shared, messages, tools: readTools(to, body) };
  return to.first ? failed(to.first) : ok(call);
}

/**
 * Reads a body of `POST /api/generate`: one question. What goes to the model as it stands (`raw`), or has an end that is
 * given (`suffix`), is the completion of a text.
 */
export function decodeGenerate(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const to = newComplaints();
  const prompt = readString(to, body, 'prompt') ?? '';
  const system = readString(to, body, 'system') ?? '';
  const suffix = readString(to, body, 'suffix') ?? '';
  const images = readImages(to, body, '');
  const isRaw = readBoolean(to, body, 'raw') === true;
  if (suffix !== '' && (images.length > 0 || system !== '' || body.template))
    complain(to, 'suffix', 'A suffix stands neither with images nor with a system prompt or a template.');
  if (isRaw && (system !== '' || body.template || body.context))
    complain(to, 'raw', 'raw mode does not support template, system, or context');
  const messages: Message[] = [];
  if (system !== '') messages.push({ role: 'system', parts: [{ type: 'text', text: system }] });
  if (prompt !== '' || images.length > 0)
    messages.push({
      role: 'user',
      parts: [...(prompt === '' ? [] : [{ type: 'text', text: prompt } as const]), ...images],
    });
  const completes = prompt !== '' && images.length === 0 && (isRaw || suffix !== '');
  const call: Call = {
    ...readShared(to, body, request, { known: OF_GENERATE, asks: messages.some(({ role }) => role === 'user') }),
    messages,
    tools: [],
    ...(completes && {
      // The conversation that a chat would be is not what was asked for.
      dialect: 'openai-completions',
      completion: { prompts: [prompt], ...(suffix !== '' && { suffix }) },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

type Shared = Omit<Call, 'messages' | 'tools'>;
type Route = { readonly known: ReadonlySet<string>; readonly asks: boolean };

function readShared(to: Complaints, body: JsonObject, { headers }: ClientRequest, { known, asks }: Route): Shared {
  const { configured, rest } = readOptions(to, body);
  const fields: { [name: string]: JsonObject[string] } = {};
  for (const [name, value] of Object.entries(body)) if (!known.has(name) && !isEmpty(value)) fields[name] = value;
  // No model is kept in memory here: only who asks nothing else hears of it.
  if (asks) delete fields.keep_alive;
  if (Object.keys(rest).length > 0) fields.options = rest;
  const common = readCommon(to, body, headers);
  if (common.model === null || common.model === '')
    to.first ??= fault('invalid_request', 'model is required', { param: 'model' });
  return {
    ...common,
    dialect: OLLAMA,
    stream: readBoolean(to, body, 'stream') ?? true,
    ...configured,
    output: readFormat(to, body),
    ...present({
      reasoning: readThink(to, body),
      native: Object.keys(fields).length > 0 ? { dialect: OLLAMA, fields } : undefined,
    }),
  };
}

/** Ollama's programs write every field that they know, empty where nobody set it. */
const isEmpty = (value: JsonObject[string]): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
