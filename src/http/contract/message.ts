import type { FieldGroup } from './field.ts';

/** The members of one entry of `messages`. Each example is a whole message. */
export const MESSAGE: FieldGroup = {
  id: 'message',
  title: 'A message',
  intro: 'Members of one entry of messages. What an answer contained may be sent back as it came.',
  fields: [
    {
      name: 'role',
      type: 'string',
      range: 'system, developer, user, assistant, tool',
      meaning: 'Who speaks. A last message of the assistant is continued, where the vendor allows it.',
      example: { role: 'developer', content: 'Answer in one sentence.' },
    },
    {
      name: 'content',
      type: 'string or object[]',
      meaning: 'Text, or parts in their order; the types of parts are listed below.',
      example: { role: 'user', content: 'Name a river.' },
    },
    {
      name: 'name',
      type: 'string',
      meaning: 'Tells speakers of one role apart. Where a vendor has no place for it, it stands before the text.',
      example: { role: 'user', name: 'Ada', content: 'Hello' },
    },
    {
      name: 'tool_calls',
      type: 'object[]',
      meaning: 'Of the assistant: the functions it called, as they came.',
      example: {
        role: 'assistant',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
      },
    },
    {
      name: 'tool_call_id',
      type: 'string',
      meaning: 'Of a tool: which call this is the result of.',
      example: { role: 'tool', tool_call_id: 'call_1', content: '14 °C' },
    },
    {
      name: 'reasoning_details',
      type: 'object[]',
      meaning:
        'Of the assistant: its reasoning with signatures. The vendor that wrote it needs it back between tool calls; others are not shown it.',
      example: {
        role: 'assistant',
        content: 'The Loire.',
        reasoning_details: [
          { type: 'reasoning.text', text: 'A long one.', signature: null, format: 'unknown', index: 0 },
        ],
      },
    },
  ],
};

/** The parts that a message's content may have. Each example is a whole part. */
export const PART: FieldGroup = {
  id: 'part',
  title: 'A part of a message',
  intro:
    'Images and files are passed on by address where the vendor fetches them itself, and fetched here where it needs the bytes.',
  fields: [
    { name: 'text', type: 'text', meaning: 'Plain text.', example: { type: 'text', text: 'What is in this image?' } },
    {
      name: 'image_url',
      type: 'image_url.url, image_url.detail',
      range: 'http(s) or data: address; detail auto, low, high',
      meaning: 'An image. An address that cannot be fetched gives 400 image_download_failed.',
      example: { type: 'image_url', image_url: { url: 'https://example.com/boardwalk.jpg' } },
    },
    {
      name: 'input_audio',
      type: 'input_audio.data, input_audio.format',
      range: 'base64 without a prefix; wav, mp3, …',
      meaning: 'Sound.',
      example: { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
    },
    {
      name: 'file',
      type: 'file.filename, file.file_data',
      range: 'http(s) or data: address',
      meaning: 'A document, usually a PDF.',
      example: { type: 'file', file: { filename: 'a.pdf', file_data: 'https://example.com/a.pdf' } },
    },
    {
      name: 'video_url',
      type: 'video_url.url',
      range: 'http(s) or data: address',
      meaning: 'A video, for the few models that watch one.',
      example: { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } },
    },
    {
      name: 'cache_control',
      type: 'object, on any part',
      range: 'ttl 5m or 1h',
      meaning: 'The prompt is cached up to and including this part, with vendors that must be asked.',
      example: { type: 'text', text: 'A long manual …', cache_control: { type: 'ephemeral', ttl: '1h' } },
    },
  ],
};
