/** As much of the beginning of audio as tells its rate. */
export const AUDIO_HEAD_BYTES = 64;

/** Plain samples: integers, floats, A-law and µ-law. */
const PLAIN_WAVE: ReadonlySet<number> = new Set([1, 3, 6, 7, 0xfffe]);

/** Bytes of one second of a WAVE file of plain samples, by its own rate; null for anything else. */
export function waveRate(head: Buffer): number | null {
  const isWave = head.length >= 36 && head.toString('latin1', 0, 4) === 'RIFF';
  if (!isWave || head.toString('latin1', 8, 16) !== 'WAVEfmt ' || !PLAIN_WAVE.has(head.readUInt16LE(20))) return null;
  const rate = head.readUInt32LE(24) * head.readUInt16LE(32);
  return rate > 0 ? rate : null;
}

/** Where the first frame of MPEG audio stands, behind an ID3 tag: as much of the head as is there is asked. */
export function mpegFrameAt(head: Buffer): number {
  if (head.length < 10 || head.toString('latin1', 0, 3) !== 'ID3') return 0;
  const size = (at: number): number => (head[at] ?? 0) & 0x7f;
  return 10 + ((size(6) << 21) | (size(7) << 14) | (size(8) << 7) | size(9));
}

/** An MPEG frame of layer III at the beginning, or behind an ID3 tag. */
export function isMp3(head: Buffer): boolean {
  const at = mpegFrameAt(head);
  return head[at] === 0xff && ((head[at + 1] ?? 0) & 0xe6) === 0xe2;
}

/** Kilobits a second of MPEG audio layer III by the index in its frames: of version 1, and of versions 2 and 2.5 (ISO 11172-3, 13818-3). */
const MP3_RATES = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;

/** Bytes of one second of MP3, by its first frame; null for anything else, and for a rate that the frame leaves open. */
export function mp3Rate(head: Buffer): number | null {
  if (!isMp3(head)) return null;
  const at = mpegFrameAt(head);
  const isFirstVersion = ((head[at + 1] ?? 0) & 0x18) === 0x18;
  const kilobits = MP3_RATES[isFirstVersion ? 0 : 1][(head[at + 2] ?? 0) >> 4] ?? 0;
  return kilobits > 0 ? kilobits * 125 : null;
}
