import type { WholeDialect } from '../dialect.ts';
import { assetsOf } from '../embedding-inputs.ts';
import { decodeGeminiFault } from '../gemini-fault.ts';
import { isFetchedByGemini } from '../gemini-media.ts';
import { decodeReply } from '../google-embedding-reply.ts';
import { embedsContent, encodeCall } from './call.ts';
import { VERTEX_EMBEDDINGS } from './name.ts';

/**
 * Gemini's embedding models take one input at a time. The older ones take 250 and 20,000 tokens, whichever comes first
 * (text embeddings guide, read 2026-11-24): so many paragraphs fit.
 */
const TEXTS_MAX = 50;

/** Embedding models on Vertex AI. */
export const vertexEmbeddingsUpstream: WholeDialect<'embeddings'> = {
  id: VERTEX_EMBEDDINGS,
  entriesMax: (target) => (embedsContent(target) || /gemini/.test(target.endpoint.upstreamId) ? 1 : TEXTS_MAX),
  assets: (call) => assetsOf(call).filter(({ url }) => !isFetchedByGemini(url)),
  encodeCall,
  decodeReply,
  decodeFault: decodeGeminiFault,
};
