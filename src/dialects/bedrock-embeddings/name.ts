export const BEDROCK_EMBEDDINGS = 'bedrock-embeddings';
