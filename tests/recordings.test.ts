/**
 * Real providers' answers, replayed byte for byte through the running gateway over HTTP. The recordings lie beside the
 * checkout where they are available; without them this suite is skipped and says so.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { API_KEY, type GatewayProcess, startGateway } from './gateway-process.ts';
import { checkAnswer, type Expected } from './recordings-expect.ts';
import { foldStream } from './recordings-fold.ts';

type Recording = {
  readonly id: string;
  readonly provider: string;
  readonly dialect: string;
  readonly model: string;
  readonly stream: boolean;
  readonly response: {
    readonly status: number;
    readonly headers: { [name: string]: string };
    readonly body?: unknown;
    readonly sse?: string;
    readonly base64?: string;
    readonly chunk_sizes?: number[];
  };
  readonly replay_splits?: { readonly [name: string]: number };
  readonly expect: Expected;
};

const folder = resolve(import.meta.dirname, '../../shared/recordings');
const DIALECTS: { readonly [name: string]: string } = {
  'oai-chat': 'openai-chat',
  'oai-responses': 'openai-responses',
  'openai-embeddings': 'openai-embeddings',
  'cohere-v2': 'cohere-chat',
  'cohere-embeddings': 'cohere-embeddings',
  'gemini-embeddings': 'gemini-embeddings',
  'bedrock-invoke': 'bedrock-invoke-anthropic',
};
const dialectOf = (recording: Recording): string => DIALECTS[recording.dialect] ?? recording.dialect;
const isEmbedding = (recording: Recording): boolean => recording.expect.embeddings !== undefined;

const recordings: Recording[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  : [];
const byId = new Map(recordings.map((recording) => [recording.id, recording]));
const WAYS = ['whole', 'recorded', 'splits', 'bytes'] as const;
type Way = (typeof WAYS)[number];

function bytesOf({ body, sse, base64 }: Recording['response']): Buffer {
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  if (sse !== undefined) return Buffer.from(sse);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Where to cut the body on its way out. */
function cutsOf(recording: Recording, bytes: Buffer, way: Way): number[] {
  switch (way) {
    case 'whole':
      return [];
    case 'recorded': {
      let at = 0;
      return (recording.response.chunk_sizes ?? []).map((size) => (at += size));
    }
    case 'splits':
      return Object.values(recording.replay_splits ?? {}).filter((at) => at > 0 && at < bytes.length);
    case 'bytes':
      return Array.from({ length: Math.min(bytes.length - 1, 3000) }, (_, at) => at + 1);
    default:
      return way satisfies never;
  }
}

async function replay(recording: Recording, way: Way, response: ServerResponse): Promise<void> {
  const bytes = bytesOf(recording.response);
  const {
    'content-length': _length,
    'transfer-encoding': _encoding,
    'content-encoding': _content,
    connection: _connection,
    ...headers
  } = recording.response.headers;
  response.writeHead(recording.response.status, headers);
  response.socket?.setNoDelay(true);
  let at = 0;
  for (const cut of [...new Set(cutsOf(recording, bytes, way))].sort((a, b) => a - b)) {
    response.write(bytes.subarray(at, cut));
    at = cut;
    if (cut % 16 === 0 || way !== 'bytes') await new Promise((done) => setImmediate(done));
  }
  response.end(bytes.subarray(at));
}

const upstream = createServer((request, response) => {
  const [, id = '', way = 'whole'] = (request.url ?? '').split('/');
  request.resume();
  request.on('end', () => {
    const recording = byId.get(id);
    if (recording) void replay(recording, way as Way, response);
    else response.writeHead(404).end();
  });
});

function catalogue(port: number): { [path: string]: string } {
  const files: { [path: string]: string } = {};
  for (const recording of recordings)
    for (const way of WAYS) {
      const slug = `rec-${recording.id}-${way}`.replaceAll(/[^a-z0-9]+/g, '-');
      files[`providers/${slug}.toml`] =
        `name = "${recording.provider}"\nbase_url = "http://127.0.0.1:${port}/${recording.id}/${way}"\nauth = { scheme = "none" }\n[dialects.${dialectOf(recording)}]\n`;
      const output = isEmbedding(recording) ? 'output = ["embeddings"]\n' : '';
      files[`models/rec/${recording.id}.${way}.toml`] =
        `name = "${recording.id}"\n${output}[endpoints.${slug}]\nupstream_id = "${recording.model}"\nprice = { input = "1", output = "2" }\n`;
    }
  return files;
}

describe('recorded provider answers', {
  skip: recordings.length === 0 && say('the recordings do not lie beside this checkout'),
}, () => {
  let gateway: GatewayProcess;
  before(async () => {
    await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
    const address = upstream.address();
    assert(typeof address === 'object' && address);
    gateway = await startGateway({ catalogue: catalogue(address.port) });
  });
  after(async () => {
    await gateway?.stop();
    upstream.closeAllConnections();
    upstream.close();
  });

  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${gateway.base}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  for (const recording of recordings) {
    const ways = WAYS.filter((way) => way === 'whole' || recording.stream);
    for (const way of ways)
      test(`${recording.id}, ${way}`, async () => {
        const model = `rec/${recording.id}.${way}`;
        if (isEmbedding(recording)) {
          const response = await post('/embeddings', { model, input: ['a', 'b', 'c'], encoding_format: 'float' });
          checkAnswer(recording.expect, { status: response.status, body: (await response.json()) as never });
          return;
        }
        const response = await post('/chat/completions', {
          model,
          stream: recording.stream,
          messages: [{ role: 'user', content: 'Hello' }],
        });
        const text = await response.text();
        const streamed = response.headers.get('content-type')?.startsWith('text/event-stream');
        const body = streamed ? foldStream(text) : JSON.parse(text);
        checkAnswer(recording.expect, { status: response.status, body });
      });
  }
});

function say(reason: string): string {
  console.log(`SKIPPED: ${reason}`);
  return reason;
}
