/** Hosts that write down what they hear, on a loopback port: who answers what is said by the first step of the path. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Heard = {
  readonly path: string;
  readonly type: string;
  /** Fields of a form; those named `…[]` as lists. */
  readonly fields: { readonly [name: string]: string | string[] };
  readonly file: { readonly name: string; readonly type: string; readonly bytes: Buffer } | null;
};
export type Listeners = { readonly port: number; readonly heard: Heard[]; readonly close: () => void };

const SEGMENTS = [
  {
    id: 0,
    seek: 0,
    start: 0,
    end: 1.5,
    text: ' The river',
    tokens: [1],
    temperature: 0,
    avg_logprob: -0.3,
    compression_ratio: 1,
    no_speech_prob: 0.1,
  },
  {
    id: 1,
    seek: 0,
    start: 3_661.25,
    end: 3_663,
    text: ' runs.',
    tokens: [2],
    temperature: 0,
    avg_logprob: -0.2,
    compression_ratio: 1,
    no_speech_prob: 0.2,
  },
];
const WORDS = [
  { word: 'The', start: 0, end: 0.5 },
  { word: 'river', start: 0.5, end: 1.5 },
  { word: 'runs.', start: 3, end: 4 },
];

type Answer = { readonly status?: number; readonly body: object };
const PLAYS: { readonly [name: string]: (heard: Heard) => Answer } = {
  whisper: ({ fields }) =>
    fields.response_format === 'verbose_json'
      ? {
          body: {
            task: 'transcribe',
            language: 'english',
            duration: 4.2,
            text: 'The river runs.',
            segments: SEGMENTS,
            words: WORDS,
            usage: { type: 'duration', seconds: 5 },
          },
        }
      : { body: { text: 'The river runs.' } },
  tokens: () => ({
    body: {
      text: 'The river runs.',
      usage: {
        type: 'tokens',
        input_tokens: 42,
        output_tokens: 5,
        total_tokens: 47,
        input_token_details: { text_tokens: 2, audio_tokens: 40 },
      },
    },
  }),
  mistral: () => ({
    body: {
      model: 'voxtral',
      text: 'The river runs.',
      language: null,
      segments: [{ text: 'The river runs.', start: 0, end: 4, speaker_id: 'speaker_1', type: 'transcription_segment' }],
      usage: { prompt_audio_seconds: 4, prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    },
  }),
  deepgram: () => ({
    body: {
      metadata: { request_id: 'dg-1', duration: 4.2, channels: 1 },
      results: {
        channels: [
          {
            detected_language: 'en',
            alternatives: [
              {
                transcript: 'The river runs.',
                confidence: 1,
                words: WORDS.map((word) => ({
                  ...word,
                  word: word.word.toLowerCase(),
                  punctuated_word: word.word,
                  speaker: 0,
                })),
              },
            ],
          },
        ],
        utterances: [
          {
            start: 0,
            end: 4,
            transcript: 'The river runs.',
            speaker: 0,
            confidence: 1,
            channel: 0,
            id: 'u',
            words: [],
          },
        ],
      },
    },
  }),
  elevenlabs: ({ fields }) => ({
    body: {
      language_code: 'eng',
      text: 'The river runs.',
      words:
        fields.timestamps_granularity === 'none'
          ? []
          : WORDS.flatMap(({ word, ...times }) => [
              { text: word, type: 'word', speaker_id: 'speaker_0', ...times },
              { text: ' ', type: 'spacing', start: times.end, end: times.end },
            ]),
    },
  }),
  down: () => ({ status: 503, body: { error: { message: 'Out of order' } } }),
  silent: () => ({ body: { message: 'nothing', choices: [] } }),
};

export async function startListeners(): Promise<Listeners> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    const [, name = '', ...rest] = (request.url ?? '').split('/');
    const type = request.headers['content-type'] ?? '';
    const call = { path: `/${rest.join('/')}`, type, ...(await readBody(type, bytes)) };
    heard.push(call);
    const { status = 200, body } = PLAYS[name]?.(call) ?? { status: 404, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A form by the runtime's own reader, which is none of ours. */
async function readBody(type: string, bytes: Buffer): Promise<Pick<Heard, 'fields' | 'file'>> {
  if (!type.startsWith('multipart/')) return { fields: {}, file: { name: '', type, bytes } };
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const fields: { [name: string]: string | string[] } = {};
  let file: Heard['file'] = null;
  for (const [name, value] of form as unknown as Iterable<[string, string | File]>)
    if (typeof value !== 'string')
      file = { name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) };
    else if (name.endsWith('[]')) fields[name] = [...((fields[name] as string[]) ?? []), value];
    else fields[name] = value;
  return { fields, file };
}

/** Each of them as a provider, and models on them. */
export function catalogueOf(port: number): { [path: string]: string } {
  const provider = (name: string, dialect: string): string =>
    `name = "${name}"\nbase_url = "http://127.0.0.1:${port}/${name}"\nauth = { scheme = "none" }\n${dialect}`;
  const model = (tags: readonly string[], price: string, more = ''): string =>
    `input = ["audio"]\noutput = ["transcription"]\ncontext = 10_000\n${tags.map((tag) => `[endpoints.${tag}]\nprice = ${price}\n${more}`).join('')}`;
  const perSecond = '{ input_second = "0.001" }';
  return {
    'providers/whisper.toml': provider('whisper', '[dialects.openai-transcription]\n'),
    'providers/tokens.toml': provider('tokens', '[dialects.openai-transcription]\n'),
    'providers/down.toml': provider('down', '[dialects.openai-transcription]\n'),
    'providers/silent.toml': provider('silent', '[dialects.openai-transcription]\n'),
    'providers/mistral-like.toml': provider(
      'mistral',
      '[dialects.openai-transcription]\ndrop = ["response_format", "prompt"]\n',
    ),
    'providers/deepgram-like.toml': provider('deepgram', '[dialects.deepgram-transcription]\n'),
    'providers/elevenlabs-like.toml': provider('elevenlabs', '[dialects.elevenlabs-transcription]\n'),
    'models/my/whisper.toml': model(['whisper'], perSecond),
    'models/my/tokens.toml': model(
      ['tokens'],
      '{ input = "1000", input_audio = "2000", output = "4000" }',
      'upstream_id = "gpt-4o-transcribe"\n',
    ),
    'models/my/fallback.toml': model(['down', 'silent', 'whisper'], perSecond),
    'models/my/silent.toml': model(['silent'], perSecond),
    'models/my/mistral.toml': model(['mistral-like'], perSecond),
    'models/my/deepgram.toml': model(['deepgram-like'], perSecond, 'upstream_id = "nova-3"\n'),
    'models/my/elevenlabs.toml': model(['elevenlabs-like'], perSecond, 'upstream_id = "scribe_v2"\n'),
  };
}

/** A WAVE file of silence: 16 bit, one channel, 8,000 samples a second. */
export function waveOf(seconds: number): Buffer {
  const size = Math.round(seconds * 16_000);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + size, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(size, 40);
  return Buffer.concat([head, Buffer.alloc(size)]);
}
