export const OPENAI_EMBEDDINGS = 'openai-embeddings';
