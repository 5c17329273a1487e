import type { ClientDialect } from '../dialect.ts';
import { openaiChatClient } from '../openai-chat/client/client.ts';
import { encodeEvents, encodeReply } from './answer.ts';
import { decodeCall } from './call.ts';

export { openaiCompletionsUpstream } from './upstream.ts';

/** OpenAI's legacy text completions, for programs that still speak them. */
export const openaiCompletionsClient: ClientDialect = {
  id: 'openai-completions',
  decodeCall,
  encodeReply,
  encodeEvents,
  encodeFault: openaiChatClient.encodeFault,
  keepAlive: openaiChatClient.keepAlive,
  streamContentType: openaiChatClient.streamContentType,
};
