import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider on this machine that takes one key, and has one model: an answer of it costs $0.03. */
export type KeyProvider = {
  /** Its files for an operator's catalogue. */
  readonly catalogue: { readonly [path: string]: string };
  readonly close: () => void;
};

export async function startKeyProvider(key: string): Promise<KeyProvider> {
  const server = createServer(async (request, response) => {
    let asked = '';
    for await (const piece of request) asked += piece;
    const isRight = request.headers.authorization === `Bearer ${key}`;
    const isStream = /"stream":\s*true/.test(asked);
    response.writeHead(isRight ? 200 : 401, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    if (!isRight) return response.end(JSON.stringify({ error: { message: 'no such key' } }));
    if (isStream) return response.end(`data: ${JSON.stringify(CHUNK)}\n\ndata: [DONE]\n\n`);
    response.end(JSON.stringify(request.method === 'POST' ? ANSWER : { data: [] }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    catalogue: {
      'providers/mine.toml': `name = "Mine"\nbase_url = "http://127.0.0.1:${port}/v1"\n`,
      'models/acme/one.toml': 'name = "One"\n[endpoints.mine]\nprice = { input = "1000", output = "1000" }\n',
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'one',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
};
const CHUNK = {
  ...ANSWER,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
};
