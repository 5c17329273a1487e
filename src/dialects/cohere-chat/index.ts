import { decodeCohereFault } from '../cohere-fault.ts';
import type { UpstreamDialect } from '../dialect.ts';
import { encodeCohereCall } from './call.ts';
import { createCohereDecoder } from './events.ts';
import { decodeCohereReply } from './reply.ts';
import { TRAITS } from './traits.ts';

/** Cohere's own chat API, version 2. */
export const cohereChatUpstream: UpstreamDialect = {
  id: 'cohere-chat',
  framing: 'sse',
  assets: () => [],
  encodeCall: encodeCohereCall,
  decodeReply: decodeCohereReply,
  decodeEvents: createCohereDecoder,
  decodeFault: decodeCohereFault,
  quirks: {},
  traits: TRAITS,
};
