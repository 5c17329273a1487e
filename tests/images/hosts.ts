/** Hosts that draw, on a loopback port: who answers what is said by the first step of the path. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodePng } from '#src/sandbox/png-writer.ts';

export type Seen = {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly body: { readonly [name: string]: unknown };
  readonly headers: IncomingMessage['headers'];
};
export type Hosts = {
  readonly port: number;
  /** Every request so far; emptied by whoever has looked. */
  readonly seen: Seen[];
  readonly close: () => void;
};

const png = (shade: number): string =>
  encodePng({ width: 2, height: 1, palette: [[shade, 0, 0]], pixels: new Uint8Array(2) }).toString('base64');
/** Pictures that can be told apart. */
export const PICTURES = [png(10), png(20), png(30)] as const;
export const PICTURE_URL = `data:image/png;base64,${PICTURES[0]}`;
const [FIRST, SECOND, THIRD] = PICTURES;

type Answer = {
  readonly status?: number;
  readonly body: unknown;
  readonly frames?: readonly object[];
  readonly cut?: true;
};
type Play = (seen: Seen, calls: number) => Answer;

const USAGE = {
  input_tokens: 30,
  input_tokens_details: { text_tokens: 10, image_tokens: 20 },
  output_tokens: 1_000,
  output_tokens_details: { text_tokens: 0, image_tokens: 1_000 },
  total_tokens: 1_030,
};

const openai: Play = ({ path, body }) => {
  const word = path.endsWith('/edits') ? 'image_edit' : 'image_generation';
  const frames = [
    { type: `${word}.partial_image`, b64_json: SECOND, partial_image_index: 0 },
    { type: `${word}.completed`, b64_json: FIRST, quality: 'high', size: '1024x1024', usage: USAGE },
  ];
  const count = (body.n as number | undefined) ?? 1;
  const data = Array.from({ length: count }, (_, at) => ({ b64_json: PICTURES[at % 3], revised_prompt: 'A fox.' }));
  return { body: { created: 1, data, quality: 'high', usage: USAGE }, ...(body.stream === true && { frames }) };
};

const PLAYS: { readonly [name: string]: Play } = {
  openai,
  /** Shows one unfinished picture, then goes. */
  broken: () => ({
    body: null,
    frames: [{ type: 'image_generation.partial_image', b64_json: THIRD, partial_image_index: 0 }],
    cut: true,
  }),
  failing: () => ({
    body: null,
    frames: [
      { type: 'error', error: { message: 'Our painter fell ill.', type: 'server_error', code: 'server_error' } },
    ],
  }),
  down: () => ({ status: 503, body: { error: { message: 'Out of paint' } } }),
  refuses: () => ({
    status: 400,
    body: {
      error: {
        message: 'Rejected by the safety system.',
        code: 'moderation_blocked',
        type: 'image_generation_user_error',
      },
    },
  }),
  page: () => ({ body: { data: [{ b64_json: Buffer.from('<html>sorry</html>').toString('base64') }] } }),
  many: () => ({ body: { data: [FIRST, SECOND, THIRD].map((b64_json) => ({ b64_json })) } }),
  xai: ({ body }) => ({
    body: {
      data: body.response_format === 'url' ? [{ url: 'https://imgen.x.ai/1.jpg' }] : [{ b64_json: FIRST }],
      usage: { cost_in_usd_ticks: 200_000_000 },
    },
  }),
  blocked: () => ({ body: { data: [{ url: '', respect_moderation: false }] } }),
  together: () => ({ body: { id: 't-1', data: [{ index: 0, b64_json: FIRST }] } }),
  deepinfra: () => ({ body: { request_id: 'd-1', images: [PICTURE_URL] } }),
  imagen: ({ body }) => {
    const count = (body.parameters as { sampleCount: number }).sampleCount;
    const one = { mimeType: 'image/png', bytesBase64Encoded: FIRST };
    return { body: { predictions: Array.from({ length: count }, () => one) } };
  },
  filtered: () => ({ body: { predictions: [{ raiFilteredReason: 'Support codes: 56562880' }] } }),
  gemini: () => ({
    body: {
      candidates: [
        {
          content: {
            role: 'model',
            parts: [{ text: 'Here.' }, { inlineData: { mimeType: 'image/png', data: FIRST } }],
          },
          finishReason: 'STOP',
        },
      ],
      usageMetadata: {
        promptTokenCount: 9,
        candidatesTokenCount: 1_300,
        totalTokenCount: 1_309,
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }],
      },
      responseId: 'g-1',
    },
  }),
  talks: () => ({
    body: {
      candidates: [{ content: { role: 'model', parts: [{ text: 'I would rather not.' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5, totalTokenCount: 14 },
    },
  }),
  fireworks: ({ path }) => {
    if (path.endsWith('/text_to_image'))
      return { body: { id: 'f-1', base64: [FIRST], finishReason: 'SUCCESS', seed: 1 } };
    if (!path.endsWith('/get_result')) return { body: { request_id: 'f-2' } };
    return { body: { id: 'f-2', status: 'Ready', result: { sample: PICTURE_URL } } };
  },
  replicate: ({ method, path }, calls) => {
    if (method === 'POST') return { status: 201, body: { id: 'r1', status: 'starting', output: null } };
    if (calls < 3) return { body: { id: 'r1', status: 'processing' } };
    return path === '/predictions/r1'
      ? { body: { id: 'r1', status: 'succeeded', output: [PICTURE_URL] } }
      : { status: 404, body: { detail: 'not found' } };
  },
  lost: ({ method }) =>
    method === 'POST'
      ? { status: 201, body: { id: 'r2', status: 'starting' } }
      : { status: 404, body: { detail: 'Not found' } },
  inward: () => ({ body: { data: [{ url: 'http://127.0.0.1:1/secret.png' }] } }),
  gateway: ({ body }) => ({
    body: {
      created: 1,
      data: [{ b64_json: FIRST, media_type: 'image/png' }],
      usage: { prompt_tokens: 3, completion_tokens: 50 },
    },
    ...(body.stream === true && {
      frames: [
        { type: 'image_generation.partial_image', b64_json: SECOND, partial_image_index: 0 },
        {
          type: 'image_generation.completed',
          b64_json: FIRST,
          created: 1,
          usage: { prompt_tokens: 3, completion_tokens: 50 },
        },
      ],
    }),
  }),
};

export async function startHosts(): Promise<Hosts> {
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

async function answer(request: IncomingMessage, response: ServerResponse, all: Seen[]): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  const [, host = '', ...rest] = (request.url ?? '').split('/');
  const { method = '', headers } = request;
  const seen = { host, method, path: `/${rest.join('/')}`, body: text === '' ? {} : JSON.parse(text), headers };
  all.push(seen);
  const played = PLAYS[host]?.(seen, all.filter((one) => one.host === host).length) ?? { status: 404, body: {} };
  if (!played.frames) {
    response.writeHead(played.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(played.body));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const frame of played.frames) response.write(`data: ${JSON.stringify(frame)}\n\n`);
  if (played.cut) response.write(': gone\n\n', () => response.socket?.destroy());
  else response.end();
}

/** Each of them as a provider, and a model on it that costs four cents a picture unless it says otherwise. */
export function catalogueOf(port: number): { [path: string]: string } {
  const provider = (name: string, dialect: string, quirks: readonly string[] = []): string =>
    [
      `name = "${name}"`,
      `base_url = "http://127.0.0.1:${port}/${name}"`,
      'auth = { scheme = "none" }',
      `[dialects.${dialect}]`,
      `quirks = ${JSON.stringify(quirks)}`,
    ].join('\n');
  const hosts: { readonly [name: string]: string } = {
    openai: provider('openai', 'openai-images', ['base64-only', 'streams-images']),
    broken: provider('broken', 'openai-images', ['base64-only', 'streams-images']),
    failing: provider('failing', 'openai-images', ['base64-only', 'streams-images']),
    xai: provider('xai', 'xai-images'),
    blocked: provider('blocked', 'xai-images'),
    together: provider('together', 'together-images'),
    deepinfra: provider('deepinfra', 'deepinfra-images'),
    imagen: provider('imagen', 'imagen'),
    filtered: provider('filtered', 'imagen'),
    gemini: provider('gemini', 'gemini-images'),
    talks: provider('talks', 'gemini-images'),
    fireworks: provider('fireworks', 'fireworks-images'),
    replicate: provider('replicate', 'replicate-images'),
    lost: provider('lost', 'replicate-images'),
    gateway: provider('gateway', 'openrouter-images'),
    ...Object.fromEntries(
      ['down', 'refuses', 'page', 'many', 'inward'].map((name) => [name, provider(name, 'openai-images')]),
    ),
  };
  const head = 'output = ["image"]\ninput = ["text", "image"]\ncontext = 32_000\n';
  const each = (tag: string, upstream = tag): string =>
    `[endpoints.${tag}-host]\nupstream_id = "${upstream}"\nprice = { output_image_each = "0.04" }\n`;
  const files: { [path: string]: string } = {};
  for (const [name, text] of Object.entries(hosts)) {
    files[`providers/${name}-host.toml`] = text;
    files[`models/my/${name}.toml`] = head + each(name);
  }
  return {
    ...files,
    'models/my/by-token.toml': `${head}[endpoints.openai-host]\nupstream_id = "gpt-image-2"\nprice = { input = "5", input_image = "8", output_image = "30" }\n`,
    'models/my/older.toml': `${head}${each('openai', 'gpt-image-1.5')}`,
    'models/my/by-kind.toml': `${head}[endpoints.together-host]
upstream_id = "together"
[endpoints.together-host.price]
output_image_each = "0.04"
[[endpoints.together-host.price.overrides]]
image_resolution = "2K"
output_image_each = "0.07"
[[endpoints.together-host.price.overrides]]
image_quality = "low"
output_image_each = "0.01"
[[endpoints.together-host.price.overrides]]
image_size = "1536x1024"
output_image_each = "0.05"
`,
    'models/my/fallback.toml': head + each('broken') + each('openai'),
    'models/my/kontext.toml': head + each('fireworks', 'accounts/fireworks/models/flux-kontext-pro'),
    'models/my/several.toml': head + each('replicate', 'black-forest-labs/flux-2-pro'),
  };
}
