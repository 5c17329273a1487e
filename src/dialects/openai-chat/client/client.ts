import { PRODUCT } from '../../../base/product.ts';
import type { ClientDialect } from '../../dialect.ts';
import { decodeCall } from './call.ts';
import { encodeEvents } from './events.ts';
import { encodeFault } from './fault.ts';
import { encodeReply } from './reply.ts';

/** What programs written for OpenAI's or OpenRouter's chat completions send and expect. */
export const openaiChatClient: ClientDialect = {
  id: 'openai-chat',
  decodeCall,
  encodeReply,
  encodeEvents,
  encodeFault,
  keepAlive: `: ${PRODUCT.name.toUpperCase()} PROCESSING\n\n`,
  streamContentType: 'text/event-stream',
};
