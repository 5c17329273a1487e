import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type Json, type JsonObject, optionalNumber, parseJson, stringOf } from '../base/json.ts';
import type { World } from '../base/world.ts';
import type { Colour } from './h264.ts';
import { encodeMp4 } from './mp4.ts';
import { createDice, hashOf } from './words.ts';

/** What a video is, and what becomes of it. It is all in its name, so that it outlives the sandbox. */
type Film = {
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly readyAt: number;
  readonly fate: Fate;
};
const FATES = ['done', 'failed', 'refused', 'forgotten', 'endless'] as const;
type Fate = (typeof FATES)[number];

const READY_MS = 1_500;
const SECONDS_MAX = 60;
const PIXELS_MAX = 3_840 * 2_160;

/**
 * OpenAI's `/videos`: bars of colour that move on each second, in a real MP4 of the size and length that were asked for.
 * `wait_ms` and `fate` of the body say when it is ready and what becomes of it.
 */
export function film(world: World, request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const [, id, part] = /\/videos(?:\/([\w-]+))?(?:\/(content|cancel))?$/.exec(path) ?? [];
  const send = (status: number, body: JsonObject): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (id === undefined) return begin(world, bytes, send);
  const found = readName(id);
  if (!found || (found.fate === 'forgotten' && part === undefined))
    return send(404, { error: { message: `Video '${id.slice(0, 100)}' not found.`, type: 'invalid_request_error' } });
  if (part === 'content') return sendContent(found, request, response);
  send(200, describe(found, id, world.now()));
}

function begin(world: World, bytes: Buffer, send: (status: number, body: JsonObject) => void): void {
  const body = parseJson(bytes.toString('utf8'));
  if (!isObject(body)) return send(400, { error: { message: 'The sandbox takes JSON.' } });
  const seconds = Number(body.seconds ?? 4);
  const [, wide, high] = /^(\d{1,4})x(\d{1,4})$/.exec(stringOf(body.size) || '1280x720') ?? [];
  const [width, height] = [Number(wide), Number(high)];
  const refuse = (message: string, param: string): void =>
    send(400, { error: { message, type: 'invalid_request_error', param, code: null } });
  if (body.model !== 'video')
    return send(404, { error: { message: `The sandbox films nothing by the name of "${stringOf(body.model)}".` } });
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > SECONDS_MAX)
    return refuse(`The sandbox films 1 to ${SECONDS_MAX} seconds.`, 'seconds');
  if (!(width >= 16 && height >= 16 && width * height <= PIXELS_MAX && width % 2 === 0 && height % 2 === 0))
    return refuse(`The sandbox films no pictures of ${stringOf(body.size)}.`, 'size');
  const now = world.now();
  const fate = FATES.find((one) => one === body.fate) ?? 'done';
  const wait = Math.min(60_000, Math.max(0, optionalNumber(body.wait_ms) ?? READY_MS));
  const seed = hashOf(stringOf(body.prompt)) % 0xffff_ffff;
  const made = { width, height, seconds, seed, begunAt: now, readyAt: now + wait, fate };
  send(200, describe(made, nameOf(made), now));
}

const nameOf = ({ width, height, seconds, seed, begunAt, readyAt, fate }: Film): string =>
  `video_${Buffer.from(JSON.stringify([width, height, seconds, seed, begunAt, readyAt, fate])).toString('base64url')}`;

function readName(id: string): Film | null {
  const value: Json | undefined = parseJson(Buffer.from(id.replace(/^video_/, ''), 'base64url').toString('utf8'));
  if (!Array.isArray(value)) return null;
  const [width, height, seconds, seed, begunAt, readyAt, fate] = value;
  const numbers = [width, height, seconds, seed, begunAt, readyAt].map((one) => (typeof one === 'number' ? one : 0));
  const [w = 0, h = 0, s = 0, dice = 0, begun = 0, ready = 0] = numbers;
  const isSound = w >= 16 && h >= 16 && w * h <= PIXELS_MAX && s >= 1 && s <= SECONDS_MAX;
  const found = FATES.find((one) => one === fate);
  return isSound && found
    ? { width: w, height: h, seconds: s, seed: dice, begunAt: begun, readyAt: ready, fate: found }
    : null;
}

function describe({ width, height, seconds, begunAt, readyAt, fate }: Film, id: string, now: number): JsonObject {
  const isOver = now >= readyAt && fate !== 'endless';
  const isFailed = isOver && fate !== 'done';
  const part = readyAt > begunAt ? (now - begunAt) / (readyAt - begunAt) : 1;
  return {
    id,
    object: 'video',
    model: 'video',
    status: isFailed ? 'failed' : isOver ? 'completed' : now === begunAt ? 'queued' : 'in_progress',
    progress: Math.min(isOver ? 100 : 99, Math.floor(part * 100)),
    created_at: Math.floor(begunAt / 1000),
    completed_at: isOver ? Math.floor(readyAt / 1000) : null,
    expires_at: null,
    seconds: String(seconds),
    size: `${width}x${height}`,
    error: isFailed
      ? fate === 'refused'
        ? { code: 'moderation_blocked', message: 'The sandbox was told to refuse this video.' }
        : { code: 'video_failed', message: 'The sandbox was told to fail at this video.' }
      : null,
  };
}

const BARS: readonly Colour[] = [
  [235, 128, 128],
  [210, 16, 146],
  [170, 166, 16],
  [145, 54, 34],
  [106, 202, 222],
  [81, 90, 240],
  [41, 240, 110],
];

function sendContent({ width, height, seconds, seed }: Film, request: IncomingMessage, response: ServerResponse): void {
  const dice = createDice(seed);
  const start = Math.floor(dice() * BARS.length);
  const colours = [...BARS.slice(start), ...BARS.slice(0, start)];
  const whole = encodeMp4({ width, height, seconds, colours });
  const head = { 'content-type': 'video/mp4', 'accept-ranges': 'bytes' };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) return void response.writeHead(200, { ...head, 'content-length': whole.length }).end(whole);
  const last = Math.min(whole.length - 1, to === '' ? whole.length - 1 : Number(to));
  if (Number(from) > last)
    return void response
      .writeHead(416, { ...head, 'content-range': `bytes */${whole.length}`, 'content-length': 0 })
      .end();
  const piece = whole.subarray(Number(from), last + 1);
  const range = { 'content-range': `bytes ${from}-${last}/${whole.length}`, 'content-length': piece.length };
  response.writeHead(206, { ...head, ...range }).end(piece);
}
