import type { UpstreamDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';
import { encodeOllamaCall } from './call.ts';
import { createOllamaDecoder, decodeOllamaReply } from './events.ts';
import { ollamaAssets } from './messages.ts';
import { TRAITS } from './traits.ts';

/** Ollama's own chat API. Its errors, `{"error": "…"}`, are among the shapes that OpenAI's dialect reads. */
export const ollamaUpstream: UpstreamDialect = {
  id: 'ollama',
  framing: 'ndjson',
  assets: ollamaAssets,
  encodeCall: encodeOllamaCall,
  decodeReply: decodeOllamaReply,
  decodeEvents: createOllamaDecoder,
  decodeFault,
  quirks: {},
  traits: TRAITS,
};
