import type { Json, JsonObject } from '../../../src/base/json.ts';
import { pico } from '../../../src/base/money.ts';
import { openaiResponsesUpstream } from '../../../src/dialects/openai-responses/upstream/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import {
  type Asked,
  type AskedTurn,
  effortNamed,
  joinResults,
  markAt,
  NOTHING,
  resultOf,
  sent,
  turnOf,
} from '../asked.ts';
import { mediumOf } from '../media.ts';
import type { Upstream } from '../upstream.ts';

type Part = {
  type: string;
  text?: string;
  image_url?: string;
  file_data?: string;
  file_url?: string;
  input_audio?: { data: string };
  prompt_cache_breakpoint?: Json;
};
type Item = {
  type?: string;
  role?: string;
  content?: string | Part[];
  call_id?: string;
  name?: string;
  arguments?: string;
  output?: string | Part[];
  encrypted_content?: string;
};
type Body = {
  input: Item[];
  instructions?: string;
  tools?: { type: string; name: string; parameters: Json; strict?: boolean }[];
  tool_choice?: string | { type: string; name?: string; mode?: string; tools?: { name: string }[] };
  parallel_tool_calls?: boolean;
  reasoning?: { effort?: string };
  text?: { format?: { type: string; schema?: Json }; verbosity?: string };
  top_p?: number;
  service_tier?: string;
  max_output_tokens?: number;
  temperature?: number;
  top_logprobs?: number;
  include?: string[];
};

const SYSTEM = ['system', 'developer'];
const textOf = (content: string | Part[] | undefined): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('');

function read(json: JsonObject): Asked {
  const body = json as unknown as Body;
  const names = new Map(
    body.input
      .map((item) => [item.call_id, item.type === 'function_call' ? item.name : undefined] as const)
      .filter(([, name]) => name),
  );
  const turns: AskedTurn[] = [];
  for (const item of body.input) addItem(turns, item, names);
  const functions = (body.tools ?? []).filter(({ type }) => type === 'function');
  const said = body.input.filter(({ role = '' }) => SYSTEM.includes(role)).map(({ content }) => textOf(content));
  return {
    ...NOTHING,
    system: (body.instructions ?? '') + said.join(''),
    turns: joinResults(turns),
    tools: functions.map(({ name, parameters }) => ({ name, parameters })),
    strictTools: functions.flatMap(({ name, strict }) => (strict ? [name] : [])),
    ...choiceOf(
      body,
      functions.map(({ name }) => name),
    ),
    parallel: body.parallel_tool_calls ?? true,
    vendorTools: (body.tools ?? []).length - functions.length,
    effort: effortNamed(body.reasoning?.effort),
    schema: body.text?.format?.schema ?? null,
    json: body.text?.format?.type === 'json_object',
    verbosity: body.text?.verbosity ?? null,
    tier: body.service_tier ?? null,
    sampling: sent({ top_p: body.top_p }),
    maxTokens: body.max_output_tokens ?? null,
    temperature: body.temperature ?? null,
    logprobs: body.include?.includes('message.output_text.logprobs') ?? false,
    cacheMarks: body.input.flatMap(({ role, content, output }) =>
      [...listOf(content), ...listOf(output)].flatMap((part) =>
        markAt(role === undefined ? 'result' : SYSTEM.includes(role) ? 'system' : role, part.prompt_cache_breakpoint),
      ),
    ),
    opaque: body.input.flatMap(({ encrypted_content }) => encrypted_content ?? []),
  };
}

const listOf = (content: string | Part[] | undefined): Part[] => (typeof content === 'object' ? content : []);

function choiceOf({ tool_choice: choice }: Body, names: readonly string[]): Pick<Asked, 'callable' | 'mustCall'> {
  if (typeof choice !== 'object') return { callable: choice === 'none' ? [] : names, mustCall: choice === 'required' };
  if (choice.type !== 'allowed_tools') return { callable: [choice.name ?? ''], mustCall: true };
  return { callable: (choice.tools ?? []).map(({ name }) => name), mustCall: choice.mode === 'required' };
}

const mediaOf = (content: string | Part[] | undefined): string[] =>
  listOf(content)
    .flatMap((part) => part.image_url ?? part.file_data ?? part.file_url ?? part.input_audio?.data ?? [])
    .map(mediumOf);

function addItem(turns: AskedTurn[], item: Item, names: ReadonlyMap<string | undefined, string | undefined>): void {
  const empty = { text: '', media: [], calls: [], results: [] };
  if (item.type === 'reasoning' || SYSTEM.includes(item.role ?? '')) return;
  if (item.type === 'function_call') {
    const call = { name: item.name ?? '', arguments: JSON.parse(item.arguments ?? '') };
    const last = turns.at(-1);
    if (last?.role === 'assistant') turns[turns.length - 1] = { ...last, calls: [...(last.calls ?? []), call] };
    else turns.push(turnOf({ ...empty, role: 'assistant', calls: [call] }));
  } else if (item.type === 'function_call_output') {
    const result = resultOf(names.get(item.call_id) ?? '', textOf(item.output), mediaOf(item.output));
    turns.push(turnOf({ ...empty, role: 'tool', results: [result] }));
  } else {
    const media = mediaOf(item.content);
    turns.push(turnOf({ ...empty, role: item.role as AskedTurn['role'], text: textOf(item.content), media }));
  }
}

export const responsesUpstream: Upstream = {
  name: 'openai-responses',
  dialect: openaiResponsesUpstream,
  target: sampleTarget('openai-responses', {
    dialect: { quirks: ['strict-schemas', 'prompt-cache-breakpoint'] },
    endpoint: {
      price: { input: pico(1n), inputCacheWrite: pico(1n), output: pico(2n), webSearch: pico(9n), overrides: [] },
    },
  }),
  read,
  thinks: 'openai',
  takesBack: 'openai',
  cannot: {
    'two-choices': 'one answer to a call',
    'stop-sequence': 'no stop sequences',
    audio: 'no audio output',
  },
  instead: { 'structured-emulated': 'structured' },
  counts: { cacheRead: true, cacheWrite: true, reasoning: true },
};
