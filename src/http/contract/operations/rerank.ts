import type { FieldGroup } from '../field.ts';

export const RERANK: FieldGroup = {
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
};
