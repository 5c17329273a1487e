import type { DialectId } from '../../catalog/dialect-table.ts';

/** What a wire format is called on a page. */
export const DIALECT_WORDS: { readonly [D in DialectId]: string } = {
  'openai-chat': 'OpenAI Chat',
  'openai-completions': 'OpenAI Completions',
  'openai-responses': 'OpenAI Responses',
  'anthropic-messages': 'Anthropic Messages',
  gemini: 'Gemini',
  'bedrock-converse': 'Bedrock Converse',
  'bedrock-invoke-anthropic': 'Bedrock Invoke (Anthropic)',
  'cohere-chat': 'Cohere Chat',
  ollama: 'Ollama',
  'openai-embeddings': 'OpenAI Embeddings',
  'gemini-embeddings': 'Gemini Embeddings',
  'vertex-embeddings': 'Vertex AI Embeddings',
  'cohere-embeddings': 'Cohere Embeddings',
  'bedrock-embeddings': 'Bedrock Embeddings',
};
