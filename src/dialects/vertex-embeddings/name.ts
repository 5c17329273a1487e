export const VERTEX_EMBEDDINGS = 'vertex-embeddings';
