export const COHERE_RERANK = 'cohere-rerank';
