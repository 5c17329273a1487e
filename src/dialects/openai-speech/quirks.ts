import type { Target } from '../../facts/target.ts';

/** How single hosts depart from OpenAI's `POST /audio/speech`. */
export const QUIRKS = {
  'usage-in-events': {
    why: 'Tokens are told only in server-sent events, which every model but tts-1 and tts-1-hd writes (developers.openai.com/api/reference/resources/audio/subresources/speech, read 2026-11-29).',
  },
  'stream-flag': {
    why: 'Mistral streams where `stream` is true, and answers in one JSON body else (docs.mistral.ai/studio/audio/text-to-speech, read 2026-11-29).',
  },
  'reference-audio': {
    why: 'Mistral imitates the recording in `ref_audio` (docs.mistral.ai/studio/audio/text-to-speech, read 2026-11-29).',
  },
} as const;

export const hasQuirk = ({ endpoint }: Target, name: keyof typeof QUIRKS): boolean =>
  endpoint.dialect.quirks.includes(name);
