import type { FieldGroup } from '../field.ts';

export const TRANSCRIPTION: FieldGroup = {
  id: 'transcription',
  title: 'Transcription',
  intro:
    'Speech is written down, or at the second path translated into English. Sent as JSON with input_audio, or as a form with a file, as OpenAI has it.',
  fields: [
    {
      name: 'input_audio',
      type: 'object',
      meaning: 'The recording: data in base64 and its format. In a form the file takes its place.',
      example: { data: 'UklGRiQAAABXQVZF', format: 'wav' },
    },
    { name: 'language', type: 'string', meaning: 'The language that is spoken, as ISO 639-1 has it.', example: 'en' },
    {
      name: 'prompt',
      type: 'string',
      meaning: 'Words and names that occur, or what was said before.',
      example: 'Loire',
    },
    { name: 'temperature', type: 'number', range: '0 to 2', meaning: 'How freely the model guesses.', example: 0 },
    {
      name: 'response_format',
      type: 'string',
      range: 'json, text, verbose_json, srt, vtt',
      otherwise: 'json',
      meaning: 'How the text is written.',
      example: 'json',
    },
    {
      name: 'timestamp_granularities',
      type: 'array',
      range: 'segment, word',
      meaning: 'Whether segments, words or both are told with their times, in verbose_json.',
      example: ['word'],
    },
  ],
};
