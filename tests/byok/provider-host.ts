/** A provider on this machine that knows its keys, and what it was asked with. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';

const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const chunk = (delta: object, finish: string | null, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;

export type ProviderHost = {
  readonly url: string;
  /** The keys of the requests since it was asked last, in their order. */
  readonly keys: () => readonly string[];
  /** What a key is answered with in place of an answer. */
  readonly refuse: (key: string, status: number) => void;
  readonly accept: (key: string) => void;
  readonly close: () => void;
};

/** Answers every call whose key it has not been told to refuse; its list of models alike. */
export async function startProvider(): Promise<ProviderHost> {
  const refused = new Map<string, number>();
  const keys: string[] = [];
  const server = createServer((request, response) => {
    const key = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    let text = '';
    request.on('data', (bytes) => {
      text += bytes;
    });
    request.on('end', () => {
      keys.push(key);
      const status = key === '' ? 401 : refused.get(key);
      response.setHeader('content-type', 'application/json');
      if (status !== undefined) {
        response.statusCode = status;
        response.end(
          JSON.stringify({ error: { message: `Incorrect API key provided: ${key}`, type: 'invalid_request' } }),
        );
        return;
      }
      if (request.method === 'GET') return void response.end('{"data":[]}');
      const { stream } = JSON.parse(text) as { stream?: boolean };
      if (!stream) {
        const choices = [{ index: 0, message: { role: 'assistant', content: 'whole' }, finish_reason: 'stop' }];
        response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
        return;
      }
      response.setHeader('content-type', 'text/event-stream');
      response.end(`${chunk({ content: 'word' }, null)}${chunk({}, 'stop', { usage })}data: [DONE]\n\n`);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  assert(typeof address === 'object' && address);
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    keys: () => keys.splice(0),
    refuse: (key, status) => void refused.set(key, status),
    accept: (key) => void refused.delete(key),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Two hosts of one model; the first is dearer and has an operator's key where one is set. */
export const catalogueOf = (first: ProviderHost, second: ProviderHost) => ({
  'providers/first.toml': `name = "First"\nbase_url = "${first.url}"\nauth = { scheme = "bearer", env = "FIRST_API_KEY" }\n`,
  'providers/second.toml': `name = "Second"\nbase_url = "${second.url}"\nauth = { scheme = "bearer", env = "SECOND_API_KEY" }\n`,
  'models/acme/one.toml':
    'name = "One"\n[endpoints.first]\nprice = { input = "100000", output = "200000" }\n[endpoints.second]\nprice = { input = "1", output = "2" }\n',
  'models/acme/two.toml': 'name = "Two"\n[endpoints.first]\nprice = { input = "1", output = "2" }\n',
});
/** 10 tokens at $0.1 and 20 at $0.2. */
export const LIST_PRICE = 5;
