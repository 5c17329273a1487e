import type { Json, JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { Bill } from '../../../call/event.ts';
import type { FinishReason } from '../../../call/finish.ts';
import type { Source } from '../../../call/message.ts';
import type { Choice, Reply } from '../../../call/reply.ts';
import { completionTokens, promptTokens, type Usage } from '../../../call/usage.ts';
import type { AnswerContext } from '../../dialect.ts';
import { encodeUsage } from '../../openai-client-usage.ts';
import { argumentsOf } from '../messages.ts';

/** A piece of an answer, or all of it, before it is written in the words of one of the routes. */
export type OllamaAnswer = {
  readonly content: string;
  readonly thinking?: string;
  readonly images?: readonly string[];
  readonly calls?: readonly JsonObject[];
};

/** What distinguishes the answers of `/api/chat` and `/api/generate`. */
export type Words = (said: OllamaAnswer) => JsonObject;

/** `POST /api/chat`: everything stands in a message. */
export const chatWords: Words = ({ content, thinking, images, calls }) => ({
  message: {
    role: 'assistant',
    content,
    ...(thinking && { thinking }),
    ...(images && images.length > 0 && { images }),
    ...(calls && calls.length > 0 && { tool_calls: calls }),
  },
});

/** `POST /api/generate`: the text is the response; a picture stands alone there. */
export const generateWords: Words = ({ content, thinking, images, calls }) => ({
  response: content,
  ...(thinking && { thinking }),
  ...(images?.[0] !== undefined && { image: images[0] }),
  ...(calls && calls.length > 0 && { tool_calls: calls }),
});

export const headOf = (answer: AnswerContext, at: number): JsonObject => ({
  model: answer.model,
  created_at: new Date(at).toISOString(),
});

/** Milliseconds since 1970 by the clock of the answer. */
export const nowOf = ({ now, created }: AnswerContext): number => now?.() ?? created * 1000;

/** An answer that is whole. When its first word came is not known: all of its time counts as that of its writing. */
export function encodeReply(reply: Reply, answer: AnswerContext, words: Words): Json {
  const choice = reply.choices[0];
  const at = nowOf(answer);
  const content = choice?.logprobs?.content;
  return {
    ...headOf(answer, at),
    ...words(saidBy(choice, answer.call)),
    ...(content && content.length > 0 && { logprobs: content }),
    done: true,
    done_reason: doneReason(choice?.finish ?? 'stop'),
    ...timesOf({ begun: answer.receivedAt ?? at, spoke: answer.receivedAt ?? at, ended: at }),
    ...(reply.usage && countsOf(reply.usage, reply.bill)),
    ...answer.extra,
  };
}

function saidBy(choice: Choice | undefined, call: Call): OllamaAnswer {
  let content = '';
  let thinking = '';
  const images: string[] = [];
  const calls: JsonObject[] = [];
  for (const part of choice?.parts ?? [])
    switch (part.type) {
      case 'text':
      case 'refusal':
        content += part.text;
        break;
      case 'reasoning':
        if (part.kind !== 'encrypted' && call.reasoning?.exclude !== true) thinking += part.text;
        break;
      case 'tool-call':
        calls.push(toolCall(part, calls.length));
        break;
      case 'image':
        content += pictureOf(part.source, images);
        break;
      case 'audio': {
        const transcript = part.native?.fields.transcript;
        if (typeof transcript === 'string') content += transcript;
        break;
      }
      default:
        part satisfies never;
    }
  return { content, thinking, images, calls };
}

/** Images are bytes here; one that is only named is told in the text. */
export function pictureOf(source: Source, images: string[]): string {
  if (source.kind === 'base64') images.push(source.data);
  return source.kind === 'url' ? `![](${source.url})` : '';
}

/** Arguments are an object; Ollama's newer versions tell ids too, and programs that know them send them back. */
export const toolCall = (
  { id, name, arguments: text }: { readonly id: string; readonly name: string; readonly arguments: string },
  index: number,
): JsonObject => ({ id, function: { index, name, arguments: argumentsOf(text) } });

/** Calls end a turn with `stop` at Ollama. What it has no word for keeps ours: programs only look for `length`. */
export const doneReason = (finish: FinishReason): string => (finish === 'tool_calls' ? 'stop' : finish);

/** In milliseconds since 1970: when the call came, when the first word of the answer did, and when it was whole. */
type Times = { readonly begun: number; readonly spoke: number; readonly ended: number };

/** Durations are whole nanoseconds. No model is ever loaded here. */
export const timesOf = ({ begun, spoke, ended }: Times): JsonObject => ({
  total_duration: nanoseconds(ended - begun),
  load_duration: 0,
  prompt_eval_duration: nanoseconds(spoke - begun),
  eval_duration: nanoseconds(ended - spoke),
});
const nanoseconds = (ms: number): number => Math.max(0, Math.round(ms)) * 1_000_000;

/** Ollama's counts; the caches', the thoughts' and the bill stand beside them in OpenRouter's words. */
export const countsOf = (usage: Usage, bill: Bill | undefined): JsonObject => ({
  prompt_eval_count: promptTokens(usage),
  eval_count: completionTokens(usage),
  usage: encodeUsage(usage, bill),
});
