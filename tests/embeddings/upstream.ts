/** Providers of embeddings on a loopback port: who answers what is said by the first step of the path. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Seen = { readonly path: string; readonly body: { readonly [name: string]: unknown } };
export type Upstream = {
  readonly port: number;
  /** Every request so far; emptied by whoever has looked. */
  readonly seen: Seen[];
  readonly close: () => void;
};

/** Tells texts apart: their length first. */
export const vectorOf = (text: string): number[] => [text.length, 0.5, -0.25];

const base64Of = (vector: number[]): string => Buffer.from(Float32Array.from(vector).buffer).toString('base64');

type Answer = { readonly status: number; readonly body: unknown };
type Play = (body: { readonly [name: string]: unknown }, calls: number) => Answer;

const openai: Play = ({ input, encoding_format }) => {
  const texts = input as string[];
  const write = encoding_format === 'base64' ? (text: string) => base64Of(vectorOf(text)) : vectorOf;
  const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: write(text) }));
  const prompt_tokens = texts.length * 10;
  return { status: 200, body: { object: 'list', data, usage: { prompt_tokens, total_tokens: prompt_tokens } } };
};
const cohere: Play = ({ texts }) => {
  const float = (texts as string[]).map(vectorOf);
  return {
    status: 200,
    body: { id: 'c-1', embeddings: { float }, meta: { billed_units: { input_tokens: float.length } } },
  };
};

const PLAYS: { readonly [name: string]: Play } = {
  good: openai,
  down: () => ({ status: 503, body: { error: { message: 'Out of order' } } }),
  strict: () => ({
    status: 400,
    body: { error: { message: 'This text may not be embedded.', type: 'invalid_request_error' } },
  }),
  cohere,
  // Answers the first request of a test and no other.
  half: (body, calls) => (calls === 1 ? cohere(body, calls) : { status: 500, body: { message: 'half way' } }),
  short: ({ texts }) => cohere({ texts: (texts as string[]).slice(1) }, 1),
  uncounted: ({ texts }) => ({ status: 200, body: { embeddings: { float: (texts as string[]).map(vectorOf) } } }),
  titan: ({ inputText }) => ({
    status: 200,
    body: { embedding: vectorOf(String(inputText)), inputTextTokenCount: 7 },
  }),
};

export async function startUpstream(): Promise<Upstream> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => answer(request, response, seen));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, seen: Seen[]): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = JSON.parse(Buffer.concat(parts).toString());
  const [, name = '', ...rest] = (request.url ?? '').split('/');
  seen.push({ path: `/${rest.join('/')}`, body });
  const calls = seen.length;
  const played = PLAYS[name]?.(body, calls) ?? { status: 404, body: {} };
  response.writeHead(played.status, { 'content-type': 'application/json' }).end(JSON.stringify(played.body));
}

/** Each of them as a provider, and models on them; the plain one says nothing that can be left out. */
export function catalogueOf(port: number): { [path: string]: string } {
  const provider = (name: string, dialects = ''): string =>
    `name = "${name}"\nbase_url = "http://127.0.0.1:${port}/${name}"\nauth = { scheme = "none" }\n${dialects}`;
  const model = (...endpoints: string[]): string =>
    `output = ["embeddings"]\ncontext = 1_000\n${endpoints.map((tag) => `[endpoints.${tag}]\nprice = { input = "1000" }\n`).join('')}`;
  return {
    'providers/good.toml': provider('good'),
    'providers/down.toml': provider('down'),
    'providers/strict.toml': provider('strict'),
    'providers/cohere-like.toml': provider('cohere', '[dialects.cohere-embeddings]'),
    'providers/half.toml': provider('half', '[dialects.cohere-embeddings]'),
    'providers/short.toml': provider('short', '[dialects.cohere-embeddings]'),
    'providers/uncounted.toml': provider('uncounted', '[dialects.cohere-embeddings]'),
    'providers/titan.toml': provider('titan', '[dialects.bedrock-embeddings]'),
    'models/my/plain.toml': model('good'),
    'models/my/fallback.toml': model('down', 'good'),
    'models/my/broken.toml': model('down'),
    'models/my/strict.toml': model('strict'),
    'models/my/batches.toml': model('cohere-like'),
    'models/my/half.toml': model('half', 'good'),
    'models/my/short.toml': model('short'),
    'models/my/uncounted.toml': model('uncounted'),
    'models/my/titan.toml': `output = ["embeddings"]\n[endpoints.titan]\nupstream_id = "amazon.titan-embed-text-v2:0"\nprice = { input = "1000" }\n`,
    'models/my/chat.toml': '[endpoints.good]\nprice = { input = "1", output = "1" }\n',
  };
}
