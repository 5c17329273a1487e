import type { Json, JsonObject } from '../../../src/base/json.ts';
import { ollamaUpstream } from '../../../src/dialects/ollama/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import { type Asked, type AskedTurn, effortNamed, joinResults, NOTHING, resultOf, sent, turnOf } from '../asked.ts';
import { mediumOf } from '../media.ts';
import type { Upstream } from '../upstream.ts';

type Message = {
  role: string;
  content: string;
  images?: string[];
  tool_name?: string;
  tool_calls?: { function: { name: string; arguments: Json } }[];
};
type Body = {
  messages: Message[];
  tools?: { function: { name: string; parameters: Json } }[];
  think?: boolean | string;
  format?: Json;
  logprobs?: boolean;
  options?: { num_predict?: number; temperature?: number; stop?: string[] } & JsonObject;
};

function read(json: JsonObject): Asked {
  const { messages, tools = [], think, format = null, logprobs = false, options = {} } = json as unknown as Body;
  return {
    ...NOTHING,
    system: messages.map(({ role, content }) => (role === 'system' ? content : '')).join(''),
    turns: joinResults(messages.filter(({ role }) => role !== 'system').map(turn)),
    tools: tools.map((tool) => ({ name: tool.function.name, parameters: tool.function.parameters })),
    callable: tools.map((tool) => tool.function.name),
    effort: think === false ? 'none' : typeof think === 'string' ? effortNamed(think) : null,
    schema: typeof format === 'object' ? format : null,
    json: format === 'json',
    sampling: sent(
      Object.fromEntries(
        ['top_p', 'top_k', 'seed', 'frequency_penalty', 'presence_penalty'].map((name) => [name, options[name]]),
      ),
    ),
    maxTokens: options.num_predict ?? null,
    temperature: options.temperature ?? null,
    stop: options.stop ?? [],
    logprobs,
  };
}

function turn({ role, content, images = [], tool_name = '', tool_calls = [] }: Message): AskedTurn {
  const isResult = role === 'tool';
  const media = images.map(mediumOf);
  return turnOf({
    role: role as AskedTurn['role'],
    text: isResult ? '' : content,
    media: isResult ? [] : media,
    calls: tool_calls.map((call) => ({ name: call.function.name, arguments: call.function.arguments })),
    results: isResult ? [resultOf(tool_name, content, media)] : [],
  });
}

const NO_OPAQUE = 'thinking is plain text';

export const ollamaUpstreamOfMatrix: Upstream = {
  name: 'ollama',
  dialect: ollamaUpstream,
  target: sampleTarget('ollama'),
  read,
  thinks: null,
  takesBack: null,
  cannot: {
    'two-choices': 'one answer to a call',
    refusal: 'a refusal is text',
    'content-filter': 'no such done_reason',
    citations: 'no citations',
    'document-citations': 'no citations',
    'vendor-tool': 'no tools of its own',
    'service-tier': 'no tiers',
    image: 'text output only',
    'failed-finish': 'no such done_reason',
    audio: 'text output only',
    'signed-reasoning': NO_OPAQUE,
    'encrypted-reasoning': NO_OPAQUE,
    'cache-read': 'no such count',
  },
  instead: { 'structured-emulated': 'structured' },
  counts: { cacheRead: false, cacheWrite: false, reasoning: false },
};
