import type { OperationId } from '../../call/operation.ts';
import type { FieldGroup } from './field.ts';

/** What operations beside chat are asked with, field by field; the fields of routing and labels are those of a chat. */
export const OPERATION_FIELDS: { readonly [O in Exclude<OperationId, 'chat'>]: FieldGroup } = {
  embeddings: {
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
  },
  rerank: {
    id: 'rerank',
    title: 'Rerank',
    intro:
      'Documents are put in the order of their relevance to a query. The same at /v2/rerank for Cohere’s SDKs, whose answer holds no documents.',
    fields: [
      {
        name: 'query',
        type: 'string',
        meaning: 'What the documents are ranked by. It must fit into the model’s window.',
        example: 'What is the capital of France?',
      },
      {
        name: 'documents',
        type: 'array',
        range: '1 to 10,000 documents',
        meaning:
          'Texts, or objects with text, image (a URL or a data: URL) or both. Of a document that is longer than the window, hosts read the beginning or the best piece. What a host cannot take at once goes in several requests and is ranked together.',
        example: ['Paris is the capital of France.', { text: 'Berlin is the capital of Germany.' }],
      },
      {
        name: 'top_n',
        type: 'integer',
        range: '≥ 1',
        otherwise: 'all',
        meaning: 'How many of the best documents are told; more than there are means all of them.',
        example: 1,
      },
      {
        name: 'return_documents',
        type: 'boolean',
        otherwise: 'true; at /v2/rerank false',
        meaning: 'Whether each result repeats its document.',
        example: false,
      },
      {
        name: 'max_tokens_per_doc',
        type: 'integer',
        range: '≥ 1',
        meaning: 'Where a document is cut. Cohere’s models take it; for others it is listed as a loss.',
        example: 512,
      },
    ],
  },
  speech: {
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
  },
};
