import type { Json, JsonObject } from '../../../src/base/json.ts';
import { openaiResponsesUpstream } from '../../../src/dialects/openai-responses/upstream/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import { type Asked, type AskedTurn, joinResults, mediumOf, turnOf } from '../asked.ts';
import type { Upstream } from '../upstream.ts';

type Part = { type: string; text?: string; image_url?: string; file_data?: string };
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
  tools?: { name: string; parameters: Json }[];
  tool_choice?: string | { name: string };
  parallel_tool_calls?: boolean;
  reasoning?: { effort?: string };
  text?: { format?: { schema?: Json } };
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
  const choice = body.tool_choice;
  const said = body.input.filter(({ role = '' }) => SYSTEM.includes(role)).map(({ content }) => textOf(content));
  return {
    system: (body.instructions ?? '') + said.join(''),
    turns: joinResults(turns),
    tools: (body.tools ?? []).map(({ name, parameters }) => ({ name, parameters })),
    toolChoice: typeof choice === 'object' ? choice.name : (choice ?? null),
    parallel: body.parallel_tool_calls ?? true,
    reasoning: body.reasoning?.effort !== undefined,
    schema: body.text?.format?.schema ?? null,
    maxTokens: body.max_output_tokens ?? null,
    temperature: body.temperature ?? null,
    stop: [],
    choices: 1,
    logprobs: body.include?.includes('message.output_text.logprobs') ?? false,
    cacheMarks: 0,
    opaque: body.input.flatMap(({ encrypted_content }) => encrypted_content ?? []),
  };
}

function addItem(turns: AskedTurn[], item: Item, names: ReadonlyMap<string | undefined, string | undefined>): void {
  const empty = { text: '', media: [], calls: [], results: [] };
  if (item.type === 'reasoning' || SYSTEM.includes(item.role ?? '')) return;
  if (item.type === 'function_call') {
    const call = { name: item.name ?? '', arguments: JSON.parse(item.arguments ?? '') };
    const last = turns.at(-1);
    if (last?.role === 'assistant') turns[turns.length - 1] = { ...last, calls: [...(last.calls ?? []), call] };
    else turns.push(turnOf({ ...empty, role: 'assistant', calls: [call] }));
  } else if (item.type === 'function_call_output') {
    const result = { name: names.get(item.call_id) ?? '', text: textOf(item.output) };
    turns.push(turnOf({ ...empty, role: 'tool', results: [result] }));
  } else {
    const parts = typeof item.content === 'string' ? [] : (item.content ?? []);
    const media = parts.flatMap((part) => part.image_url ?? part.file_data ?? []).map(mediumOf);
    turns.push(turnOf({ ...empty, role: item.role as AskedTurn['role'], text: textOf(item.content), media }));
  }
}

export const responsesUpstream: Upstream = {
  dialect: openaiResponsesUpstream,
  target: sampleTarget('openai-responses'),
  read,
  cannot: { 'two-choices': 'one answer to a call', 'stop-sequence': 'no stop sequences' },
  counts: { cacheRead: true, cacheWrite: true, reasoning: true },
};
