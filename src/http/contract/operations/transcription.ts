import type { FieldGroup } from '../field.ts';

/** `POST /audio/transcriptions` and `/audio/translations`. */
export const TRANSCRIPTION: FieldGroup = {
  id: 'transcription',
  title: 'Transcription',
  intro:
    'A recording is written down, or at the second path in English. Both take JSON, or a form (multipart/form-data) with a file of up to 25 MB, which reaches the vendor unchanged.',
  fields: [
    {
      name: 'input_audio',
      type: 'object',
      range: '{data, format}',
      otherwise: 'none: it, or in a form the file, must be sent',
      meaning:
        'The recording as base64, with what its format is called. What its bytes are counts, not what it is called: wav, mp3, flac, ogg, mp4, webm, aac or amr, as the vendor takes it.',
      example: { data: 'UklGRg==', format: 'wav' },
    },
    {
      name: 'language',
      type: 'string',
      range: 'ISO 639-1',
      otherwise: 'heard from the recording',
      meaning: 'What is spoken.',
      example: 'en',
    },
    {
      name: 'prompt',
      type: 'string',
      meaning: 'Names and spellings that may come up. Deepgram and ElevenLabs have no such field.',
      example: 'Switchwright, Nuthe',
    },
    {
      name: 'temperature',
      type: 'number',
      range: '0 to 2',
      otherwise: 'the model’s own',
      meaning: 'How freely the model guesses.',
      example: 0,
    },
    {
      name: 'response_format',
      type: 'string',
      range: 'json, verbose_json, text, srt, vtt',
      otherwise: 'json',
      meaning:
        'json: text and usage. verbose_json: task, language, duration, segments and words too. text, and subtitles as srt or vtt, which are made from the times of segments.',
      example: 'verbose_json',
    },
    {
      name: 'timestamp_granularities',
      type: 'string[]',
      range: 'word, segment',
      otherwise: 'segment',
      meaning:
        'What has times in verbose_json; in a form it is called timestamp_granularities[]. A host that tells none is passed over.',
      example: ['word', 'segment'],
    },
    {
      name: 'stream',
      type: 'boolean',
      otherwise: 'false',
      meaning:
        'The text in events, transcript.text.delta and transcript.text.done. Hosts answer in one piece, so it comes in one delta.',
      example: true,
    },
  ],
};
