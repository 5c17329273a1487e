import { COHERE_INPUTS_MAX } from '../cohere-embedding-inputs.ts';
import { decodeCohereFault } from '../cohere-fault.ts';
import type { WholeDialect } from '../dialect.ts';
import { assetsOf } from '../embedding-inputs.ts';
import { encodeCall } from './call.ts';
import { COHERE_EMBEDDINGS } from './name.ts';
import { decodeReply } from './reply.ts';

/** Cohere's own embedding API, version 2. */
export const cohereEmbeddingsUpstream: WholeDialect<'embeddings'> = {
  id: COHERE_EMBEDDINGS,
  entriesMax: () => COHERE_INPUTS_MAX,
  assets: assetsOf,
  encodeCall,
  decodeReply,
  decodeFault: decodeCohereFault,
};
