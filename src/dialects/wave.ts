import { fault } from '../base/fault.ts';
import { AUDIO_TYPES } from '../call/audio.ts';
import type { SpeechStep } from '../call/speech.ts';

/** A header of more than this before the samples is none. */
const HEADER_BYTES_MAX = 64 * 1024;
const RATE = 24_000;
/** A stream does not know its length: the greatest number is written, as ffmpeg does for a pipe. */
const UNKNOWN = 0xffff_ffff;

/** The header of a WAVE file of 16 bit samples of one channel, whose length is not known yet. */
export function waveHeader(samplesPerSecond: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(UNKNOWN, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(samplesPerSecond, 24);
  header.writeUInt32LE(samplesPerSecond * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(UNKNOWN, 40);
  return header;
}

/** Bare samples as a WAVE file; their rate is what the media type says, as in `audio/L16;codec=pcm;rate=24000`. */
export function waveOfSamples(): (step: SpeechStep) => SpeechStep[] {
  let rate = RATE;
  let isBegun = false;
  return (step) => {
    if (step.type === 'start') {
      rate = Number(/;\s*rate=(\d{4,6})\b/.exec(step.mediaType ?? '')?.[1] ?? RATE);
      return [{ ...step, mediaType: AUDIO_TYPES.wav }];
    }
    if (step.type !== 'bytes' || isBegun) return [step];
    isBegun = true;
    return [{ type: 'bytes', bytes: waveHeader(rate) }, step];
  };
}

/** The samples of a WAVE file without what stands before them. Anything but 16 bit samples of one channel is a fault. */
export function samplesOfWave(): (step: SpeechStep) => SpeechStep[] {
  let head: Buffer | null = Buffer.alloc(0);
  return (step) => {
    if (step.type === 'start') return [{ ...step, mediaType: AUDIO_TYPES.pcm }];
    if (step.type === 'end' && head !== null)
      return [{ type: 'fault', fault: fault('upstream_malformed', NO_SAMPLES) }];
    if (step.type !== 'bytes' || head === null) return [step];
    head = Buffer.concat([head, step.bytes]);
    const at = samplesAt(head);
    if (at === 'more' && head.length <= HEADER_BYTES_MAX) return [];
    if (typeof at === 'string') return [{ type: 'fault', fault: fault('upstream_malformed', NO_SAMPLES) }];
    const bytes = head.subarray(at);
    head = null;
    return bytes.length > 0 ? [{ type: 'bytes', bytes }] : [];
  };
}

const NO_SAMPLES = 'The provider sent no WAVE file of 16 bit samples of one channel.';

/** Where the samples begin: behind the head of the chunk `data`. */
function samplesAt(head: Buffer): number | 'more' | 'none' {
  if (head.length < 12) return 'more';
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return 'none';
  let isPlain = false;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString('latin1', at, at + 4);
    const size = head.readUInt32LE(at + 4);
    if (name === 'data') return isPlain ? at + 8 : 'none';
    if (name === 'fmt ') {
      if (at + 24 > head.length) return 'more';
      const [format, channels, bits] = [8, 10, 22].map((offset) => head.readUInt16LE(at + offset));
      isPlain = (format === 1 || format === 0xfffe) && channels === 1 && bits === 16;
      if (!isPlain) return 'none';
    }
    at += 8 + size + (size & 1);
  }
  return 'more';
}
