/** Hosts that speak, on a loopback port: who answers what is said by the first step of the path. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Body = { readonly [name: string]: unknown };
export type Seen = { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: Body };
export type Speakers = {
  readonly port: number;
  readonly seen: Seen[];
  /** Answers of `paced` under way: a test lets each go on, piece by piece. */
  readonly paced: Paced[];
  readonly close: () => void;
};
export type Paced = {
  readonly write: (bytes: Uint8Array) => boolean;
  readonly drained: () => Promise<void>;
  readonly end: () => void;
  readonly cut: () => void;
  /** The gateway has left. */
  readonly gone: Promise<void>;
};

/** Samples that can be told from any others: the letters of the text, over and over, two bytes for each. */
export function samplesOf(text: string, bytes: number): Buffer {
  const letters = Buffer.from(text, 'utf16le');
  return Buffer.alloc(bytes, letters);
}
export const BYTES = 96_000;

type Play = (seen: Seen, response: ServerResponse) => void;
const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

const PLAYS: { readonly [name: string]: Play } = {
  plain: ({ body }, response) => {
    response.writeHead(200, { 'content-type': body.response_format === 'mp3' ? 'audio/mpeg' : 'audio/pcm' });
    response.end(samplesOf(String(body.input), BYTES));
  },
  down: (_, response) => {
    response.writeHead(503, { 'content-type': 'application/json' }).end('{"error":{"message":"Out of order"}}');
  },
  strict: (_, response) => {
    const error = { message: 'No such voice: nobody', type: 'invalid_request_error', param: 'voice', code: null };
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  },
  empty: (_, response) => void response.writeHead(200, { 'content-type': 'audio/pcm' }).end(),
  page: (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
  refusing: (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"error":{"message":"Not this text"}}');
  },
  events: ({ body }, response) => {
    const audio = samplesOf(String(body.input), BYTES);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // Uneven pieces: no event holds whole samples only.
    for (let at = 0; at < audio.length; at += 7_001)
      response.write(
        event({ type: 'speech.audio.delta', audio: audio.toString('base64', at, Math.min(at + 7_001, audio.length)) }),
      );
    const usage = { input_tokens: 10, output_tokens: 40, total_tokens: 50 };
    response.end(event({ type: 'speech.audio.done', usage }));
  },
  unended: (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(event({ type: 'speech.audio.delta', audio: 'AAAA' }));
  },
  mistral: ({ body }, response) => {
    const usage = { prompt_tokens: 4, completion_tokens: 20, total_tokens: 24 };
    const audio_data = samplesOf(String(body.input), BYTES).toString('base64');
    if (body.stream !== true) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ audio_data, usage }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event({ type: 'speech.audio.delta', audio_data }));
    response.end(event({ type: 'speech.audio.done', usage }));
  },
  wave: ({ body }, response) => {
    const samples = samplesOf(String(body.input), BYTES);
    response.writeHead(200, { 'content-type': 'audio/wav' });
    response.end(Buffer.concat([waveHead(samples.length), samples]));
  },
  gemini: ({ body }, response) => {
    const [content] = body.contents as { parts: { text: string }[] }[];
    const audio = samplesOf(content?.parts[0]?.text ?? '', BYTES);
    const chunk = (data: Buffer, more: object = {}) =>
      event({
        candidates: [
          {
            content: {
              role: 'model',
              parts: [{ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: data.toString('base64') } }],
            },
            ...more,
          },
        ],
        usageMetadata: {
          promptTokenCount: 8,
          candidatesTokenCount: 50,
          totalTokenCount: 58,
          candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 50 }],
        },
      });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk(audio.subarray(0, 50_000)));
    response.end(chunk(audio.subarray(50_000), { finishReason: 'STOP' }));
  },
};

/** With a chunk that nobody asked for before the samples. */
function waveHead(size: number): Buffer {
  const head = Buffer.alloc(58);
  head.write('RIFF', 0);
  head.writeUInt32LE(50 + size, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(24_000, 24);
  head.writeUInt32LE(48_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('LIST', 36);
  head.writeUInt32LE(5, 40);
  head.write('data', 50);
  head.writeUInt32LE(size, 54);
  return head;
}

const sendBytes: Play = ({ body }, response) => {
  response.writeHead(200, { 'content-type': 'audio/l16;rate=24000', 'dg-request-id': 'dg-1' });
  response.end(samplesOf(String(body.text), BYTES));
};

function pace(response: ServerResponse, paced: Paced[]): void {
  response.writeHead(200, { 'content-type': 'audio/pcm' });
  response.flushHeaders();
  paced.push({
    write: (bytes) => response.write(bytes),
    drained: () => new Promise((done) => response.once('drain', done)),
    end: () => response.end(),
    cut: () => response.destroy(),
    gone: new Promise((done) => response.on('close', done)),
  });
}

export async function startSpeakers(): Promise<Speakers> {
  const seen: Seen[] = [];
  const paced: Paced[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const [, name = '', ...rest] = (request.url ?? '').split('/');
    const call = {
      path: `/${rest.join('/')}`,
      headers: request.headers,
      body: JSON.parse(Buffer.concat(parts).toString()),
    };
    seen.push(call);
    if (name === 'paced') pace(response, paced);
    else (PLAYS[name] ?? sendBytes)(call, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    paced,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Each of them as a provider, and models on them. */
export function catalogueOf(port: number): { [path: string]: string } {
  const provider = (name: string, dialect: string): string =>
    `name = "${name}"\nbase_url = "http://127.0.0.1:${port}/${name}"\nauth = { scheme = "none" }\n${dialect}`;
  const model = (tags: readonly string[], price: string, more = ''): string =>
    `input = ["text"]\noutput = ["speech"]\ncontext = 10_000\nvoices = ["alloy", "ash"]\n${tags.map((tag) => `[endpoints.${tag}]\nprice = ${price}\n${more}`).join('')}`;
  const perCharacter = '{ input_character = "0.001" }';
  const perToken = '{ input = "1000", output = "2000" }';
  const openai = ['plain', 'down', 'strict', 'empty', 'page', 'refusing', 'unended', 'paced', 'wave'];
  const providers = Object.fromEntries(
    openai.map((name) => [`providers/${name}.toml`, provider(name, '[dialects.openai-speech]\n')]),
  );
  return {
    ...providers,
    'providers/events.toml': provider('events', '[dialects.openai-speech]\nquirks = ["usage-in-events"]\n'),
    'providers/mistral-whole.toml': provider('mistral', '[dialects.openai-speech]\nrename = { voice = "voice_id" }\n'),
    'providers/mistral-like.toml': provider(
      'mistral',
      '[dialects.openai-speech]\nrename = { voice = "voice_id" }\ndrop = ["speed", "instructions"]\nquirks = ["stream-flag", "reference-audio"]\n',
    ),
    'providers/gemini.toml': provider('gemini', '[dialects.gemini-speech]\n'),
    'providers/deepgram-like.toml': provider('deepgram', '[dialects.deepgram-speech]\n'),
    'providers/elevenlabs-like.toml': provider('elevenlabs', '[dialects.elevenlabs-speech]\n'),
    'models/my/plain.toml': model(['plain'], perCharacter),
    'models/my/seconds.toml': model(['plain'], '{ output_second = "0.01" }'),
    'models/my/fallback.toml': model(['down', 'empty', 'page', 'plain'], perCharacter),
    'models/my/strict.toml': model(['strict'], perCharacter),
    'models/my/empty.toml': model(['empty'], perCharacter),
    'models/my/refusing.toml': model(['refusing'], perCharacter),
    'models/my/unended.toml': model(['unended'], perCharacter),
    'models/my/paced.toml': model(['paced'], perCharacter),
    'models/my/events.toml': model(['events'], perToken),
    'models/my/guessed.toml': model(['plain'], perToken),
    'models/my/mistral.toml': model(['mistral-like'], perToken),
    'models/my/mistral-whole.toml': model(['mistral-whole'], perToken),
    'models/my/gemini.toml': model(['gemini'], perToken),
    'models/my/deepgram.toml': model(['deepgram-like'], perCharacter, 'upstream_id = "aura-2"\n'),
    'models/my/elevenlabs.toml': model(['elevenlabs-like'], perCharacter),
    'models/my/wave.toml': model(['wave'], perCharacter, 'audio_formats = ["wav"]\n'),
    'models/my/either.toml': `${model(['wave'], perCharacter, 'audio_formats = ["wav"]\n')}[endpoints.plain]\nprice = ${perCharacter}\n`,
  };
}
