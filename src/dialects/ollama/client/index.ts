import type { Json } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { AnswerContext, ClientDialect } from '../../dialect.ts';
import { OLLAMA } from '../names.ts';
import { chatWords, encodeReply, generateWords, headOf, nowOf, type Words } from './answer.ts';
import { decodeChat, decodeGenerate } from './call.ts';
import { encodeEvents } from './events.ts';
import { encodeFault } from './fault.ts';

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
    unasked: (call, answer) => (asks(call) ? null : loaded(answer, words)),
    // Every line is parsed, an empty one too, by the clients for Python (0.6.3) and Go; white space before an object is
    // none to any of them, nor to the one for JavaScript (0.6.4; tried 2026-11-29).
    keepAlive: ' ',
    streamContentType: 'application/x-ndjson',
  };
}

/** A call without a question only loads a model into Ollama's memory: one line, even where a stream is asked for. */
const loaded = (answer: AnswerContext, words: Words): Json => ({
  ...headOf(answer, nowOf(answer)),
  ...words({ content: '' }),
  done: true,
  done_reason: 'load',
});
