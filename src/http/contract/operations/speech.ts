import type { FieldGroup } from '../field.ts';

/** `POST /audio/speech`. */
export const SPEECH: FieldGroup = {
  id: 'speech',
  title: 'Speech',
  intro:
    'A text is spoken: its audio comes as bytes while it is made. The header X-Generation-Id names its receipt. An answer that breaks off ends with a broken connection and costs nothing; who leaves on the way pays for the text. provider.options holds fields for single providers, by their slugs.',
  fields: [
    {
      name: 'input',
      type: 'string',
      range: 'up to 100,000 characters; vendors take less',
      otherwise: 'none: it must be sent',
      meaning: 'The text to be spoken. Where a price is by character, its Unicode characters are counted.',
      example: 'The river runs to the sea.',
    },
    {
      name: 'voice',
      type: 'string or {id}',
      otherwise: 'the first of the model’s supported_voices',
      meaning: 'The vendor’s name or id of a voice.',
      example: 'alloy',
    },
    {
      name: 'response_format',
      type: 'string',
      range: 'mp3, opus, aac, flac, wav, pcm',
      otherwise: 'pcm',
      meaning:
        'How the audio is written; pcm is 16 bit, little-endian, one channel. An endpoint that writes pcm serves wav and the reverse; one that writes neither of what was asked for is passed over.',
      example: 'mp3',
    },
    {
      name: 'speed',
      type: 'number',
      range: '0.25 to 4',
      otherwise: 'the model’s own',
      meaning: 'How many times as fast as usual. Vendors that cannot are told to be a loss.',
      example: 1.25,
    },
    {
      name: 'instructions',
      type: 'string',
      meaning: 'How it is to be spoken, in words, for models that follow them.',
      example: 'Cheerfully, and not too fast.',
    },
    {
      name: 'input_references',
      type: 'array',
      meaning: 'A voice to be imitated once: one input_audio, and a text with what is said in it. Few hosts can.',
      example: [{ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }],
    },
    {
      name: 'stream_format',
      type: 'string',
      range: 'audio, sse',
      otherwise: 'audio',
      meaning:
        'sse: server-sent events speech.audio.delta with base64, then speech.audio.done with tokens and cost, or an error.',
      example: 'sse',
    },
  ],
};
