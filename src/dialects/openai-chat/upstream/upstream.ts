import type { UpstreamDialect } from '../../dialect.ts';
import { encodeCall } from './call.ts';
import { decodeEvents, decodeReply } from './events.ts';
import { decodeFault } from './fault.ts';
import { QUIRKS } from './quirks.ts';

/** OpenAI's chat completions as most providers serve them. Vendors fetch URLs themselves: no assets are needed. */
export const openaiChatUpstream: UpstreamDialect = {
  id: 'openai-chat',
  framing: 'sse',
  assets: () => [],
  encodeCall,
  decodeReply,
  decodeEvents,
  decodeFault,
  quirks: QUIRKS,
};
