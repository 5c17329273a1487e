import type { JsonObject } from '../base/json.ts';
import { forbiddenIn } from '../call/asked-gateway.ts';
import type { Call, ReasoningRequest } from '../call/call.ts';
import { EFFORTS } from '../call/call.ts';
import type { Message, UserPart } from '../call/message.ts';
import { type Complaints, complain, present, readNumber, readObject, readOneOf, readString } from '../call/read.ts';
import type { Reply } from '../call/reply.ts';
import type { Tool } from '../call/tool.ts';

/** How a tool asks another model: what advisor, subagent and fusion have in common. */
export type AskedOptions = {
  readonly model?: string;
  readonly instructions?: string;
  readonly maxTokens?: number;
  readonly reasoning?: ReasoningRequest;
  readonly temperature?: number;
};

const NAME = /^[A-Za-z0-9 _-]{1,64}$/;
const TEXT_LENGTH_MAX = 100_000;

/** Reads the fields that they share (AdvisorServerToolConfig and its like of @openrouter/sdk 1.3.19, read 2026-11-29). */
export function readAsked(to: Complaints, said: JsonObject, path: string): AskedOptions {
  const reasoning = readObject(to, said, 'reasoning', `${path}.reasoning`);
  const instructions = readString(to, said, 'instructions', `${path}.instructions`);
  if (instructions !== undefined && instructions.length > TEXT_LENGTH_MAX)
    complain(to, `${path}.instructions`, `Invalid '${path}.instructions': more than ${TEXT_LENGTH_MAX} characters.`);
  return present({
    model: readString(to, said, 'model', `${path}.model`),
    instructions,
    maxTokens: readNumber(to, said, 'max_completion_tokens', WHOLE, `${path}.max_completion_tokens`),
    temperature: readNumber(to, said, 'temperature', { min: 0, max: 2 }, `${path}.temperature`),
    reasoning: reasoning && readReasoning(to, reasoning, `${path}.reasoning`),
  });
}

const WHOLE = { min: 1, whole: true } as const;

const readReasoning = (to: Complaints, said: JsonObject, path: string): ReasoningRequest =>
  present({
    effort: readOneOf(to, said, 'effort', EFFORTS, `${path}.effort`),
    budgetTokens: readNumber(to, said, 'max_tokens', WHOLE, `${path}.max_tokens`),
  });

/** The name that tells an entry from others of its kind; empty = it has none. */
export function readTitle(to: Complaints, said: JsonObject, path: string): string {
  const name = readString(to, said, 'name', `${path}.name`)?.trim();
  if (name !== undefined && !NAME.test(name))
    complain(
      to,
      `${path}.name`,
      `Invalid '${path}.name': 1 to 64 letters, digits, spaces, underscores and dashes are a name.`,
    );
  return name ?? '';
}

/** Tools of the gateway alone, which are listed as in a call. `self`: the tool that may not list itself. */
export function readNestedTools(to: Complaints, tools: readonly JsonObject[], self: string, path: string): Tool[] {
  return tools.map((value, at): Tool => {
    const { type } = value;
    if (typeof type !== 'string' || !type.startsWith('openrouter:'))
      complain(
        to,
        `${path}[${at}].type`,
        `Invalid '${path}[${at}].type': only tools of the gateway (openrouter:…) are run here.`,
      );
    else if (type === `openrouter:${self}`)
      complain(to, `${path}[${at}].type`, `Invalid '${path}[${at}].type': the tool may not list itself.`);
    return { type: 'native', dialect: 'openai-chat', value };
  });
}

type Asking = AskedOptions & {
  /** The call on whose behalf it is asked. */
  readonly outer: Call;
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  readonly maxToolCalls?: number;
  readonly output?: Call['output'];
};

/** A conversation with another model; the outer call's preferences as to hosts hold for it, too. */
export function askedCall(asking: Asking): Call {
  const { outer, messages, instructions, tools = [], maxToolCalls, model, maxTokens, reasoning, temperature } = asking;
  const { provider, rules } = outer.gateway;
  const own = { ...(provider && { provider }), ...(rules && { rules }) };
  const system: Message[] =
    instructions === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text: instructions }] }];
  return {
    model: model ?? outer.model,
    models: model === undefined ? outer.models : [],
    stream: true,
    messages: [...system, ...messages],
    tools,
    output: asking.output ?? { type: 'text' },
    sampling: temperature === undefined ? {} : { temperature },
    stop: [],
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(reasoning && { reasoning }),
    ...(outer.user !== undefined && { user: outer.user }),
    ...(outer.blobs && { blobs: outer.blobs }),
    gateway: {
      ...(model === undefined ? own : forbiddenIn(outer.gateway)),
      ...(tools.length > 0 && maxToolCalls !== undefined && { extra: { max_tool_calls: maxToolCalls } }),
    },
  };
}

export const userMessage = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });

/** The visible text of an answer, trimmed. */
export const textOfReply = ({ choices }: Reply): string =>
  (choices[0]?.parts ?? [])
    .map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : ''))
    .join('')
    .trim();

/** A conversation for a model that is offered no tools: what was called, and what came of it, are words. */
export function transcriptOf(messages: readonly Message[]): Message[] {
  return messages.flatMap((message): Message[] => {
    switch (message.role) {
      case 'system':
      case 'developer':
        return [{ role: 'system', parts: message.parts }];
      case 'user':
        return [message];
      case 'tool': {
        const parts: readonly UserPart[] = message.parts;
        return [
          {
            role: 'user',
            parts: [{ type: 'text', text: `Result of the tool ${message.name ?? message.callId}:` }, ...parts],
          },
        ];
      }
      case 'assistant': {
        const text = message.parts
          .map((part) =>
            part.type === 'text'
              ? part.text
              : part.type === 'tool-call'
                ? `(calls ${part.name} ${part.arguments})`
                : '',
          )
          .join('\n')
          .trim();
        return text === '' ? [] : [{ role: 'assistant', parts: [{ type: 'text', text }] }];
      }
      default:
        return message satisfies never;
    }
  });
}
