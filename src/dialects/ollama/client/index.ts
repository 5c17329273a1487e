import type { Json } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { AnswerContext, ClientDialect } from '../../dialect.ts';
import { encodeFault } from '../../ollama-client-fault.ts';
import { OLLAMA } from '../names.ts';
import { chatWords, encodeReply, generateWords, headOf, nowOf, type Words } from './answer.ts';
import { decodeChat, decodeGenerate } from './call.ts';
import { encodeEvents } from './events.ts';

/** `POST /api/chat`, as programs for Ollama speak it. */
export const ollamaChatClient = clientOf({
  id: OLLAMA,
  decodeCall: decodeChat,
  words: chatWords,
  asks: ({ messages }) => messages.length > 0,
});

/** `POST /api/generate`: one question, answered in `response`. */
export const ollamaGenerateClient = clientOf({
  id: 'ollama-generate',
  decodeCall: decodeGenerate,
  words: generateWords,
  asks: ({ messages }) => messages.some(({ role }) => role === 'user'),
});

type Route = Pick<ClientDialect, 'id' | 'decodeCall'> & {
  readonly words: Words;
  /** Is there a question? */
  readonly asks: (call: Call) => boolean;
};

function clientOf({ id, decodeCall, words, asks }: Route): ClientDialect {
  return {
    id,
    decodeCall,
    encodeReply: (reply, answer) => encodeReply(reply, answer, words),
    encodeEvents: (answer) => encodeEvents(answer, words),
    encodeFault,
    unasked: (call, answer) => (asks(call) ? null : loaded(call, answer, words)),
    // The client for Python fails on an empty line, the one for JavaScript complains of it; white space before an object
    // is nothing to them, nor to the one for Go (0.6.3, 0.6.4 and 0.17.4, driven 2026-11-29).
    keepAlive: ' ',
    streamContentType: 'application/x-ndjson',
  };
}

/**
 * A call without a question only loads a model into Ollama's memory, or ends its stay there: one line, even where a stream
 * is asked for.
 */
const loaded = (call: Call, answer: AnswerContext, words: Words): Json => ({
  ...headOf(answer, nowOf(answer)),
  ...words({ content: '' }),
  done: true,
  done_reason: isZero(call.native?.fields.keep_alive) ? 'unload' : 'load',
});

/** A duration in seconds or in Go's notation. */
const isZero = (stay: Json | undefined): boolean => stay === 0 || (typeof stay === 'string' && /^0+[a-z]*$/.test(stay));
