import { PRODUCT } from '../../../base/product.ts';
import type { ClientDialect } from '../../dialect.ts';
import { decodeCall } from './call.ts';
import { encodeEvents } from './events.ts';
import { encodeFault, tellsInBand } from './fault.ts';
import { encodeReply } from './reply.ts';

/** `POST /responses` as programs speak it to us, Codex among them. */
export const openaiResponsesClient: ClientDialect = {
  id: 'openai-responses',
  decodeCall,
  encodeReply,
  encodeEvents,
  encodeFault,
  tellsInBand,
  stores: true,
  keepAlive: `: ${PRODUCT.name.toUpperCase()} PROCESSING\n\n`,
  streamContentType: 'text/event-stream',
};
