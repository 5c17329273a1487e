import { decodeCohereFault } from '../cohere-chat/fault.ts';
import type { WholeDialect } from '../dialect.ts';
import { assetsOf } from '../embedding-inputs.ts';
import { encodeCall } from './call.ts';
import { COHERE_EMBEDDINGS } from './name.ts';
import { decodeReply } from './reply.ts';

/** Inputs that one request takes (Embed reference, read 2026-11-22). */
export const COHERE_INPUTS_MAX = 96;

/** Cohere's own embedding API, version 2. */
export const cohereEmbeddingsUpstream: WholeDialect<'embeddings'> = {
  id: COHERE_EMBEDDINGS,
  entriesMax: () => COHERE_INPUTS_MAX,
  assets: assetsOf,
  encodeCall,
  decodeReply,
  decodeFault: decodeCohereFault,
};
