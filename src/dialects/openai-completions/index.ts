import type { ClientDialect } from '../dialect.ts';
import { encodeFault } from '../openai-client-fault.ts';
import { OPENAI_STREAM } from '../openai-stream.ts';
import { encodeEvents, encodeReply } from './answer.ts';
import { decodeCall } from './call.ts';

export { openaiCompletions } from './upstream.ts';

/** OpenAI's legacy text completions, for programs that still speak them. */
export const openaiCompletionsClient: ClientDialect = {
  id: 'openai-completions',
  decodeCall,
  encodeReply,
  encodeEvents,
  encodeFault,
  ...OPENAI_STREAM,
};
