/**
 * A provider that does all that it was permitted to do, and bills it honestly: a token for each byte of the prompt, every
 * picture and page at its dearest, as many searches and as much reasoning as it may, every answer to its last token.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';

export const CONTEXT = 16_000;
export const MAX_OUTPUT = 2_000;
/** US dollars per million tokens, and per search. */
const PRICE = { input: 1, write: 1.6, audio: 4, output: 2, reasoning: 3, search: 0.0005 };

type Body = { readonly [name: string]: unknown };
type Invoice = { readonly usage: object; readonly nano: number };

export type HonestHost = {
  readonly catalogue: { readonly [path: string]: string };
  /** What it has billed so far, in nano-dollars. */
  readonly billed: () => number;
  /** The bodies that it was sent. */
  readonly asked: readonly Body[];
  readonly close: () => void;
};

export async function startHonestHost(): Promise<HonestHost> {
  let billed = 0;
  const asked: Body[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const bytes of request) text += bytes;
    const body = JSON.parse(text) as Body;
    asked.push(body);
    const isMessages = request.url?.endsWith('/messages') === true;
    const { usage, nano } = isMessages ? invoiceOfMessages(body) : invoiceOfChat(body);
    billed += nano;
    if (isMessages) answerMessages(response, body, usage);
    else answerChat(response, body, usage);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  const url = `http://127.0.0.1:${address.port}/v1`;
  const limits = `context = ${CONTEXT}\nmax_output = ${MAX_OUTPUT}\ninput = ["text", "image", "file", "audio"]\n`;
  const features = 'features = ["tools", "reasoning", "max_tokens"]\n';
  const { input, write, audio, output, reasoning, search } = PRICE;
  const price = `input = "${input}", input_audio = "${audio}", input_cache_write_1h = "${write}", output = "${output}", output_reasoning = "${reasoning}", web_search = "${search}"`;
  const modelOf = (host: string): string =>
    `name = "One"\n${limits}[endpoints.${host}]\n${features}price = { ${price} }\n`;
  return {
    catalogue: {
      'providers/host.toml': `name = "Host"\nbase_url = "${url}"\nauth = { scheme = "none" }\n`,
      'providers/searcher.toml': `name = "Searcher"\nbase_url = "${url}"\nauth = { scheme = "none" }\n[dialects.anthropic-messages]\n`,
      'models/acme/one.toml': modelOf('host'),
      'models/acme/searcher.toml': modelOf('searcher'),
    },
    billed: () => billed,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const nanoOf = (million: number, tokens: number): number => million * 1_000 * tokens;

function invoiceOfChat(body: Body): Invoice {
  const audio = Math.min(CONTEXT, audioTokens(body.messages));
  const prompt = Math.min(CONTEXT, audio + tokensIn(body.messages) + tokensIn(body.tools));
  const answers = typeof body.n === 'number' ? body.n : 1;
  const most = typeof body.max_tokens === 'number' ? body.max_tokens : MAX_OUTPUT;
  const completion = answers * Math.min(most, MAX_OUTPUT);
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { audio_tokens: audio },
    completion_tokens_details: { reasoning_tokens: completion },
  };
  const nano = nanoOf(PRICE.audio, audio) + nanoOf(PRICE.input, prompt - audio) + nanoOf(PRICE.reasoning, completion);
  return { usage, nano: Math.ceil(nano) };
}

/** It searches as often as it may, each time with the prompt and what it found anew, all of it written to the cache. */
function invoiceOfMessages(body: Body): Invoice {
  const tools = (body.tools ?? []) as readonly Body[];
  const searches = tools.reduce(
    (sum, { type, max_uses }) => (String(type).startsWith('web_search') ? sum + Number(max_uses ?? 50) : sum),
    0,
  );
  const prompt = tokensIn(body.messages) + tokensIn(body.system) + tokensIn(tools);
  let written = 0;
  for (let step = 0; step <= searches; step++) written += Math.min(CONTEXT, prompt + step * 8_000);
  const output = Number(body.max_tokens);
  const usage = {
    input_tokens: 0,
    cache_creation_input_tokens: written,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: written },
    output_tokens: output,
    output_tokens_details: { thinking_tokens: output },
    server_tool_use: { web_search_requests: searches },
  };
  const nano = nanoOf(PRICE.write, written) + nanoOf(PRICE.reasoning, output) + searches * PRICE.search * 1e9;
  return { usage, nano: Math.ceil(nano) };
}

/** A token for each byte of text; media by their kinds, at what the dearest vendor asks. */
function tokensIn(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + tokensIn(one), 0);
  const { type } = value as Body;
  if (type === 'file' || type === 'document') return CONTEXT;
  if (type === 'image_url' || type === 'image') return 2_833 + 5_667; // one tile of 512 pixels, at gpt-4o-mini's rate
  if (type === 'input_audio') return 0;
  return Object.values(value).reduce((sum: number, one) => sum + tokensIn(one), 0);
}

/** 32 for each second of 16-bit samples at 8 kHz. */
function audioTokens(messages: unknown): number {
  const found = JSON.stringify(messages).matchAll(/"input_audio":\{"data":"([^"]*)"/g);
  let tokens = 0;
  for (const [, data = ''] of found) tokens += Math.ceil((32 * Buffer.from(data, 'base64').length) / 16_000);
  return tokens;
}

function answerChat(response: ServerResponse, { n, stream }: Body, usage: object): void {
  const answers = typeof n === 'number' ? n : 1;
  const each = (choice: (index: number) => object): object[] =>
    Array.from({ length: answers }, (_, index) => choice(index));
  if (stream !== true) {
    const choices = each((index) => ({
      index,
      message: { role: 'assistant', content: 'ok' },
      finish_reason: 'length',
    }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', choices, usage }));
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  const frame = (value: object): string => `data: ${JSON.stringify({ id: 'c', ...value })}\n\n`;
  const words = frame({ choices: each((index) => ({ index, delta: { content: 'ok' }, finish_reason: null })) });
  const ends = frame({ choices: each((index) => ({ index, delta: {}, finish_reason: 'length' })) });
  response.end(`${words}${ends}${frame({ choices: [], usage })}data: [DONE]\n\n`);
}

function answerMessages(response: ServerResponse, { stream }: Body, usage: object): void {
  const message = { id: 'm', type: 'message', role: 'assistant', model: 'x', stop_sequence: null };
  const text = { type: 'text', text: 'ok' };
  if (stream !== true) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...message, content: [text], stop_reason: 'max_tokens', usage }));
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  const frame = (value: { readonly type: string; readonly [name: string]: unknown }): string =>
    `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
  response.end(
    [
      frame({
        type: 'message_start',
        message: { ...message, content: [], stop_reason: null, usage: { input_tokens: 1, output_tokens: 1 } },
      }),
      frame({ type: 'content_block_start', index: 0, content_block: { ...text, text: '' } }),
      frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ok' } }),
      frame({ type: 'content_block_stop', index: 0 }),
      frame({ type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage }),
      frame({ type: 'message_stop' }),
    ].join(''),
  );
}
