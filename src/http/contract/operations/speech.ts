import type { FieldGroup } from '../field.ts';

export const SPEECH: FieldGroup = {
  id: 'speech',
  title: 'Speech',
  intro: 'A text is spoken. The answer is audio, which comes as it is made.',
  fields: [
    {
      name: 'input',
      type: 'string',
      range: 'up to 100,000 characters',
      meaning: 'What is to be spoken.',
      example: 'The quick brown fox.',
    },
    {
      name: 'voice',
      type: 'string | object',
      meaning: 'A voice by its name, or {id} of one of your own.',
      example: 'alloy',
    },
    {
      name: 'response_format',
      type: 'string',
      range: 'mp3, opus, aac, flac, wav, pcm',
      otherwise: 'pcm, as OpenRouter has it',
      meaning: 'The format of the audio.',
      example: 'mp3',
    },
    {
      name: 'speed',
      type: 'number',
      range: '0.25 to 4',
      otherwise: '1',
      meaning: 'How fast it is spoken.',
      example: 1.5,
    },
    { name: 'instructions', type: 'string', meaning: 'How it is to be spoken, in words.', example: 'Whisper.' },
    {
      name: 'input_references',
      type: 'array',
      meaning: 'A recording of a voice to speak with (input_audio), and what is said in it (text).',
      example: [{ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }],
    },
    {
      name: 'stream_format',
      type: 'string',
      range: 'audio, sse',
      otherwise: 'audio',
      meaning: 'Audio as it is, or in server-sent events.',
      example: 'sse',
    },
  ],
};
