/**
 * Three vendors on loopback, each in its own documented wire format. They note what they are asked and answer what they
 * were shown; an image that does not arrive as the vendor wants it is refused as the vendor would.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { RED_PNG } from './prove.ts';

export type Vendor = 'openai' | 'anthropic' | 'google';
type Body = {
  readonly stream?: boolean;
  readonly messages?: readonly { readonly content: readonly Part[] }[];
  readonly contents?: readonly { readonly parts: readonly Part[] }[];
};
type Part = { readonly [field: string]: unknown };
export type Asked = { readonly vendor: Vendor; readonly path: string; readonly body: Body };

export type Vendors = {
  readonly origin: string;
  /** The address of a picture on this machine. */
  readonly picture: string;
  readonly host: string;
  readonly asked: Asked[];
  /** How often the picture was fetched. */
  readonly fetched: () => number;
  readonly close: () => void;
};

export const ANSWER = 'A plain red square.';

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const events = (response: ServerResponse, frames: readonly string[]): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames.join(''));
};
const data = (body: object): string => `data: ${JSON.stringify(body)}\n\n`;
const named = (body: { readonly type: string }): string => `event: ${body.type}\n${data(body)}`;
const words = ANSWER.split(/(?= )/);

/** platform.openai.com/docs/api-reference/chat: the vendor fetches the URL itself. */
function openai(response: ServerResponse, { stream }: Body): void {
  const head = { id: 'chatcmpl-1', created: 1_795_000_000, model: 'gpt-4.1-mini-2025-04-14' };
  const usage = { prompt_tokens: 1100, completion_tokens: 6, total_tokens: 1106 };
  const choice = { index: 0, logprobs: null };
  if (!stream) {
    const message = { role: 'assistant', content: ANSWER, refusal: null, annotations: [] };
    const choices = [{ ...choice, message, finish_reason: 'stop' }];
    return json(response, 200, { ...head, object: 'chat.completion', choices, usage });
  }
  const chunk = (delta: object, finish_reason: string | null): string =>
    data({ ...head, object: 'chat.completion.chunk', choices: [{ ...choice, delta, finish_reason }], usage: null });
  events(response, [
    chunk({ role: 'assistant', content: '', refusal: null }, null),
    ...words.map((content) => chunk({ content }, null)),
    chunk({}, 'stop'),
    data({ ...head, object: 'chat.completion.chunk', choices: [], usage }),
    'data: [DONE]\n\n',
  ]);
}

/** platform.claude.com/docs/en/api/messages and …/build-with-claude/streaming. */
function anthropic(response: ServerResponse, { stream }: Body): void {
  const head = { id: 'msg_01', type: 'message', role: 'assistant', model: 'claude-sonnet-5', stop_sequence: null };
  const usage = { input_tokens: 1100, output_tokens: 6 };
  if (!stream)
    return json(response, 200, {
      ...head,
      content: [{ type: 'text', text: ANSWER }],
      stop_reason: 'end_turn',
      usage,
    });
  events(response, [
    named({ type: 'message_start', message: { ...head, content: [], stop_reason: null, usage } } as never),
    named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never),
    named({ type: 'ping' }),
    ...words.map((text) =>
      named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as never),
    ),
    named({ type: 'content_block_stop', index: 0 } as never),
    named({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage } as never),
    named({ type: 'message_stop' }),
  ]);
}

/** ai.google.dev/api/generate-content: takes bytes inline and fetches no web address. */
function google(response: ServerResponse, path: string): void {
  const chunk = (text: string, finishReason?: string): object => ({
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...(finishReason && { finishReason }) }],
    usageMetadata: { promptTokenCount: 1100, candidatesTokenCount: 6, totalTokenCount: 1106 },
    modelVersion: 'gemini-2.5-flash',
    responseId: 'r-1',
  });
  if (!path.includes(':streamGenerateContent')) return json(response, 200, chunk(ANSWER, 'STOP'));
  events(
    response,
    words.map((text, at) => data(chunk(text, at === words.length - 1 ? 'STOP' : undefined))),
  );
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text);
}

export async function startVendors(): Promise<Vendors> {
  const asked: Asked[] = [];
  let fetched = 0;
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    if (path === '/picture.png') {
      fetched++;
      return response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from(RED_PNG, 'base64'));
    }
    const vendor = path.split('/')[1] as Vendor;
    const body = await bodyOf(request);
    asked.push({ vendor, path, body });
    if (vendor === 'openai') return openai(response, body);
    return vendor === 'anthropic' ? anthropic(response, body) : google(response, path);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  const host = `127.0.0.1:${address.port}`;
  const origin = `http://${host}`;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { origin, host, picture: `${origin}/picture.png`, asked, fetched: () => fetched, close };
}
