/** How audio is written: compressed, in a WAVE file, or as bare samples (`pcm`: 16 bit, little-endian, one channel, 24 kHz). */
export const AUDIO_FORMATS = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] as const;
/** A format in which speech is asked for. */
export type AudioFormat = (typeof AUDIO_FORMATS)[number];

/** Bytes of one second of `pcm` (developers.openai.com/api/docs/guides/text-to-speech, read 2026-11-29). */
export const PCM_BYTES_PER_SECOND = 48_000;

/** The media type of each format, as answers are labelled. */
export const AUDIO_TYPES: { readonly [F in AudioFormat]: string } = {
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};
