import type { WholeDialect } from '../dialect.ts';
import { assetsOf } from '../embedding-inputs.ts';
import { decodeGeminiFault } from '../gemini-fault.ts';
import { isFetchedByGemini } from '../gemini-media.ts';
import { decodeReply } from '../google-embedding-reply.ts';
import { encodeCall } from './call.ts';
import { GEMINI_EMBEDDINGS } from './name.ts';

/** More are refused with "at most 100 requests can be in one batch" (read 2026-11-22). */
const INPUTS_MAX = 100;

/** Embeddings of the Gemini API. */
export const geminiEmbeddingsUpstream: WholeDialect<'embeddings'> = {
  id: GEMINI_EMBEDDINGS,
  entriesMax: () => INPUTS_MAX,
  assets: (call) => assetsOf(call).filter(({ url }) => !isFetchedByGemini(url)),
  encodeCall,
  decodeReply,
  decodeFault: decodeGeminiFault,
};
