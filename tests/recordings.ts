/**
 * Real providers' answers and how they are replayed. The recordings lie beside the checkout where they are available;
 * without them the suites that need them are skipped and say so.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { type GatewayProcess, startGateway } from './gateway-process.ts';
import type { Expected } from './recordings-expect.ts';

export type Recording = {
  readonly id: string;
  readonly provider: string;
  readonly dialect: string;
  readonly model: string;
  readonly stream: boolean;
  readonly provenance: string;
  /** What the recorder says it shows. */
  readonly exercises: string;
  readonly request: { readonly body?: unknown } | null;
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
export const dialectOf = (recording: Recording): string => DIALECTS[recording.dialect] ?? recording.dialect;
export const isEmbedding = (recording: Recording): boolean => recording.expect.embeddings !== undefined;

export const RECORDINGS: readonly Recording[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  : [];
export const skipRecordings = RECORDINGS.length === 0 && say('the recordings do not lie beside this checkout');

function say(reason: string): string {
  console.log(`SKIPPED: ${reason}`);
  return reason;
}

/** How the bytes come over the network: at once, as they were recorded, cut at awkward places, one by one. */
export const WAYS = ['whole', 'recorded', 'splits', 'bytes'] as const;
export type Way = (typeof WAYS)[number];

export function bytesOf({ body, sse, base64 }: Recording['response']): Buffer {
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

function replayServer(): Server {
  const byId = new Map(RECORDINGS.map((recording) => [recording.id, recording]));
  return createServer((request, response) => {
    const [, id = '', way = 'whole'] = (request.url ?? '').split('/');
    request.resume();
    request.on('end', () => {
      const recording = byId.get(id);
      if (recording) void replay(recording, way as Way, response);
      else response.writeHead(404).end();
    });
  });
}

export const modelOf = (recording: Recording, way: Way): string => `rec/${recording.id}.${way}`;

function catalogue(port: number, ways: readonly Way[]): { [path: string]: string } {
  const files: { [path: string]: string } = {};
  for (const recording of RECORDINGS)
    for (const way of ways) {
      const slug = `rec-${recording.id}-${way}`.replaceAll(/[^a-z0-9]+/g, '-');
      files[`providers/${slug}.toml`] =
        `name = "${recording.provider}"\nbase_url = "http://127.0.0.1:${port}/${recording.id}/${way}"\nauth = { scheme = "none" }\n[dialects.${dialectOf(recording)}]\n`;
      const output = isEmbedding(recording) ? 'output = ["embeddings"]\n' : '';
      files[`models/${modelOf(recording, way)}.toml`] =
        `name = "${recording.id}"\n${output}[endpoints.${slug}]\nupstream_id = "${recording.model}"\nprice = { input = "1", output = "2" }\n`;
    }
  return files;
}

export type Replay = { readonly gateway: GatewayProcess; readonly stop: () => Promise<void> };

/** A gateway whose providers answer with the recordings. */
export async function startReplay(ways: readonly Way[]): Promise<Replay> {
  const server = replayServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  const gateway = await startGateway({ catalogue: catalogue(address.port, ways) });
  const stop = async (): Promise<void> => {
    await gateway.stop();
    server.closeAllConnections();
    server.close();
  };
  return { gateway, stop };
}
