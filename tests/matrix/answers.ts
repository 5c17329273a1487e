import type { QuestionName } from './questions.ts';
import { emptyChoice, type Told, type ToldBill, type ToldChoice, type ToldUsage } from './told.ts';

/** An answer of the matrix: what every upstream transcript of this name says, and the question that it answers. */
export type Answer = {
  readonly question: QuestionName;
  readonly choices: readonly Partial<ToldChoice>[];
  readonly usage?: Partial<ToldUsage>;
  readonly tier?: string;
  readonly streamedOnly?: true;
  readonly error?: RegExp;
};

const tool = (name: string, input: object) => ({ id: '', name, arguments: JSON.stringify(input) });
const koeln = tool('weather', { city: 'Köln' });
const today = 'Today https://weather.example/today';
const bill: ToldBill = { cost: 0.000042, is_byok: true, upstream: 0.00004, prompt: 0.00003, completion: 0.000012 };
const one = (choice: Partial<ToldChoice>, question: QuestionName = 'text'): Answer => ({ question, choices: [choice] });
const calls = (choice: Partial<ToldChoice>, question: QuestionName = 'tools'): Answer =>
  one({ finish: 'tool_calls', ...choice }, question);

export const ANSWERS = {
  text: { ...one({ text: 'Hello, world.' }), usage: { prompt: 11, completion: 4 } },
  unicode: one({ text: 'Grüße, 🌍 — “x”\n\u2028e\u0301 한국어 \\ "y"' }),
  tool: calls({ tools: [koeln] }),
  'parallel-tools': calls({ text: 'I ask twice.', tools: [koeln, tool('weather', { city: 'Bonn' })] }),
  'zero-argument-tool': calls({ tools: [tool('now', {})] }),
  reasoning: one({ reasoning: 'Let me think.', text: 'Done.' }, 'reasoning'),
  'hidden-reasoning': one({ text: 'Done.' }, 'hidden reasoning'),
  'signed-reasoning': calls({ reasoning: 'Let me think.', tools: [koeln] }, 'reasoning'),
  'encrypted-reasoning': calls({ tools: [koeln] }, 'reasoning'),
  structured: one({ text: '{"city":"Köln"}' }, 'JSON schema'),
  'structured-emulated': one({ text: '{"city":"Köln"}' }, 'JSON schema, emulated'),
  'stop-sequence': one({ text: 'One, two' }, 'stop sequences'),
  length: one({ text: 'One, two', finish: 'length' }),
  refusal: one({ refusal: 'I cannot help.' }),
  'content-filter': one({ text: 'Well,', finish: 'content_filter' }),
  'cache-read': { ...one({ text: 'Hello, world.' }), usage: { cacheRead: 20 } },
  'cache-write': { ...one({ text: 'Hello, world.' }), usage: { prompt: 60, cacheWrite: 30 } },
  'reasoning-count': { ...one({ text: 'Hello, world.' }), usage: { completion: 12, reasoning: 7 } },
  'predicted-tokens': { ...one({ text: 'Hello, world.' }), usage: { accepted: 3, rejected: 1 } },
  cost: { ...one({ text: 'Hello, world.' }), usage: { bill } },
  'service-tier': { ...one({ text: 'Hello, world.' }), tier: 'priority' },
  'two-choices': { question: 'two choices', choices: [{ text: 'Heads.' }, { text: 'Tails.' }] },
  logprobs: one({ text: 'Hello', logprobs: [-0.25, -0.5] }, 'log probabilities'),
  citations: one({ text: 'Rain today.', citations: [today] }),
  'document-citations': one({ text: 'Rain today.', documents: ['Weather book'] }),
  'vendor-tool': one({ text: 'Rain today.', citations: [today] }),
  image: { ...one({ text: 'Here.', images: ['picture'] }, 'image wanted'), usage: { completion: 9, imageOut: 5 } },
  audio: {
    ...one({ audio: 'sound', transcript: 'Good morning.' }, 'audio wanted'),
    usage: { audioIn: 6, audioOut: 7 },
  },
  'stream-error': { ...one({ text: 'Hello,' }), streamedOnly: true, error: /The server had an error\./ },
  'failed-finish': { ...one({ text: 'Hello, world.' }), error: /not finish|end/ },
  truncated: { ...one({ text: 'Hello, world.' }), streamedOnly: true, error: /broke off|ended|closed the stream/i },
} as const satisfies { readonly [name: string]: Answer };

export type AnswerName = keyof typeof ANSWERS;
export const ANSWER_NAMES = Object.keys(ANSWERS) as AnswerName[];

/** Answers that say what another transcript says already. */
const SHARED: { readonly [name in AnswerName]?: string } = {
  'hidden-reasoning': 'reasoning',
  'cache-read': 'usage',
  'cache-write': 'usage',
  'reasoning-count': 'usage',
  'predicted-tokens': 'usage',
  cost: 'usage',
};
export const transcriptOf = (name: AnswerName): string => SHARED[name] ?? name;

/** What of a told answer the expectation speaks of: ids are the vendor's affair, JSON is compared as JSON. */
export const comparable = (told: Told) =>
  told.choices.map((choice) => ({
    ...emptyChoice,
    ...choice,
    stopSequence: null,
    vendorItems: 0,
    tools: choice.tools.map(plainTool),
  }));

export const expected = (answer: Answer) =>
  answer.choices.map((choice) => {
    const whole = { ...emptyChoice, ...choice };
    return { ...whole, tools: whole.tools.map(plainTool) };
  });

const plainTool = ({ name, arguments: text }: ToldChoice['tools'][number]) => ({ name, arguments: parsed(text) });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
