/** Hosts of rerankers on a loopback port: which one answers is said by the first step of the path. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Body = { readonly [name: string]: unknown };
export type Seen = { readonly path: string; readonly body: Body };
export type Upstream = { readonly port: number; readonly seen: Seen[]; readonly close: () => void };
type Answer = { readonly status: number; readonly body: unknown };
type Play = (body: Body, calls: number) => Answer;

/** A document is as relevant as its text is long. */
const scored = (texts: readonly string[]) =>
  texts.map((text, index) => ({ index, relevance_score: text.length / 1_000 }));
const best = (body: Body, texts: readonly string[]) =>
  scored(texts)
    .sort((one, other) => other.relevance_score - one.relevance_score)
    .slice(0, (body.top_n as number | undefined) ?? texts.length);

const jina: Play = (body) => {
  const texts = body.documents as string[];
  return { status: 200, body: { results: best(body, texts), usage: { total_tokens: 10 * texts.length } } };
};
const cohere: Play = (body) => {
  const results = best(body, body.documents as string[]);
  return { status: 200, body: { id: 'c-1', results, meta: { billed_units: { search_units: 3 } } } };
};
const tei: Play = ({ texts }) => {
  const entries = scored(texts as string[]);
  return { status: 200, body: entries.map(({ index, relevance_score }) => ({ index, score: relevance_score })) };
};

const PLAYS: { readonly [name: string]: Play } = {
  jina,
  cohere,
  tei,
  down: () => ({ status: 503, body: { message: 'Out of order' } }),
  uncounted: (body) => ({ status: 200, body: { results: best(body, body.documents as string[]) } }),
  boastful: (body) => ({
    status: 200,
    body: { results: best(body, body.documents as string[]), meta: { billed_units: { search_units: 1_000_000 } } },
  }),
  wild: () => ({ status: 200, body: { results: [{ index: 99, relevance_score: 1 }] } }),
};

export async function startUpstream(): Promise<Upstream> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => void answer(request, response, seen));
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
  const played = PLAYS[name]?.(body, seen.length) ?? { status: 404, body: {} };
  response.writeHead(played.status, { 'content-type': 'application/json' }).end(JSON.stringify(played.body));
}

/** Each of them as a provider, and a model on each. */
export function catalogueOf(port: number): { [path: string]: string } {
  const provider = (name: string, dialect: string): string =>
    `name = "${name}"\nbase_url = "http://127.0.0.1:${port}/${name}"\nauth = { scheme = "none" }\n[dialects.${dialect}-rerank]\n`;
  const model = (price: string, ...tags: string[]): string =>
    `output = ["rerank"]\ncontext = 1_000\n${tags.map((tag) => `[endpoints.${tag}]\nprice = { ${price} }\n`).join('')}`;
  const both = (unit: string): string =>
    `output = ["rerank"]\n[endpoints.jina-like]\nprice = { input = "1000" }\n[endpoints.cohere-like]\nprice = { search_unit = "${unit}" }\n`;
  return {
    'providers/jina-like.toml': provider('jina', 'jina'),
    'providers/cohere-like.toml': provider('cohere', 'cohere'),
    'providers/tei.toml': provider('tei', 'tei'),
    'providers/down.toml': provider('down', 'cohere'),
    'providers/uncounted.toml': provider('uncounted', 'cohere'),
    'providers/boastful.toml': provider('boastful', 'cohere'),
    'providers/wild.toml': provider('wild', 'cohere'),
    'models/my/tokens.toml': model('input = "1000"', 'jina-like'),
    'models/my/units.toml': model('search_unit = "0.5"', 'cohere-like'),
    'models/my/batches.toml': model('search_unit = "0.5"', 'tei'),
    'models/my/fallback.toml': model('search_unit = "0.5"', 'down', 'cohere-like'),
    'models/my/broken.toml': model('search_unit = "0.5"', 'down'),
    'models/my/uncounted.toml': model('search_unit = "0.5"', 'uncounted'),
    'models/my/boastful.toml': model('search_unit = "0.5"', 'boastful'),
    'models/my/cheap-unit.toml': both('0.0001'),
    'models/my/dear-unit.toml': both('1'),
    'models/my/wild.toml': model('search_unit = "0.5"', 'wild', 'cohere-like'),
  };
}
