import type { FieldGroup } from './field.ts';

/** What is sent to /files, field by field. */
export const FILE_UPLOAD: FieldGroup = {
  id: 'upload',
  title: 'Uploading',
  intro:
    'POST /files takes a form (multipart/form-data). What a file is, its bytes tell, not its name: PDF; PNG, JPEG, GIF, WebP; DOCX, XLSX, PPTX; MP3, WAV, FLAC, OGG, M4A; MP4, MOV, WebM; UTF-8 text (plain, Markdown, CSV, JSON, JSON Lines). Anthropic’s libraries, which say their API’s version, are answered in its words, OpenAI’s libraries and uploads with a purpose in OpenAI’s, everybody else in OpenRouter’s.',
  fields: [
    {
      name: 'file',
      type: 'file',
      range: 'up to 100 MB, within what the workspace may keep',
      meaning:
        'The file, with a name. It is written to its place as it comes, within the time that a request may take.',
    },
    {
      name: 'purpose',
      type: 'string',
      range: 'assistants, batch, fine-tune, vision, user_data, evals',
      meaning:
        'OpenAI’s word for what it is for. A file with a purpose can be downloaded again; without one it is for models alone.',
      example: 'user_data',
    },
    {
      name: 'expires_after[seconds]',
      type: 'integer',
      range: '3,600 to 2,592,000',
      otherwise: 'kept until it is deleted; of purpose batch 30 days',
      meaning:
        'How long it is kept. OpenAI’s libraries send expires_after[anchor]=created_at with it; Anthropic’s say expires_in_seconds.',
      example: 86_400,
    },
  ],
};

export const FILE_LIST: FieldGroup = {
  id: 'list',
  title: 'Listing, reading, deleting',
  intro:
    'GET /files lists the files of the key’s workspace, GET /files/{id} tells of one, GET /files/{id}/content sends its bytes, DELETE /files/{id} deletes it for good. Another workspace’s file is answered as one that there is not.',
  fields: [
    {
      name: 'limit',
      type: 'integer',
      range: '1 to 1,000; for OpenAI’s libraries 10,000',
      otherwise: '100; Anthropic 20; OpenAI all',
      meaning: 'How many a page holds.',
      example: 20,
    },
    {
      name: 'after',
      type: 'string',
      meaning: 'The id (or cursor, page, after_id) that the last page ended with: what comes behind it.',
    },
    { name: 'before_id', type: 'string', meaning: 'What comes before this id.' },
    {
      name: 'order',
      type: 'string',
      range: 'asc or desc',
      otherwise: 'asc; for OpenAI’s and Anthropic’s libraries desc',
      meaning: 'By when they were uploaded.',
    },
    { name: 'purpose', type: 'string', meaning: 'Only files of this purpose.' },
    {
      name: 'workspace_id',
      type: 'string',
      otherwise: 'the key’s',
      meaning: 'The key’s own workspace, where a program insists on naming it.',
    },
  ],
};

export const FILE_USE: FieldGroup = {
  id: 'use',
  title: 'Naming a file in a call',
  intro:
    'A file is named where its bytes would stand, in every dialect, and read before the call is planned, counted and sent: providers get the bytes, never our ids. Of one call 64 files, 25 MB each and 64 MB together.',
  fields: [
    {
      name: 'file.file_id',
      type: 'string',
      meaning:
        'In chat completions: {"type":"file","file":{"file_id":…}}. A picture, sound or film is sent as what it is.',
    },
    { name: 'input_file.file_id', type: 'string', meaning: 'In responses; input_image takes one too.' },
    {
      name: 'source.file_id',
      type: 'string',
      meaning: 'In messages: {"type":"document","source":{"type":"file","file_id":…}}, likewise for image.',
    },
    {
      name: 'fileData.fileUri',
      type: 'string',
      meaning:
        'In Google’s words: files/{id}, or an address that ends in /v1beta/files/{id}. Google’s libraries upload in their own way (files.upload: resumable, below /upload); what comes so is kept for 48 hours.',
    },
    { name: 'images[].file_id', type: 'string', meaning: 'In /images/edits: a picture to start from, also as mask.' },
  ],
};

/** What is sent to /batches and /messages/batches. */
export const BATCHES: FieldGroup = {
  id: 'batches',
  title: 'Batches',
  intro:
    'Many calls whose answers are not waited for. POST /batches takes an uploaded file of lines, as OpenAI has it, or the requests themselves, as OpenRouter has it; POST /messages/batches takes requests as Anthropic has it. Each line is a call with its own hold, receipt and bill at the ordinary price, and ends with its own error where it has one: over its key’s limit, refused, not answered. Lines are asked for at a pace (SWITCHWRIGHT_BATCH_CALLS) within 24 hours, by whichever process is alive: after a crash those without a result are asked for, and one whose call was charged already is told as interrupted instead. GET /batches lists, GET /batches/{id} tells, POST /batches/{id}/cancel stops, DELETE /batches/{id} removes one that is over; below /messages/batches likewise, with /results.',
  fields: [
    {
      name: 'input_file_id',
      type: 'string',
      range: 'up to 50,000 lines of 8 MB',
      meaning:
        'A file of lines: {"custom_id", "method": "POST", "url", "body"}. custom_id is unique in it; body is what would be posted, without stream.',
    },
    {
      name: 'endpoint',
      type: 'string',
      range:
        '/v1/chat/completions, /v1/responses, /v1/messages, /v1/completions, /v1/embeddings, /v1/rerank, /v1/images and more',
      meaning: 'Where every line is posted to.',
      example: '/v1/chat/completions',
    },
    {
      name: 'completion_window',
      type: 'string',
      range: '24h',
      meaning: 'After it, lines that were not sent end as expired.',
      example: '24h',
    },
    { name: 'metadata', type: 'object', range: '16 pairs', meaning: 'Told back.' },
    {
      name: 'output_expires_after.seconds',
      type: 'integer',
      range: '3,600 to 2,592,000',
      otherwise: '30 days',
      meaning: 'How long the files of results are kept.',
    },
    { name: 'model', type: 'string', meaning: 'With requests: the model of all of them.', example: 'sandbox/echo' },
    {
      name: 'requests',
      type: 'array',
      range: 'up to 32 MB',
      meaning: '{"custom_id", "body"} each; at /messages/batches {"custom_id", "params"}.',
    },
  ],
};
