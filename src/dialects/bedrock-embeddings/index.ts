import { decodeFault } from '../bedrock-fault.ts';
import { COHERE_INPUTS_MAX } from '../cohere-embedding-inputs.ts';
import type { WholeDialect } from '../dialect.ts';
import { assetsOf } from '../embedding-inputs.ts';
import { encodeCall } from './call.ts';
import { familyOf } from './family.ts';
import { BEDROCK_EMBEDDINGS } from './name.ts';
import { decodeReply } from './reply.ts';

/** Embedding models on Amazon Bedrock. Titan and Nova take one input at a time. */
export const bedrockEmbeddingsUpstream: WholeDialect<'embeddings'> = {
  id: BEDROCK_EMBEDDINGS,
  entriesMax: (target) => (familyOf(target) === 'cohere' ? COHERE_INPUTS_MAX : 1),
  assets: assetsOf,
  encodeCall,
  decodeReply,
  decodeFault,
};
