import { isObject, type JsonObject } from '../../base/json.ts';

/** What a host was asked, as far as it matters to its answer. */
export type Asked = {
  readonly dialect: 'openai-chat' | 'anthropic-messages';
  readonly stream: boolean;
  readonly choices: number;
  /** Tokens that an answer may have; null = nobody said. */
  readonly maxTokens: number | null;
};

/** What a host has in mind to say, and what it says it counted. */
export type Saying = {
  /** Marks every word, so that a mixture of two answers shows. */
  readonly mark: string;
  readonly words: number;
  /** The words end because no more were permitted. */
  readonly isCut: boolean;
  readonly usage: JsonObject | null;
};

/** About what a tokenizer makes of `w123.45 `. */
export const WORD_TOKENS = 4;

/** A streamed answer in pieces: what comes before the words, a frame for each word, and the proper end. */
export type ScriptedAnswer = {
  readonly head: string;
  readonly words: readonly string[];
  readonly tail: string;
  readonly terminal: string;
};

export function askedOf(url: string, body: string): Asked {
  const parsed: unknown = JSON.parse(body);
  const asked = isObject(parsed) ? parsed : {};
  return {
    dialect: url.endsWith('/messages') ? 'anthropic-messages' : 'openai-chat',
    stream: asked.stream === true,
    choices: typeof asked.n === 'number' ? asked.n : 1,
    maxTokens: typeof asked.max_tokens === 'number' ? asked.max_tokens : null,
  };
}

export const wordOf = (mark: string, at: number): string => `${mark}.${at} `;
export const textOf = ({ mark, words }: Saying): string =>
  Array.from({ length: words }, (_, at) => wordOf(mark, at)).join('');

const sse = (data: unknown, event?: string): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;

export function spoken(asked: Asked, saying: Saying): ScriptedAnswer {
  return asked.dialect === 'openai-chat' ? spokenByOpenai(asked, saying) : spokenByAnthropic(saying);
}

function spokenByOpenai({ choices }: Asked, { mark, words, isCut, usage }: Saying): ScriptedAnswer {
  const chunk = (delta: JsonObject, finish: string | null, index: number): string =>
    sse({ id: mark, object: 'chat.completion.chunk', choices: [{ index, delta, finish_reason: finish }] });
  const each = (write: (index: number) => string): string =>
    Array.from({ length: choices }, (_, index) => write(index)).join('');
  return {
    head: each((index) => chunk({ role: 'assistant', content: '' }, null, index)),
    words: Array.from({ length: words }, (_, at) => each((index) => chunk({ content: wordOf(mark, at) }, null, index))),
    tail:
      each((index) => chunk({}, isCut ? 'length' : 'stop', index)) +
      (usage ? sse({ id: mark, choices: [], usage }) : ''),
    terminal: 'data: [DONE]\n\n',
  };
}

function spokenByAnthropic({ mark, words, isCut, usage }: Saying): ScriptedAnswer {
  const message = { id: mark, type: 'message', role: 'assistant', content: [], model: 'x', stop_reason: null };
  const typed = (value: JsonObject & { readonly type: string }): string => sse(value, value.type);
  return {
    head:
      typed({ type: 'message_start', message: { ...message, ...(usage && { usage }) } }) +
      typed({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    words: Array.from({ length: words }, (_, at) =>
      typed({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: wordOf(mark, at) } }),
    ),
    tail:
      typed({ type: 'content_block_stop', index: 0 }) +
      typed({
        type: 'message_delta',
        delta: { stop_reason: isCut ? 'max_tokens' : 'end_turn' },
        ...(usage && { usage }),
      }),
    terminal: typed({ type: 'message_stop' }),
  };
}

/** The same answer whole, as JSON. */
export function wholeAnswer(asked: Asked, saying: Saying): string {
  const { mark, usage } = saying;
  const content = textOf(saying);
  if (asked.dialect === 'anthropic-messages')
    return JSON.stringify({
      id: mark,
      type: 'message',
      role: 'assistant',
      model: 'x',
      content: [{ type: 'text', text: content }],
      stop_reason: saying.isCut ? 'max_tokens' : 'end_turn',
      ...(usage && { usage }),
    });
  const choices = Array.from({ length: asked.choices }, (_, index) => ({
    index,
    message: { role: 'assistant', content },
    finish_reason: saying.isCut ? 'length' : 'stop',
  }));
  return JSON.stringify({ id: mark, object: 'chat.completion', choices, ...(usage && { usage }) });
}

/** The count of an honest host, in the words of its format. */
export const honestUsage = (asked: Asked, prompt: number, output: number): JsonObject =>
  asked.dialect === 'openai-chat'
    ? { prompt_tokens: prompt, completion_tokens: output, total_tokens: prompt + output }
    : { input_tokens: prompt, output_tokens: output };
