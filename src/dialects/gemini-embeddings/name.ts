export const GEMINI_EMBEDDINGS = 'gemini-embeddings';
