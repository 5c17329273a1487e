import type { ServerResponse } from 'node:http';
import { arrayOf, isObject, type JsonObject, optionalNumber, stringOf } from '../base/json.ts';
import type { World } from '../base/world.ts';
import { encodePng } from './png-writer.ts';
import { countTokens, createDice, hashOf } from './words.ts';

const SIDE = 256;
const PIXELS_MAX = 4_000_000;
const COUNT_MAX = 10;
const PARTIALS_MAX = 3;
/** Between two pictures of a stream. */
const PAUSE_MS = 20;
/** As many pixels as one token stands for. */
const PIXELS_PER_TOKEN = 256;

type Size = { readonly width: number; readonly height: number };
type Asked = Size & { readonly prompt: string; readonly seed: number; readonly count: number; readonly read: number };

/**
 * `POST /images/generations` and `/images/edits` as OpenAI defines them: waves of colour that depend on the words, the
 * seed and nothing else.
 */
export async function draw(world: World, path: string, body: JsonObject, response: ServerResponse): Promise<void> {
  const model = stringOf(body.model);
  const asked = readAsked(body);
  if (model !== 'image') return refuse(response, 404, `The sandbox draws nothing by the name of "${model}".`);
  if (typeof asked === 'string') return refuse(response, 400, asked);
  const usage = usageOf(asked);
  const more = { size: `${asked.width}x${asked.height}`, quality: 'low', background: 'opaque', output_format: 'png' };
  const pictures = Array.from({ length: asked.count }, (_, at) => ({ b64_json: paint(asked, at) }));
  const created = Math.floor(world.now() / 1000);
  if (body.stream !== true) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ created, data: pictures, ...more, usage }));
    return;
  }
  const word = path.endsWith('/edits') ? 'image_edit' : 'image_generation';
  const send = (type: string, value: object): void => {
    response.write(`event: ${word}.${type}\ndata: ${JSON.stringify({ type: `${word}.${type}`, ...value })}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const partials = Math.min(PARTIALS_MAX, optionalNumber(body.partial_images) ?? 0);
  for (let at = 0; at < partials; at++) {
    const b64_json = paint(asked, 0, (at + 1) / (partials + 1));
    send('partial_image', { b64_json, partial_image_index: at, created_at: created, ...more });
    await new Promise<void>((next) => world.after(PAUSE_MS, next));
  }
  const each = { created_at: created, ...more };
  for (const [at, picture] of pictures.entries())
    send('completed', { ...picture, ...each, ...(at === pictures.length - 1 && { usage }) });
  response.end();
}

function readAsked(body: JsonObject): Asked | string {
  const prompt = stringOf(body.prompt);
  if (prompt === '') return 'The sandbox draws nothing without words.';
  const size = body.size === undefined || body.size === 'auto' ? { width: SIDE, height: SIDE } : sizeOf(body.size);
  if (!size || size.width * size.height > PIXELS_MAX) return `The sandbox draws no picture of ${stringOf(body.size)}.`;
  const count = optionalNumber(body.n) ?? 1;
  if (count < 1 || count > COUNT_MAX) return `The sandbox draws 1 to ${COUNT_MAX} pictures.`;
  const read = arrayOf(body.images).filter(isObject).length;
  return { ...size, prompt, seed: optionalNumber(body.seed) ?? 0, count, read };
}

function sizeOf(value: unknown): Size | undefined {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(stringOf(value)) ?? [];
  return width && height ? { width: Number(width), height: Number(height) } : undefined;
}

function usageOf({ prompt, width, height, count, read }: Asked): JsonObject {
  const text = countTokens(prompt);
  const images = read * 100;
  const output = count * Math.ceil((width * height) / PIXELS_PER_TOKEN);
  return {
    input_tokens: text + images,
    input_tokens_details: { text_tokens: text, image_tokens: images },
    output_tokens: output,
    output_tokens_details: { text_tokens: 0, image_tokens: output },
    total_tokens: text + images + output,
  };
}

const COLOURS = 32;

/** Waves from two sides; of an unfinished picture only the upper part is there. */
function paint({ prompt, seed, width, height }: Asked, at: number, done = 1): string {
  const dice = createDice(hashOf(`${prompt}/${seed}/${at}`));
  const palette = Array.from({ length: COLOURS }, (_, colour) => {
    const light = 40 + (200 * colour) / COLOURS;
    return [light * dice(), light * (0.5 + dice() / 2), light].map(Math.floor) as unknown as [number, number, number];
  });
  const [across = 1, down = 1] = [3 + 9 * dice(), 3 + 9 * dice()];
  const pixels = new Uint8Array(width * height);
  const lines = Math.ceil(height * done);
  for (let y = 0; y < lines; y++)
    for (let x = 0; x < width; x++) {
      const wave = Math.sin((across * x) / width) + Math.sin((down * y) / height) + 2;
      pixels[y * width + x] = Math.floor((wave * (COLOURS - 1)) / 4);
    }
  return encodePng({ width, height, palette, pixels }).toString('base64');
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } }));
}
