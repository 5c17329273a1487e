export const COHERE_EMBEDDINGS = 'cohere-embeddings';
