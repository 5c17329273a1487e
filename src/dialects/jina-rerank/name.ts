export const JINA_RERANK = 'jina-rerank';
