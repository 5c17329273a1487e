import { isMp3, mp3Rate, mpegFrameAt, waveRate } from './audio-header.ts';
import { type Blob, sizeOf } from './blobs.ts';

/** What tells how long a recording is stands at its beginning or its end. */
const WINDOW_BYTES = 256 * 1024;

export const AUDIO_KINDS = ['wav', 'mp3', 'flac', 'ogg', 'mp4', 'webm', 'aac', 'amr'] as const;
/** A container or codec of audio that recordings are recognised as by their bytes. */
export type AudioKind = (typeof AUDIO_KINDS)[number];

/** A recording by what its bytes are, whatever it is called. */
export type Recording = {
  /** `other` = a picture, a document or an archive; null = it cannot be told. */
  readonly kind: AudioKind | 'other' | null;
  /** How long it plays, as its own header tells; null = it does not, or not in a way that is read here. */
  readonly seconds: number | null;
};

export function readRecording(bytes: Blob): Recording {
  const size = sizeOf(bytes);
  const head = headOf(bytes);
  const kind = kindOf(head);
  switch (kind) {
    case 'wav':
      return { kind, seconds: waveSeconds(head, size) };
    case 'mp3':
      return { kind, seconds: mp3Seconds(head, size) };
    case 'flac':
      return { kind, seconds: flacSeconds(head) };
    case 'ogg':
      return { kind, seconds: oggSeconds(head, tailOf(bytes)) };
    case 'mp4':
      return { kind, seconds: mp4Seconds(head) ?? mp4Seconds(tailOf(bytes)) };
    default:
      return { kind, seconds: null };
  }
}

function headOf(bytes: Blob): Buffer {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (const piece of bytes) {
    if (length >= WINDOW_BYTES) break;
    pieces.push(piece);
    length += piece.length;
  }
  return Buffer.concat(pieces).subarray(0, WINDOW_BYTES);
}

function tailOf(bytes: Blob): Buffer {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let at = bytes.length - 1; at >= 0 && length < WINDOW_BYTES; at--) {
    const piece = bytes[at] as Uint8Array;
    pieces.unshift(piece);
    length += piece.length;
  }
  const whole = Buffer.concat(pieces);
  return whole.subarray(Math.max(0, whole.length - WINDOW_BYTES));
}

const OTHER = /^(?:\x89PNG|\xff\xd8\xff|GIF8|%PDF-|PK\x03\x04|\x1f\x8b|<!DOCTYPE|<html|BM)/i;

function kindOf(head: Buffer): Recording['kind'] {
  const start = head.toString('latin1', 0, 16);
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WAVE') return 'wav';
  if (start.startsWith('fLaC')) return 'flac';
  if (start.startsWith('OggS')) return 'ogg';
  if (start.slice(4, 8) === 'ftyp') return 'mp4';
  if (start.startsWith('\x1a\x45\xdf\xa3')) return 'webm';
  if (start.startsWith('#!AMR')) return 'amr';
  if (OTHER.test(start)) return 'other';
  if (start.startsWith('ID3') || isMp3(head)) return 'mp3';
  return head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0 ? 'aac' : null;
}

/** By the samples that are there: a length that the header claims beyond them is not believed. */
function waveSeconds(head: Buffer, size: number): number | null {
  const rate = waveRate(head);
  if (rate === null) return null;
  for (let at = 12; at + 8 <= head.length; ) {
    const length = head.readUInt32LE(at + 4);
    if (head.toString('latin1', at, at + 4) === 'data') return Math.min(length, size - at - 8) / rate;
    at += 8 + length + (length & 1);
  }
  return null;
}

/** Of a variable rate its own count of frames (`Xing`, `Info`), else the size by the rate of the first frame. */
function mp3Seconds(head: Buffer, size: number): number | null {
  const at = mpegFrameAt(head);
  const rate = mp3Rate(head);
  if (rate === null) return null;
  const tag = [36, 21, 13]
    .map((offset) => at + offset)
    .find((place) => /^(?:Xing|Info)$/.test(head.toString('latin1', place, place + 4)));
  const perSecond = framesPerSecond(head, at);
  if (tag !== undefined && perSecond !== null && tag + 12 <= head.length && (head.readUInt32BE(tag + 4) & 1) === 1)
    return head.readUInt32BE(tag + 8) / perSecond;
  return (size - at) / rate;
}

/** Samples a second of version 1, 2 and 2.5 (ISO 11172-3, 13818-3). */
const SAMPLE_RATES: { readonly [version: number]: readonly number[] } = {
  3: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  0: [11_025, 12_000, 8_000],
};

function framesPerSecond(head: Buffer, at: number): number | null {
  const version = ((head[at + 1] ?? 0) >> 3) & 3;
  const samples = SAMPLE_RATES[version]?.[((head[at + 2] ?? 0) >> 2) & 3];
  return samples === undefined ? null : samples / (version === 3 ? 1_152 : 576);
}

/** STREAMINFO: 20 bits of samples a second, 36 bits of samples (RFC 9639, 8.2). */
function flacSeconds(head: Buffer): number | null {
  if (head.length < 26) return null;
  const rate = head.readUIntBE(18, 3) >> 4;
  const samples = ((head[21] ?? 0) & 0x0f) * 2 ** 32 + head.readUInt32BE(22);
  return rate > 0 && samples > 0 ? samples / rate : null;
}

/** The position of the last page, in samples: 48,000 a second of Opus (RFC 7845), of Vorbis as its header tells. */
function oggSeconds(head: Buffer, tail: Buffer): number | null {
  const last = tail.lastIndexOf('OggS', tail.length, 'latin1');
  if (last === -1 || last + 14 > tail.length) return null;
  const position = tail.readBigUInt64LE(last + 6);
  if (position >= 2n ** 62n) return null;
  if (head.indexOf('OpusHead', 0, 'latin1') !== -1) return Number(position) / 48_000;
  const vorbis = head.indexOf('\x01vorbis', 0, 'latin1');
  if (vorbis === -1 || vorbis + 16 > head.length) return null;
  const rate = head.readUInt32LE(vorbis + 12);
  return rate > 0 ? Number(position) / rate : null;
}

/** `mvhd`: how many units a second, and how many units (ISO 14496-12, 8.2.2). */
function mp4Seconds(window: Buffer): number | null {
  const at = window.indexOf('mvhd', 0, 'latin1');
  if (at === -1 || at + 36 > window.length) return null;
  const isLong = window[at + 4] === 1;
  const scale = window.readUInt32BE(at + (isLong ? 24 : 16));
  const duration = isLong ? Number(window.readBigUInt64BE(at + 28)) : window.readUInt32BE(at + 20);
  return scale > 0 && duration > 0 && duration < 0xffff_ffff ? duration / scale : null;
}
