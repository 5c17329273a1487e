import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { type Fault, fault } from '../base/fault.ts';
import { type JsonObject, parseBody } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, type Result } from '../base/result.ts';
import type { World } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import { collect } from '../call/collect.ts';
import { isContent } from '../call/event.ts';
import type { AnswerContext } from '../dialects/dialect.ts';
import { decide, moderate } from './decide.ts';
import { embed } from './embeddings.ts';
import { film } from './films.ts';
import type { Format } from './formats/format.ts';
import { formatFor } from './formats/index.ts';
import { draw } from './images.ts';
import { SANDBOX_MODELS, type SandboxModel } from './models.ts';
import { deliverWhole, type Pace, play } from './play.ts';
import { type Prompt, readPrompt } from './prompt.ts';
import { SandboxSession } from './realtime/session.ts';
import { rerank } from './rerank.ts';
import { sendSpoken, speak } from './speak.ts';
import { eventsOfSpeech, type Speech } from './speech.ts';
import { transcribe } from './transcribe.ts';
import { searchWeb } from './web.ts';

export type Sandbox = {
  /** `http://127.0.0.1:<port>`; every dialect answers at its own path below any prefix. */
  readonly origin: string;
  readonly close: () => Promise<void>;
};

export type SandboxOptions = {
  /** The pause before each word of a streamed answer; models and calls may say otherwise. */
  readonly pieceMs?: number;
};

const PIECE_MS = 5;
const CHOICES_MAX = 8;
/** Longer than our own pool keeps a connection, so that it is never closed under a request. */
const KEEP_ALIVE_MS = 90_000;

/** Starts the built-in provider on a free port of this machine. */
export function startSandbox(world: World, options: SandboxOptions = {}): Promise<Sandbox> {
  const server = createServer((request, response) => {
    // A client that hangs up is no failure of ours.
    response.on('error', () => undefined);
    readBody(request)
      .then((body) => serve(world, request, response, body, options.pieceMs ?? PIECE_MS))
      .catch((cause) => {
        if (!response.headersSent) sendJson(response, 500, { error: { message: String(cause) } });
        else response.destroy();
      });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: LIMITS.frame_bytes_max });
  server.on('upgrade', (request, stream, head) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (!pathname.endsWith('/realtime')) return stream.destroy();
    const asked = { model: searchParams.get('model') ?? 'realtime', pieceMs: options.pieceMs ?? PIECE_MS };
    sockets.handleUpgrade(request, stream, head, (socket) => new SandboxSession(world, socket, asked));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        origin: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of sockets.clients) socket.terminate();
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LIMITS.body_bytes_max) break;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function serve(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  pieceMs: number,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (path.endsWith('/web/search')) return searchWeb(request.url ?? '', response);
  if (FILMS.test(path)) return film(world, request, response, bytes);
  if (request.method === 'GET' && path.endsWith('/models')) return sendJson(response, 200, listModels());
  if (path.endsWith('/audio/transcriptions')) {
    const { status, body: written } = await transcribe(request.headers['content-type'] ?? '', bytes);
    return sendJson(response, status, written);
  }
  const body = parseBody(bytes, LIMITS.nesting_max);
  if (body.ok && DRAWS.test(path)) return draw(world, path, body.value, response);
  const whole = WHOLE.find(([end]) => path.endsWith(end));
  if (body.ok && path.endsWith('/audio/speech')) return sendSpoken(response, speak(body.value));
  if (body.ok && whole) return sendJson(response, 200, whole[1](body.value));
  const headers = { accept: request.headers.accept };
  const spoken = formatFor(path, headers, body.ok ? body.value : {});
  if (!spoken) return sendJson(response, 404, { error: { message: `The sandbox has nothing at ${path}.` } });
  const { format } = spoken;
  const call: Result<Call, Fault> = body.ok ? format.decodeCall(body.value, spoken.path) : failed(body.error);
  if (!call.ok) return sendFault(response, format, call.error);
  const { model, options } = readModel(call.value.model ?? '');
  const modelManner = Object.hasOwn(SANDBOX_MODELS, model) ? SANDBOX_MODELS[model] : undefined;
  if (!modelManner) return sendFault(response, format, fault('not_found', `The sandbox has no model "${model}".`));
  const prompt = readPrompt(world, call.value, format.reasoningFormat, options);
  return perform(response, format, model, modelManner, prompt, pieceMs);
}

/** Where videos are begun, asked about and fetched. */
const FILMS = /\/videos(?:\/[\w-]+(?:\/content|\/cancel)?)?$/;
/** Where pictures are drawn. */
const DRAWS = /\/images\/(?:generations|edits)$/;

/** What is answered in one piece, by the end of its path. */
const WHOLE: readonly (readonly [end: string, answer: (body: JsonObject) => JsonObject])[] = [
  ['/embeddings', embed],
  ['/rerank', rerank],
  ['/systemone', decide],
  ['/moderations', moderate],
];

async function perform(
  response: ServerResponse,
  format: Format,
  id: string,
  model: SandboxModel,
  prompt: Prompt,
  standardPieceMs: number,
): Promise<void> {
  if ('page' in model) {
    response.writeHead(200, { 'content-type': 'text/html' }).end(model.page);
    return;
  }
  if ('refuse' in model) {
    const seconds = prompt.option('retry_after');
    const wait = seconds === undefined ? {} : { retryAfterMs: seconds * 1000 };
    return sendFault(response, format, fault(model.refuse, model.message, wait));
  }
  const { world, call, option } = prompt;
  const events = eventsOfSpeech(await speeches(model, prompt), prompt);
  const answer: AnswerContext = {
    id: world.newId('sandbox'),
    created: Math.floor(world.now() / 1000),
    model: id,
    provider: 'Sandbox',
    call,
    newId: world.newId,
  };
  const { manner } = model;
  const firstMs = option('first_ms') ?? manner?.firstMs ?? 0;
  const pieceMs = option('delay_ms') ?? manner?.pieceMs;
  const stage = {
    world,
    response,
    encode: format.encodeEvents(answer),
    brokenEvent: format.brokenEvent,
    contentType: format.streamContentType,
  };
  if (call.stream) return play(stage, events, { ...manner, firstMs, pieceMs: pieceMs ?? standardPieceMs });
  const reply = collect(events);
  if (!reply.ok) return sendFault(response, format, reply.error);
  // A whole answer takes as long as its words would, where a pace was asked for.
  const pieces = events.filter(isContent).length;
  const pace: Pace = { ...manner, firstMs: firstMs + pieces * (pieceMs ?? 0), pieceMs: 0 };
  return deliverWhole(stage, JSON.stringify(format.encodeReply(reply.value, answer)), pace);
}

/** One speech per choice that was asked for. */
async function speeches(model: Extract<SandboxModel, { speak: unknown }>, prompt: Prompt): Promise<Speech[]> {
  const count = Math.min(prompt.call.sampling.n ?? 1, CHOICES_MAX);
  const spoken: Speech[] = [];
  for (let choice = 0; choice < count; choice++) spoken.push(await model.speak(prompt));
  return spoken;
}

/** `lorem@words=200,delay_ms=0` → the model and its options. */
function readModel(written: string): { model: string; options: ReadonlyMap<string, string> } {
  const [model = '', options = ''] = written.split('@');
  const pairs = options.split(',').map((pair) => pair.split('='));
  return { model, options: new Map(pairs.map(([name = '', value = '']) => [name, value])) };
}

function sendFault(response: ServerResponse, format: Format, value: Fault): void {
  const { status, headers, body } = format.encodeFault(value);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function sendJson(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const listModels = (): JsonObject => ({
  object: 'list',
  data: [...Object.keys(SANDBOX_MODELS), 'embed', 'image', 'realtime', 'speech', 'transcribe', 'video'].map((id) => ({
    id,
    object: 'model',
    owned_by: 'sandbox',
  })),
});
