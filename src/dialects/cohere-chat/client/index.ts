import { PRODUCT } from '../../../base/product.ts';
import { encodeFault } from '../../cohere-client-fault.ts';
import type { ClientDialect } from '../../dialect.ts';
import { COHERE_CHAT } from '../names.ts';
import { encodeReply } from './answer.ts';
import { decodeCall } from './call.ts';
import { encodeEvents } from './events.ts';

/** `POST /v2/chat`, as Cohere's SDKs speak it. */
export const cohereChatClient: ClientDialect = {
  id: COHERE_CHAT,
  decodeCall,
  encodeReply,
  encodeEvents,
  encodeFault,
  keepAlive: `: ${PRODUCT.name.toUpperCase()} PROCESSING\n\n`,
  streamContentType: 'text/event-stream',
};
