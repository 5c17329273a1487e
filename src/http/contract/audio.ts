import type { FieldGroup, RequestField } from './field.ts';

const SHARED: readonly RequestField[] = [
  {
    name: 'model',
    type: 'string',
    otherwise: 'none: without it models must be sent',
    meaning: 'The model to ask, as for a chat: variants, aliases and bare names work here too.',
    example: 'sandbox/speech',
  },
  {
    name: 'models',
    type: 'string[]',
    meaning: 'Further models, tried in this order when every endpoint of the one before failed.',
    example: ['sandbox/speech'],
  },
  {
    name: 'provider',
    type: 'object',
    meaning:
      'Which providers may serve the request, as for a chat. options holds fields for single providers by their slugs: they reach that one alone, and what this page names wins over them.',
    example: { order: ['openai'], options: { deepgram: { mip_opt_out: true } } },
  },
  {
    name: 'user',
    type: 'string',
    meaning: 'Your own name for whoever asks; it stands on the receipt.',
    example: 'user-1',
  },
  {
    name: 'session_id',
    type: 'string',
    range: 'up to 256 characters',
    meaning: 'Puts calls that belong together under one name.',
    example: 'session-1',
  },
];

/** `POST /audio/speech`. */
export const SPEECH: FieldGroup = {
  id: 'speech',
  title: 'Speech',
  intro:
    'POST /api/v1/audio/speech turns a text into audio, which comes as bytes while it is spoken. The header X-Generation-Id names its receipt. An answer that breaks off ends with a broken connection and costs nothing; who leaves on the way pays for the text.',
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
    ...SHARED,
  ],
};

/** `POST /audio/transcriptions` and `/audio/translations`. */
export const TRANSCRIPTION: FieldGroup = {
  id: 'transcription',
  title: 'Transcription',
  intro:
    'POST /api/v1/audio/transcriptions writes a recording down, /api/v1/audio/translations does so in English. Both take JSON, or a form with a file (multipart/form-data) of up to 25 MB.',
  fields: [
    {
      name: 'input_audio',
      type: 'object',
      range: '{data, format}',
      otherwise: 'none: it, or the form’s file, must be sent',
      meaning:
        'The recording as base64, with what its format is called. What its bytes are counts, not what it is called: wav, mp3, flac, ogg, mp4, webm, aac or amr, as the vendor takes it.',
      example: { data: 'UklGRg==', format: 'wav' },
    },
    {
      name: 'file',
      type: 'file',
      range: 'in a form',
      meaning: 'The recording as it is. It reaches the vendor unchanged.',
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
    ...SHARED,
  ],
};
