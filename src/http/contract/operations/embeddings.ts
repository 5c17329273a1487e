import type { FieldGroup } from '../field.ts';

export const EMBEDDINGS: FieldGroup = {
  id: 'embeddings',
  title: 'Embeddings',
  intro: 'Texts and other things become vectors: one for each input, in their order.',
  fields: [
    {
      name: 'input',
      type: 'string | array',
      range: 'up to 2,048 inputs',
      meaning:
        'A text, a list of token ids, or a list of texts, lists of token ids and objects with content: parts (text, image_url, input_audio, input_video, input_file) that become one vector together. What a host cannot take at once goes in several requests.',
      example: ['one', 'two'],
    },
    {
      name: 'encoding_format',
      type: 'string',
      range: 'float, base64',
      otherwise: 'float',
      meaning: 'How vectors are written: numbers, or little-endian float32 in base64, as OpenAI’s SDKs ask for.',
      example: 'base64',
    },
    {
      name: 'dimensions',
      type: 'integer',
      range: '≥ 1',
      meaning: 'How long a vector is, for models that know several lengths.',
      example: 256,
    },
    {
      name: 'input_type',
      type: 'string',
      range: 'search_query, search_document, classification, or a vendor’s own word',
      meaning: 'What the vectors are for. Translated into the words of Cohere, Google and others.',
      example: 'search_query',
    },
  ],
};
