import type { ClientDialect } from '../../dialect.ts';
import { encodeFault } from '../../openai-client-fault.ts';
import { OPENAI_STREAM } from '../../openai-stream.ts';
import { decodeCall } from './call.ts';
import { encodeEvents } from './events.ts';
import { encodeReply } from './reply.ts';

/** What programs written for OpenAI's or OpenRouter's chat completions send and expect. */
export const openaiChatClient: ClientDialect = {
  id: 'openai-chat',
  decodeCall,
  encodeReply,
  encodeEvents,
  encodeFault,
  ...OPENAI_STREAM,
};
