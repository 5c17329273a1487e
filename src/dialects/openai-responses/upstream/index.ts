import type { UpstreamDialect } from '../../dialect.ts';
import { decodeFault } from '../../openai-fault.ts';
import { encodeCall } from './call.ts';
import { decodeEvents } from './events.ts';
import { QUIRKS } from './quirks.ts';
import { decodeReply } from './reply.ts';
import { TRAITS } from './traits.ts';

/** OpenAI's Responses API, as a provider is spoken to. Vendors fetch images and files themselves: no assets. */
export const openaiResponsesUpstream: UpstreamDialect = {
  id: 'openai-responses',
  framing: 'sse',
  assets: () => [],
  encodeCall,
  decodeReply,
  decodeEvents,
  decodeFault,
  quirks: QUIRKS,
  traits: TRAITS,
};
