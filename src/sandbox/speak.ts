import type { ServerResponse } from 'node:http';
import { type JsonObject, optionalNumber, stringOf } from '../base/json.ts';

const SAMPLE_RATE = 24_000;
const CHARACTERS_PER_SECOND = 15;
const SECONDS_MAX = 600;
const PIECE_BYTES = 16 * 1024;
/** What its speech may be asked to sound like: the lowest tone of each, in hertz. */
export const SANDBOX_VOICES: { readonly [name: string]: number } = { calm: 110, bright: 220 };

type Refusal = { readonly status: number; readonly message: string; readonly param: string };
export type SandboxSpeech = { readonly type: string; readonly audio: Buffer };

/** `POST /audio/speech` as OpenAI defines it. Every letter is a tone of its own, so that the same text sounds the same. */
export function speak(body: JsonObject): SandboxSpeech | Refusal {
  const text = stringOf(body.input);
  if (text.trim() === '') return { status: 400, message: 'There is nothing to be spoken.', param: 'input' };
  const voice = body.voice === undefined ? 'calm' : stringOf(body.voice);
  const lowest = Object.hasOwn(SANDBOX_VOICES, voice) ? SANDBOX_VOICES[voice] : undefined;
  if (lowest === undefined)
    return {
      status: 400,
      message: `The sandbox has no voice "${voice.slice(0, 50)}": use ${Object.keys(SANDBOX_VOICES).join(' or ')}.`,
      param: 'voice',
    };
  const seconds = Math.min(text.length / CHARACTERS_PER_SECOND / (optionalNumber(body.speed) ?? 1), SECONDS_MAX);
  switch (body.response_format ?? 'mp3') {
    case 'pcm':
      return { type: 'audio/pcm', audio: samplesOf(text, lowest, seconds) };
    case 'wav':
      return { type: 'audio/wav', audio: waveOf(samplesOf(text, lowest, seconds), text) };
    case 'mp3':
      return { type: 'audio/mpeg', audio: silentMp3(seconds) };
    default:
      return { status: 400, message: 'The sandbox writes mp3, wav and pcm.', param: 'response_format' };
  }
}

export function sendSpoken(response: ServerResponse, spoken: SandboxSpeech | Refusal): void {
  if ('status' in spoken) {
    const { status, message, param } = spoken;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message, type: 'invalid_request_error', param, code: null } }));
    return;
  }
  const { type, audio } = spoken;
  let at = 0;
  /** As much as the client takes for now. */
  const send = (): void => {
    let isFlowing = true;
    for (; isFlowing && at < audio.length; at += PIECE_BYTES)
      isFlowing = response.write(audio.subarray(at, at + PIECE_BYTES));
    if (at >= audio.length) response.end();
  };
  response.on('drain', send);
  response.writeHead(200, { 'content-type': type });
  send();
}

/** 16 bit, little-endian, one channel. */
export function samplesOf(text: string, lowest: number, seconds: number): Buffer {
  const count = Math.max(1, Math.round(seconds * SAMPLE_RATE));
  const each = count / text.length;
  const samples = Buffer.alloc(2 * count);
  for (let at = 0; at < count; at++) {
    const tone = lowest + (text.charCodeAt(Math.floor(at / each)) % 64) * 8;
    samples.writeInt16LE(Math.round(4_000 * Math.sin((2 * Math.PI * tone * at) / SAMPLE_RATE)), 2 * at);
  }
  return samples;
}

/** With the text in the file's own comment, by which the sandbox knows again what it has said. */
function waveOf(samples: Buffer, text: string): Buffer {
  const comment = Buffer.from(`${text}\0`);
  const padded = comment.length + (comment.length & 1);
  const head = Buffer.alloc(12 + 24 + 8 + 4 + 8 + padded + 8);
  head.write('RIFF', 0);
  head.writeUInt32LE(head.length - 8 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(SAMPLE_RATE, 24);
  head.writeUInt32LE(2 * SAMPLE_RATE, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('LIST', 36);
  head.writeUInt32LE(4 + 8 + padded, 40);
  head.write('INFOICMT', 44);
  head.writeUInt32LE(comment.length, 52);
  comment.copy(head, 56);
  head.write('data', head.length - 8);
  head.writeUInt32LE(samples.length, head.length - 4);
  return Buffer.concat([head, samples]);
}

/** Frames of silence: 128 kbit/s, 44.1 kHz, one channel; 417 bytes and 1,152 samples each. */
function silentMp3(seconds: number): Buffer {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0xc0]);
  return Buffer.concat(new Array<Buffer>(Math.max(1, Math.round((seconds * 44_100) / 1_152))).fill(frame));
}
