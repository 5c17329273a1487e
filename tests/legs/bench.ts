/** What tests of calls of several legs have in common: hosts that ask for tools, in virtual time. */
import type { JsonObject } from '#src/base/json.ts';
import type { Call } from '#src/call/call.ts';
import type { Tool } from '#src/call/tool.ts';
import { type Asked, type Bench, type Exchange, openBench } from '../gateway/bench.ts';

export const serverTool = (id: string, parameters?: JsonObject): Tool => ({
  type: 'native',
  dialect: 'openai-chat',
  value: { type: `openrouter:${id}`, ...(parameters && { parameters }) },
});

export const weather: Tool = { type: 'function', name: 'get_weather', parameters: { type: 'object', properties: {} } };

const frameOf = (delta: JsonObject, finish: string | null = null): JsonObject => ({
  id: 'x',
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
});

export const usageOf = (prompt: number, completion: number): JsonObject => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

export type ToolUse = { readonly id: string; readonly name: string; readonly arguments?: string };

/** A host's streamed turn in which it calls tools. */
export function callTools(exchange: Exchange, uses: readonly ToolUse[], said = ''): void {
  exchange.open();
  if (said !== '') exchange.frame(frameOf({ content: said }));
  for (const [index, { id, name, arguments: text = '{}' }] of uses.entries())
    exchange.frame(frameOf({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] }));
  exchange.frame({ ...frameOf({}, 'tool_calls'), usage: usageOf(100, 10) });
  exchange.done();
}

/** A host's streamed turn in which it answers. */
export function answer(exchange: Exchange, text: string, finish = 'stop'): void {
  exchange.open();
  exchange.frame(frameOf({ content: text }));
  exchange.frame({ ...frameOf({}, finish), usage: usageOf(200, 20) });
  exchange.done();
}

/** The same turns in one piece. */
export const callToolsWhole = (exchange: Exchange, uses: readonly ToolUse[], said: string | null = null): void =>
  exchange.reply({
    id: 'x',
    model: 'm',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: said,
          tool_calls: uses.map(({ id, name, arguments: text = '{}' }) => ({
            id,
            type: 'function',
            function: { name, arguments: text },
          })),
        },
      },
    ],
    usage: usageOf(100, 10),
  });

export const answerWhole = (exchange: Exchange, text: string): void =>
  exchange.reply({
    id: 'x',
    model: 'm',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }],
    usage: usageOf(200, 20),
  });

/** Exa's answer to a search. */
export const found = (exchange: Exchange, ...names: readonly string[]): void =>
  exchange.reply({
    results: names.map((name) => ({ url: `https://${name}.test/page`, title: name, highlights: [`About ${name}.`] })),
  });

export type LegBench = Bench & {
  readonly begin: (call: Partial<Call>, limit?: bigint) => Promise<Asked>;
  /** The latest exchange, once there are so many. */
  readonly exchange: (count: number) => Promise<Exchange>;
  readonly settle: (asked: Asked) => Promise<void>;
};

/** One host, and Exa. */
export async function openLegs(hosts: Parameters<typeof openBench>[0] = { one: {} }): Promise<LegBench> {
  const bench = await openBench(hosts, { EXA_API_KEY: 'k' });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const until = async (isDone: () => boolean, what: string): Promise<void> => {
    for (let turns = 0; turns < 500 && !isDone(); turns++) await turn();
    if (!isDone()) throw new Error(`${what} did not come; exchanges: ${bench.exchanges.length}`);
  };
  return {
    ...bench,
    begin: async (call, limit) => bench.ask(await bench.keyOf(limit), call),
    exchange: async (count) => {
      await until(() => bench.exchanges.length >= count, `exchange ${count}`);
      const last = bench.exchanges[count - 1];
      if (!last) throw new Error('there is no such exchange');
      return last;
    },
    settle: async (asked) => {
      await until(() => asked.result() !== null, 'the end');
    },
  };
}
