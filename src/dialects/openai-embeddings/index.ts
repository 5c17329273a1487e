import type { OperationClient, WholeDialect } from '../dialect.ts';
import { encodeFault } from '../openai-client-fault.ts';
import { decodeFault } from '../openai-fault.ts';
import { encodeCall } from './call.ts';
import { decodeCall } from './client-call.ts';
import { encodeReply } from './client-reply.ts';
import { OPENAI_EMBEDDINGS } from './name.ts';
import { decodeReply } from './reply.ts';

/** OpenAI's `POST /embeddings` with OpenRouter's additions, as programs speak it to us. */
export const openaiEmbeddingsClient: OperationClient<'embeddings'> = {
  id: OPENAI_EMBEDDINGS,
  decodeCall,
  encodeReply,
  encodeFault,
};

/** The array may have 2,048 members (API reference, read 2026-11-22): as many as a caller may send. */
const INPUTS_MAX = 2_048;

/** The same, as most providers serve it. */
export const openaiEmbeddingsUpstream: WholeDialect<'embeddings'> = {
  id: OPENAI_EMBEDDINGS,
  entriesMax: () => INPUTS_MAX,
  assets: () => [],
  encodeCall,
  decodeReply,
  decodeFault,
};
