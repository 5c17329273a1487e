import type { ClientDialect } from '../../dialect.ts';
import { DIALECT } from '../words.ts';
import { decodeCall } from './call.ts';
import { encodeEvents } from './events.ts';
import { encodeFault } from './fault.ts';
import { PING } from './frame-text.ts';
import { encodeReply } from './reply.ts';

/** `POST /messages`: Anthropic's SDKs, Claude Code and their kin, for any model. */
export const anthropicMessagesClient: ClientDialect = {
  id: DIALECT,
  decodeCall,
  encodeReply,
  encodeEvents,
  encodeFault,
  keepAlive: PING,
  streamContentType: 'text/event-stream; charset=utf-8',
};
