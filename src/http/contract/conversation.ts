import type { FieldGroup } from './field.ts';

export const CONVERSATION: FieldGroup = {
  id: 'conversation',
  title: 'Conversation',
  intro: 'What was said so far.',
  fields: [
    {
      name: 'messages',
      type: 'object[]',
      range: 'at least one',
      meaning:
        'Messages with the roles system, developer, user, assistant and tool. Content is a string or a list of parts (text, image_url, input_audio, file, video_url). A last message of the assistant is continued.',
      example: [{ role: 'user', content: 'Hello' }],
    },
    {
      name: 'prompt',
      type: 'string',
      meaning: 'In place of messages: text to be completed.',
      example: 'Once upon a time',
    },
    {
      name: 'modalities',
      type: 'string[]',
      range: 'text, image, audio',
      otherwise: 'text',
      meaning: 'What the answer may consist of.',
      example: ['text', 'audio'],
    },
    {
      name: 'audio',
      type: 'object',
      meaning: 'Voice and format of spoken output.',
      example: { voice: 'alloy', format: 'wav' },
    },
    {
      name: 'image_config',
      type: 'object',
      meaning: 'Size and proportions of drawn output, in the model’s words.',
      example: { aspect_ratio: '16:9' },
    },
  ],
};

export const ATTRIBUTION: FieldGroup = {
  id: 'attribution',
  title: 'For your records',
  intro: 'Kept in the receipt.',
  fields: [
    { name: 'user', type: 'string', meaning: 'Your own id of the person who asks.', example: 'user-123' },
    {
      name: 'session_id',
      type: 'string',
      range: '≤ 256 characters',
      meaning: 'Groups the requests of one conversation, and keeps them on one endpoint while its cache is warm.',
      example: 'chat-42',
    },
    {
      name: 'metadata',
      type: 'object',
      range: '≤ 16 pairs',
      meaning: 'Strings of your own.',
      example: { team: 'search' },
    },
  ],
};
