/** A model on loopback that plays a script for an agent: tool calls in turn, then a closing word with what it heard. */
import { createServer } from 'node:http';

/** The tools to call, one a turn. */
export type Script = readonly { readonly tool: string; readonly input: { readonly [name: string]: unknown } }[];
export type Format = 'openai' | 'anthropic';
export type Turn = { readonly format: Format; readonly tools: readonly string[]; readonly results: readonly string[] };

export type ScriptedModel = {
  readonly origin: string;
  readonly turns: Turn[];
  readonly play: (script: Script) => void;
  readonly close: () => void;
};

type Block = { readonly type?: string; readonly text?: string; readonly content?: unknown };
type Body = {
  readonly tools?: readonly { readonly name?: string; readonly function?: { readonly name: string } }[];
  readonly messages: readonly { readonly role: string; readonly content: string | null | readonly Block[] }[];
};
type Step = { readonly tool: string; readonly input: object } | { readonly text: string };

const textOf = (content: unknown): string =>
  typeof content === 'string' ? content : Array.isArray(content) ? content.map(({ text }) => text ?? '').join('') : '';

/** What the tools have answered so far. */
function resultsOf({ messages }: Body): string[] {
  return messages.flatMap(({ role, content }) => {
    if (role === 'tool') return [textOf(content)];
    if (!Array.isArray(content)) return [];
    return content.filter(({ type }) => type === 'tool_result').map((block) => textOf(block.content));
  });
}

const frame = (body: object): string => `data: ${JSON.stringify(body)}\n\n`;
const named = (type: string, body: object = {}): string => `event: ${type}\n${frame({ type, ...body })}`;

const callId = (turn: number): string => `call_${turn}`;

function openaiFrames(step: Step, turn: number): string[] {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_795_000_000, model: 'scripted' };
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    frame({ ...head, choices: [{ index: 0, delta, finish_reason }] });
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  const last = [frame({ ...head, choices: [], usage }), 'data: [DONE]\n\n'];
  if ('text' in step) return [chunk({ role: 'assistant', content: step.text }), chunk({}, 'stop'), ...last];
  const call = { index: 0, id: callId(turn), type: 'function', function: { name: step.tool, arguments: '' } };
  const json = JSON.stringify(step.input);
  const half = Math.ceil(json.length / 2);
  return [
    chunk({ role: 'assistant', content: null, tool_calls: [call] }),
    ...[json.slice(0, half), json.slice(half)].map((piece) =>
      chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
    ),
    chunk({}, 'tool_calls'),
    ...last,
  ];
}

function anthropicFrames(step: Step, turn: number): string[] {
  const usage = { input_tokens: 100, output_tokens: 10 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'scripted', content: [], usage };
  const isText = 'text' in step;
  const content_block = isText
    ? { type: 'text', text: '' }
    : { type: 'tool_use', id: callId(turn), name: step.tool, input: {} };
  const delta = isText
    ? { type: 'text_delta', text: step.text }
    : { type: 'input_json_delta', partial_json: JSON.stringify(step.input) };
  const stop_reason = isText ? 'end_turn' : 'tool_use';
  return [
    named('message_start', { message: { ...message, stop_reason: null, stop_sequence: null } }),
    named('content_block_start', { index: 0, content_block }),
    named('content_block_delta', { index: 0, delta }),
    named('content_block_stop', { index: 0 }),
    named('message_delta', { delta: { stop_reason, stop_sequence: null }, usage }),
    named('message_stop'),
  ];
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  let script: Script = [];
  const turns: Turn[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const body = JSON.parse(text) as Body;
    const format = request.url?.endsWith('/messages') ? 'anthropic' : 'openai';
    const tools = (body.tools ?? []).map((tool) => tool.function?.name ?? tool.name ?? '');
    const results = resultsOf(body);
    turns.push({ format, tools, results });
    const next = tools.length > 0 ? script[results.length] : undefined;
    const step: Step = next ?? { text: `The script is over. Last heard: ${results.at(-1)}` };
    const frames = format === 'anthropic' ? anthropicFrames : openaiFrames;
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames(step, turns.length).join(''));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    turns,
    play: (next) => {
      script = next;
      turns.length = 0;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
